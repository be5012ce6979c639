import type { AppInfo, AppStatus } from '../../shared/contract/app';
import type { EventName, PayloadOf } from '../../shared/contract/index';
import type { ImportSource } from '../../shared/contract/imports';
import type { Desk } from '../ipc';
import { demandPerson, type IdentityService, type Session } from '../services/identity';
import type { ShellAbilities } from '../shells/shell';
import { openWorkspace } from './build-services';
import type { Workspace } from './workspace';
import { createDeskFiles } from './desk-files';
import { startDeskProcessing, type DeskProcessing } from './desk-processing';
import type { Home } from './home';
import { TRAINING_USERS } from './training';
import { tellIfNobodyWorks } from './unattended';

/** The running application behind a window: who is signed in, what is being processed, and the files it handed out. */
export interface RunningDesk extends Desk {
  registerSource(path: string): Promise<ImportSource>;
  onAnnounce(listener: (name: EventName, payload: unknown) => void): () => void;
  /** The shell's window exists: its dialogs can be used. */
  attach(abilities: ShellAbilities): void;
  workspace(): Workspace | null;
  close(): Promise<void>;
}

const STATUS_EVERY_MS = 5_000;
const TICKS_A_MINUTE = 12;

export function createDesk(home: Home, info: AppInfo): RunningDesk {
  const listeners = new Set<(name: EventName, payload: unknown) => void>();
  const files = createDeskFiles(home);
  let workspace: Workspace | null = null;
  let processing: DeskProcessing | null = null;

  const announce = <N extends EventName>(name: N, payload: PayloadOf<N>): void =>
    listeners.forEach((listener) => listener(name, payload));

  async function status(): Promise<AppStatus> {
    const link = workspace === null ? { central: 'none' as const, centralAddress: null } : await workspace.link();
    const processor = processing?.state() ?? { processor: 'stopped' as const, processorNote: null };
    return { ...link, mirrorAt: workspace === null ? null : await workspace.sync.mirrorAt(), ...processor };
  }

  const watchUnattended = createUnattendedWatch(() => workspace);
  const tellStatus = async (): Promise<void> => announce('app.statusChanged', await status());
  const watch = createStatusWatch(home, () => tellStatus().then(watchUnattended));

  async function leave(): Promise<void> {
    watch.stop();
    const [running, open] = [processing, workspace];
    processing = null;
    workspace = null;
    await running?.stop();
    await open?.close();
  }

  return {
    info,
    trainingUsers: info.training ? TRAINING_USERS : [],
    files,
    status,
    announce,
    current: () => workspace,
    workspace: () => workspace,
    registerSource: files.register,
    attach: files.attach,
    onAnnounce(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async signIn(user, password) {
      const session = await signInPerson(await home.identity(), user, password);
      await leave();
      const open = await openWorkspace(home, session);
      workspace = open;
      await open.bringUpToDate();
      processing = startDeskProcessing(open, {
        log: home.log,
        onState: watch.tellNow,
        onProgress: (progress) => announce('changes.progressed', progress),
      });
      watch.start();
      return open;
    },
    async signOut() {
      const session = workspace?.session;
      await leave();
      if (session !== undefined) await (await home.identity()).signOut(session);
    },
    close: () => leave().then(() => files.forget()),
  };
}

/** The window is for people: a session of a service is ended again. @throws not-permitted `service-account` */
async function signInPerson(identity: IdentityService, user: string, password: string): Promise<Session> {
  const session = await identity.signIn(user, password);
  try {
    demandPerson(session);
    return session;
  } catch (error) {
    await identity.signOut(session);
    throw error;
  }
}

/** Looks once a minute; the status is told more often. */
function createUnattendedWatch(workspace: () => Workspace | null): () => Promise<void> {
  let ticks = 0;
  return async () => {
    ticks += 1;
    const open = workspace();
    if (open !== null && ticks % TICKS_A_MINUTE === 0) await tellIfNobodyWorks(open);
  };
}

/** Tells the window how things are, regularly and when something changed. */
function createStatusWatch(
  { clock, log }: Pick<Home, 'clock' | 'log'>,
  tell: () => Promise<void>,
): { start(): void; stop(): void; tellNow(): void } {
  let stopTimer: (() => void) | null = null;
  const tellOnce = (): Promise<void> =>
    tell().catch((error: unknown) => log.warn('status not told', { detail: String(error) }));
  const start = (): void => {
    stopTimer = clock.after(STATUS_EVERY_MS, () => {
      void tellOnce().then(() => {
        if (stopTimer !== null) start();
      });
    });
  };
  return {
    start,
    stop() {
      stopTimer?.();
      stopTimer = null;
    },
    tellNow: () => void tellOnce(),
  };
}
