import type { AppStatus } from '../../shared/contract/app';
import type { ChangeProgress } from '../../shared/contract/changes';
import { SwapdeskError, tell } from '../../shared/domain/fault';
import { isAllowed } from '../../shared/domain/permission';
import type { Log } from '../lib/logger';
import type { Workspace } from './workspace';

/** Whether this window sends, and why not, as its status line shows it. */
export type ProcessorState = Pick<AppStatus, 'processor' | 'processorNote'>;

/** The processing that goes on behind a window while somebody is signed in who may. */
export interface DeskProcessing {
  state(): ProcessorState;
  /** Stops taking new work, waits for what is under way. */
  stop(): Promise<void>;
}

/** Of so many changes, the newest first, the window is told every move. */
const CHANGES_WATCHED = 20;

const OFF: ProcessorState = { processor: 'stopped', processorNote: null };

export function startDeskProcessing(
  workspace: Workspace,
  deps: { log: Log; onState(): void; onProgress(progress: ChangeProgress): void },
): DeskProcessing {
  if (!isAllowed(workspace.session.role, 'changes.run')) return { state: () => OFF, stop: async () => undefined };
  const stop = new AbortController();
  let state: ProcessorState = { processor: 'running', processorNote: null };
  const become = (next: ProcessorState): void => {
    state = next;
    deps.onState();
  };
  const announceProgress = createProgressTeller(workspace, deps.onProgress);
  const ended = workspace
    .process({
      untilIdle: false,
      timeoutMs: null,
      signal: stop.signal,
      holder: 'the Swapdesk window',
      onProgress: () => {
        announceProgress().catch((error: unknown) => deps.log.warn('progress not told', { detail: String(error) }));
      },
      onNote: (note) => become({ processor: 'running', processorNote: note }),
    })
    .then(
      () => become(OFF),
      (error: unknown) => {
        deps.log.error('processing stopped', { detail: String(error) });
        become(stateAfter(error));
      },
    );
  return {
    state: () => state,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

function stateAfter(error: unknown): ProcessorState {
  if (!(error instanceof SwapdeskError)) {
    return { processor: 'stopped', processorNote: 'Processing stopped; the log says why.' };
  }
  const isElsewhere = error.code === 'processor-running';
  return { processor: isElsewhere ? 'elsewhere' : 'stopped', processorNote: tell(error.story) };
}

/** Tells which of the newest changes moved since it was told last. */
function createProgressTeller(
  { changes }: Pick<Workspace, 'changes'>,
  tellProgress: (progress: ChangeProgress) => void,
): () => Promise<void> {
  const told = new Map<number, string>();
  return async () => {
    const page = await changes.list({ limit: CHANGES_WATCHED, offset: 0 });
    for (const { id, status, counts } of page.changes) {
      const now = JSON.stringify([status, counts]);
      if (told.get(id) === now) continue;
      told.set(id, now);
      tellProgress({ changeId: id, status, counts });
    }
  };
}
