import { plainFault, type Fault } from '../../../shared/domain/fault';
import { backoffMs } from '../../lib/backoff';
import type { Job } from '../queue/types';
import { writeRow, type ChangesCore } from './core';

/** Nothing was sent and nothing says anything about the row: later again, without counting. */
export async function postpone(core: ChangesCore, job: Job, fault: Fault | null): Promise<void> {
  const runAt = core.clock.now() + backoffMs(1, core.limits.systemBackoff, core.ids.chance());
  const kept = fault === null ? null : plainFault(fault);
  await writeRow(core, job, (trx) =>
    core.queue.end(trx, job, { kind: 'again', runAt, countsAsAttempt: false, fault: kept }),
  );
}
