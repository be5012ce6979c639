import { workFailed } from '../../../shared/domain/fault';
import { callThread } from '../../lib/thread-call';
import { createDraftJobs, type DraftJobs, type DraftJobsDeps, type DraftWork } from './draft-jobs';

/** What a thread is started with. */
export interface ThreadJob {
  readonly databaseFile: string;
  readonly kind: keyof DraftJobs;
  readonly job: DraftJobs[keyof DraftJobs]['job'];
}

export interface DraftWorkers {
  /** Who does work over so many rows. */
  readonly workFor: (rows: number) => DraftWork;
  /** Breaks off what is running and waits for it; before the database is closed. */
  close(): Promise<void>;
}

/** So many rows take less time right here than it takes to start a thread: some 50 ms, in slices of 10 ms. */
const ROWS_RIGHT_HERE = 2_000;

/** Few rows are worked on right here, many in a thread: the one that answers the window is never held up. */
export function createDraftWork(deps: Omit<DraftJobsDeps, 'signal'> & { readonly workerUrl: URL }): DraftWorkers {
  const stop = new AbortController();
  const { signal } = stop;
  const running = new Set<Promise<unknown>>();
  const rightHere = createDraftJobs({ ...deps, signal });
  const inThread: DraftWork = {
    async run(kind, job) {
      const data: ThreadJob = { databaseFile: deps.local.file, kind, job };
      const result = callThread<DraftJobs[typeof kind]['answer']>(deps.workerUrl, data, { signal, died });
      const ended = result.catch(() => undefined).finally(() => running.delete(ended));
      running.add(ended);
      return result;
    },
  };
  return {
    workFor: (rows) => (rows > ROWS_RIGHT_HERE ? inThread : rightHere),
    async close() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

function died(cause: unknown): Error {
  return workFailed(
    {
      code: 'draft-work-died',
      what: 'The work on the draft ended unexpectedly; nothing of it was kept',
      ...(cause instanceof Error ? { why: cause.message } : {}),
      todo: 'Close other programs and try again.',
    },
    cause,
  );
}
