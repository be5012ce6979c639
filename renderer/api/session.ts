import { create } from 'zustand';
import type { AppInfo, AppStatus } from '../../shared/contract/app';
import type { SessionInfo } from '../../shared/contract/session';
import type { Permission } from '../../shared/domain/permission';

/** Who works here and how main is doing, as the screens need it everywhere. */
export interface SessionState {
  readonly info: AppInfo | null;
  readonly session: SessionInfo | null;
  readonly status: AppStatus | null;
  setInfo(info: AppInfo): void;
  setSession(session: SessionInfo | null): void;
  setStatus(status: AppStatus): void;
}

export const useSession = create<SessionState>()((set) => ({
  info: null,
  session: null,
  status: null,
  setInfo: (info) => set({ info }),
  setSession: (session) => set(session === null ? { session, status: null } : { session }),
  setStatus: (status) => set({ status }),
}));

export function may(session: SessionInfo | null, permission: Permission): boolean {
  return session?.permissions.includes(permission) ?? false;
}
