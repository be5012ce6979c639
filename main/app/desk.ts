import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { AppInfo, AppStatus } from '../../shared/contract/app';
import type { EventName, PayloadOf } from '../../shared/contract/index';
import type { ImportSource } from '../../shared/contract/imports';
import { isAllowed } from '../../shared/domain/permission';
import { SwapdeskError, tell, usageError } from '../../shared/domain/fault';
import type { Desk, DeskFiles } from '../ipc';
import type { ShellAbilities } from '../shells/shell';
import { openWorkspace, type Workspace } from './build-services';
import type { Home } from './home';
import { TRAINING_USERS } from './training';

/** The running application behind a window: who is signed in, what is being processed, and the files it handed out. */
export interface RunningDesk extends Desk {
  registerSource(path: string): Promise<ImportSource>;
  onAnnounce(listener: (name: EventName, payload: unknown) => void): () => void;
  /** The shell's window exists: its dialogs can be used. */
  attach(abilities: ShellAbilities): void;
  workspace(): Workspace | null;
  close(): Promise<void>;
}

interface Processing {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

const STATUS_EVERY_MS = 5_000;
/** Of so many changes, the newest first, the window is told every move. */
const CHANGES_WATCHED = 20;

export function createDesk(home: Home, info: AppInfo): RunningDesk {
  const listeners = new Set<(name: EventName, payload: unknown) => void>();
  const files = createFiles(home);
  let workspace: Workspace | null = null;
  let processing: Processing | null = null;
  let processor: Pick<AppStatus, 'processor' | 'processorNote'> = { processor: 'stopped', processorNote: null };
  let stopWatch: (() => void) | null = null;

  const announce = <N extends EventName>(name: N, payload: PayloadOf<N>): void =>
    listeners.forEach((listener) => listener(name, payload));

  async function status(): Promise<AppStatus> {
    const link = workspace === null ? { central: 'none' as const, centralAddress: null } : await workspace.link();
    return { ...link, mirrorAt: workspace === null ? null : await workspace.sync.mirrorAt(), ...processor };
  }

  const announceStatus = async (): Promise<void> => {
    try {
      announce('app.statusChanged', await status());
    } catch (error) {
      home.log.warn('status not announced', { detail: String(error) });
    }
  };

  const shown = new Map<number, string>();
  /** Tells the screen which of the newest changes moved since it was told last. */
  async function announceProgress(open: Workspace): Promise<void> {
    const { changes } = await open.changes.list({ limit: CHANGES_WATCHED, offset: 0 });
    for (const { id, status, counts } of changes) {
      const state = JSON.stringify([status, counts]);
      if (shown.get(id) === state) continue;
      shown.set(id, state);
      announce('changes.progressed', { changeId: id, status, counts });
    }
  }

  function watchStatus(): void {
    stopWatch = home.clock.after(STATUS_EVERY_MS, () => {
      void announceStatus().then(() => {
        if (workspace !== null) watchStatus();
      });
    });
  }

  function startProcessing(open: Workspace): void {
    if (!isAllowed(open.session.role, 'changes.run')) return;
    const stop = new AbortController();
    processor = { processor: 'running', processorNote: null };
    const ended = open
      .process({
        untilIdle: false,
        timeoutMs: null,
        signal: stop.signal,
        holder: 'the Swapdesk window',
        onProgress: () => void announceProgress(open),
        onNote: (note) => {
          processor = { processor: 'running', processorNote: note };
          void announceStatus();
        },
      })
      .then(
        () => {
          processor = { processor: 'stopped', processorNote: null };
        },
        (error: unknown) => {
          home.log.error('processing stopped', { detail: String(error) });
          const note = error instanceof SwapdeskError ? tell(error.story) : 'Processing stopped; the log says why.';
          const elsewhere = error instanceof SwapdeskError && error.code === 'processor-running';
          processor = { processor: elsewhere ? 'elsewhere' : 'stopped', processorNote: note };
        },
      )
      .then(announceStatus);
    processing = { stop, ended };
  }

  async function leave(): Promise<void> {
    stopWatch?.();
    stopWatch = null;
    const [running, open] = [processing, workspace];
    processing = null;
    workspace = null;
    running?.stop.abort();
    await running?.ended;
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
      const session = await (await home.identity()).signIn(user, password);
      await leave();
      const open = await openWorkspace(home, session);
      workspace = open;
      await open.bringUpToDate();
      startProcessing(open);
      watchStatus();
      return open;
    },
    async signOut() {
      const session = workspace?.session;
      await leave();
      if (session !== undefined) await (await home.identity()).signOut(session);
    },
    close: leave,
  };
}

interface HandedOutFiles extends DeskFiles {
  register(path: string): Promise<ImportSource>;
  attach(abilities: ShellAbilities): void;
}

function createFiles(home: Home): HandedOutFiles {
  const sources = new Map<string, string>();
  const saved = new Map<string, string>();
  let abilities: ShellAbilities | null = null;
  const shell = (): ShellAbilities => {
    if (abilities === null) throw new Error('the window is not open yet');
    return abilities;
  };
  const pathOf = (sourceId: string): string => {
    const path = sources.get(sourceId);
    if (path !== undefined) return path;
    throw usageError({ code: 'source-unknown', what: 'This file is no longer at hand', todo: 'Choose it again.' });
  };
  async function register(path: string): Promise<ImportSource> {
    const { size } = await stat(path);
    const sourceId = home.ids.uid();
    sources.set(sourceId, path);
    return { sourceId, name: basename(path), sizeBytes: size };
  }
  return {
    register,
    attach: (given) => {
      abilities = given;
    },
    sample: (which) => register(home.program.sample(which)),
    pathOf,
    nameOf: (sourceId) => basename(pathOf(sourceId)),
    choosePlace: (suggestedName) => shell().choosePlace(suggestedName),
    saved(path) {
      const savedId = home.ids.uid();
      saved.set(savedId, path);
      return savedId;
    },
    async show(savedId) {
      const path = saved.get(savedId);
      if (path === undefined)
        throw usageError({ code: 'saved-unknown', what: 'This file was not saved by this window' });
      await shell().show(path);
    },
  };
}
