import { systemClock } from '../lib/clock';
import { answerCall } from '../lib/thread-call';
import { openLocalDb } from '../localdb/open';
import { createDraftJobs, type ThreadJob } from '../services/drafts';
import { createRowJudge } from '../services/imports';

/** The life of one thread that works over a whole draft: its own database handle, one job, one answer. */
export function runDraftThread(): Promise<void> {
  return answerCall(async (data, signal) => {
    const { databaseFile, kind, job } = data as ThreadJob;
    // Its chunks mean nothing until the small transaction of the main thread commits behind them.
    const local = await openLocalDb({ file: databaseFile, durability: 'last' });
    try {
      const judge = createRowJudge({ read: local.read, clock: systemClock });
      const jobs = createDraftJobs({ local, judge, clock: systemClock, signal });
      return await jobs.run(kind, job);
    } finally {
      await local.close();
    }
  });
}
