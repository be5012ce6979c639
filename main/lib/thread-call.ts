import { parentPort, Worker, workerData } from 'node:worker_threads';
import { SwapdeskError, type ErrorKind, type ErrorStory } from '../../shared/domain/fault';

/** An error loses its class on the way between threads; what a person needs of it travels as data. */
export type ThreadFault =
  | { readonly kind: 'refused'; readonly errorKind: ErrorKind; readonly story: ErrorStory }
  | { readonly kind: 'broken'; readonly message: string };

export function toThreadFault(error: unknown): ThreadFault {
  if (error instanceof SwapdeskError) return { kind: 'refused', errorKind: error.kind, story: error.story };
  return { kind: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function fromThreadFault(fault: ThreadFault): Error {
  return fault.kind === 'refused' ? new SwapdeskError(fault.errorKind, fault.story) : new Error(fault.message);
}

type LastMessage<T> = { readonly kind: 'done'; readonly answer: T } | ThreadFault;
const STOP = 'stop';

/**
 * Does one piece of work in a thread of its own. The thread is never terminated: sqlite3 aborts the whole process when its
 * thread goes while it closes a file.
 *
 * @param data and the answer are copied: plain data
 * @throws what the work throws; `died` of it when the thread ends without a word, most often for want of memory
 */
export function callThread<T>(
  url: URL,
  data: unknown,
  { signal, died }: { readonly signal: AbortSignal; readonly died: (cause: unknown) => Error },
): Promise<T> {
  // An empty environment: the thread needs nothing of it, least of all secrets.
  const worker = new Worker(url, { workerData: data, env: {} });
  const stop = (): void => worker.postMessage(STOP);
  let last: LastMessage<T> | undefined;
  return new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.on('message', (message: LastMessage<T>) => (last = message));
    worker.on('error', (error) => reject(died(error)));
    worker.on('exit', () => {
      signal.removeEventListener('abort', stop);
      if (last === undefined) reject(died(undefined));
      else if (last.kind === 'done') resolve(last.answer);
      else reject(fromThreadFault(last));
    });
  });
}

/** The other end: the life of such a thread. `work` has closed everything when it resolves or rejects. */
export async function answerCall(work: (data: unknown, signal: AbortSignal) => Promise<unknown>): Promise<void> {
  if (parentPort === null) throw new Error('this file is the entry of a worker thread');
  const port = parentPort;
  const stop = new AbortController();
  port.on('message', (message: unknown) => {
    if (message === STOP) stop.abort();
  });
  try {
    port.postMessage({ kind: 'done', answer: await work(workerData, stop.signal) });
  } catch (error) {
    port.postMessage(toThreadFault(error));
  }
  port.close();
}
