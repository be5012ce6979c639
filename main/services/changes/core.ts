import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { mayBecome } from '../../../shared/domain/change';
import type { Disposition } from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import type { SwapdeskError } from '../../../shared/domain/fault';
import { isoTime, type Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import type { LocalDb, Trx } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { Job, NewJob, QueueService } from '../queue/types';
import type { StoredRow } from './changes.repo';
import { moveRow, type RowPatch } from './moves.repo';
import type { ChangeLimits } from './change.rules';

/** What processing asks of the measurements. */
export interface Timing {
  /** From an answer until the line should be read back if no callback came; null: too little was measured. */
  readBackAfterMs(providerUid: string): number | null;
}

/** What every step of a row works with. */
export interface ChangesCore {
  readonly local: LocalDb;
  readonly queue: QueueService;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: ChangeLimits;
  /** User name of whoever's session processes, for the trail. */
  actor(): string;
  /** How long the carrier takes, as measured; the limits hold while too little was. */
  readonly timing: Timing;
}

/**
 * The only way a status changes.
 *
 * @returns false: the row was no longer in `from`; the caller must write nothing that rests on the move
 * @throws a defect when the table of transitions forbids the move
 */
export async function move(
  core: Pick<ChangesCore, 'clock'>,
  trx: Trx,
  id: number,
  from: DeviceChangeStatus,
  to: DeviceChangeStatus,
  patch: RowPatch = {},
): Promise<boolean> {
  if (!mayBecome(from, to)) throw new Error(`a row must not go from ${from} to ${to}`);
  return moveRow(trx, id, from, to, patch, core.clock.now());
}

/** One transaction about the row of a job, which may run side by side with those about other rows. */
export function writeRow<T>(
  core: Pick<ChangesCore, 'local'>,
  job: Pick<Job, 'message'>,
  fn: (trx: Trx) => Promise<T>,
): Promise<T> {
  return core.local.write(fn, { row: job.message.M2MDeviceChangeId });
}

export function sendJob(row: StoredRow, runAt: number): NewJob {
  return {
    message: {
      BulkChangeId: row.bulkChangeId,
      M2MDeviceChangeId: row.id,
      IsRetryUpdateIdentifier: false,
      RetryNumber: row.attempts,
      RequestId: '',
    },
    providerUid: row.providerUid,
    deviceId: row.deviceId,
    runAt: Math.max(runAt, row.startsAt ?? runAt),
    held: !row.released,
  };
}

/** @param priority 0 for a row that only waits for the central database */
export function confirmJob(row: StoredRow, requestId: string | null, runAt: number, priority = 1): NewJob {
  return {
    message: {
      BulkChangeId: row.bulkChangeId,
      M2MDeviceChangeId: row.id,
      IsRetryUpdateIdentifier: true,
      RetryNumber: 0,
      RequestId: requestId ?? '',
    },
    providerUid: row.providerUid,
    deviceId: row.deviceId,
    runAt,
    priority,
  };
}

export function disposition(
  core: Pick<ChangesCore, 'clock' | 'actor'>,
  outcome: Disposition['outcome'],
  proof: Disposition['proof'],
  detail: string,
): Disposition {
  return { outcome, proof, detail, by: core.actor(), at: isoTime(core.clock.now()) };
}

export function systemFault(core: Pick<ChangesCore, 'ids'>, error: SwapdeskError): Fault {
  return { class: 'system', code: error.code, message: error.message, correlationId: core.ids.uid() };
}
