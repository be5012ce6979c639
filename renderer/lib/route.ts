import { create } from 'zustand';
import type { DeviceChangeStatus } from '../../shared/domain/change';

export type WayIn = 'paste' | 'form' | 'scan' | 'fill';

/** Where the person is: one screen, and what it shows. */
export type Route =
  | { readonly screen: 'home' }
  | {
      readonly screen: 'prepare';
      readonly draftId: number | null;
      /** How rows come in: into a new draft, or into this one. */
      readonly way?: WayIn;
      /** A sample to import at once. */
      readonly sample?: 'clean' | 'damaged';
    }
  | {
      readonly screen: 'changes';
      readonly changeId: number | null;
      /** Rows to show first. */
      readonly only?: DeviceChangeStatus;
    }
  | { readonly screen: 'queue' }
  | { readonly screen: 'lines' }
  | { readonly screen: 'audit'; readonly change: string | null }
  | { readonly screen: 'settings' };

interface RouteState {
  readonly route: Route;
  go(route: Route): void;
}

export const useRoute = create<RouteState>()((set) => ({
  route: { screen: 'home' },
  go: (route) => set({ route }),
}));
