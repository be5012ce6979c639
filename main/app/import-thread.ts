import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../lib/clock';
import { toThreadFault } from '../lib/thread-call';
import { openLocalDb } from '../localdb/open';
import { runImport, type CancelMessage, type ImportJob, type ImportMessage } from '../services/imports';

/** The life of one import worker: its own database handle, one file, one last message. */
export async function runImportThread(): Promise<void> {
  if (parentPort === null) throw new Error('this file is the entry of a worker thread');
  const port = parentPort;
  const job = workerData as ImportJob;
  const tell = (message: ImportMessage): void => port.postMessage(message);
  const stop = new AbortController();
  port.on('message', (message: CancelMessage) => {
    if (message.kind === 'cancel') stop.abort();
  });
  tell(await lastMessage(job, stop.signal, tell));
  port.close();
}

/** The database is closed by then: a thread that ends with an open handle takes the whole process with it. */
async function lastMessage(
  job: ImportJob,
  signal: AbortSignal,
  onProgress: (message: ImportMessage) => void,
): Promise<ImportMessage> {
  try {
    const local = await openLocalDb({ file: job.databaseFile, durability: 'last' });
    try {
      const outcome = await runImport({ local, job, clock: systemClock, signal, onProgress });
      return { kind: 'done', outcome };
    } finally {
      await local.close();
    }
  } catch (error) {
    return toThreadFault(error);
  }
}
