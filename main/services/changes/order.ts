import type { Fault } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import { findRow } from './changes.repo';
import { refreshHeldRow } from './control.repo';
import { disposition, move, type ChangesCore } from './core';
import { dropOrderAfter, findStranded } from './order.repo';
import { faultEvent, rowEvent } from './trail';

/**
 * A row that gets what another row frees is queued with it, held, and let go when that one is processed: the carrier and
 * the central database have both seen the identifier go. A row whose predecessor ends in another way is not sent.
 */
const STRANDED_AT_ONCE = 500;

/** In the transaction in which the row became `processed`; the caller rings the queue afterwards. */
export async function releaseFollowers(trx: Trx, rowId: number): Promise<boolean> {
  const followers = await dropOrderAfter(trx, rowId);
  for (const id of followers) await refreshHeldRow(trx, id);
  return followers.length > 0;
}

/**
 * Ends what waits in vain, along the whole chain. Not part of the step that ends the predecessor: there are many of those,
 * and this also finds what a crash left. Safe to repeat.
 *
 * @returns rows that were ended
 */
export async function endStranded(core: ChangesCore): Promise<number> {
  let ended = 0;
  for (;;) {
    const stranded = await findStranded(core.local.read, STRANDED_AT_ONCE);
    if (stranded.length === 0) return ended;
    const moved = await core.local.write(async (trx) => {
      let rows = 0;
      for (const { id, change, row, status } of stranded) {
        if (await strand(core, trx, id, `row ${row} of change ${change}, which is ${status}`)) rows += 1;
      }
      return rows;
    });
    // What could not be moved has moved by itself; the next look finds it gone.
    if (moved === 0) return ended;
    ended += moved;
  }
}

async function strand(core: ChangesCore, trx: Trx, id: number, before: string): Promise<boolean> {
  const row = await findRow(trx, id);
  if (row === null || (row.status !== 'created' && row.status !== 'queued')) return false;
  const fault: Fault = {
    class: 'conflict',
    code: 'predecessor-failed',
    message: `Not sent: the new identifier was to be freed by ${before}. Mend that row first, then retry this one.`,
    correlationId: row.correlationId ?? core.ids.uid(),
  };
  const patch = { error: fault, disposition: disposition(core, 'not_changed', 'none', fault.message) };
  if (!(await move(core, trx, id, row.status, 'conflict', patch))) return false;
  // Its send finds the row ended, and ends.
  await core.queue.wake(trx, id, core.clock.now());
  await refreshHeldRow(trx, id);
  await core.audit.record(trx, [
    rowEvent(row, core.actor(), 'row.stranded', { code: fault.code, before }),
    faultEvent(row, core.actor(), fault),
  ]);
  return true;
}
