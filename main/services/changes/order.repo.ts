import { together } from '../../lib/together';
import type { ReadDb, Trx } from '../../localdb/types';

/** SQL of rows that wait for another row. */

/** What a row of a new change waits for: rows of the change by number, and whether for one of an open change. */
export interface RowOrder {
  readonly row: number;
  readonly after?: readonly number[];
  readonly afterOpenChange?: boolean;
}

const OPEN = `('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;

/** Notes what the rows of a new change wait for: rows of its own, and rows of changes that are open already. */
export async function insertOrder(trx: Trx, changeId: number, rows: readonly RowOrder[]): Promise<void> {
  const pairs = rows.flatMap(({ row, after = [] }) => after.map((before) => [row, before]));
  if (pairs.length > 0) {
    await trx.raw(
      `insert into device_change_order (after_id, before_id)
       select f.id, b.id from json_each(?) pair
         cross join m2m_device_change f on f.bulk_change_id = ? and f.row_no = pair.value ->> 0
         cross join m2m_device_change b on b.bulk_change_id = ? and b.row_no = pair.value ->> 1`,
      [JSON.stringify(pairs), changeId, changeId],
    );
  }
  const waiting = rows.filter((row) => row.afterOpenChange === true).map(({ row }) => row);
  if (waiting.length === 0) return;
  // The open row of the line that has what the row is to get, as far as it gives that up.
  await trx.raw(
    `insert or ignore into device_change_order (after_id, before_id)
     select f.id, b.id from json_each(?) number
       cross join m2m_device_change f on f.bulk_change_id = ? and f.row_no = number.value
       cross join device d on d.id <> f.device_id and (d.iccid = f.new_iccid or d.imei = f.new_imei)
       cross join m2m_device_change b on b.device_id = d.id and b.bulk_change_id <> f.bulk_change_id
         and b.status in ${OPEN}
     where (d.iccid = f.new_iccid and b.new_iccid is not null) or (d.imei = f.new_imei and b.new_imei is not null)`,
    [JSON.stringify(waiting), changeId],
  );
}

/** The row is processed: nothing waits for it any more. @returns ids of the rows that did */
export function dropOrderAfter(trx: Trx, beforeId: number): Promise<readonly number[]> {
  return dropOrders(trx, beforeId);
}

const dropOrders = together<Trx, number, readonly number[]>(
  () => '',
  async (trx, beforeIds) => {
    const rows = await trx.raw<{ before_id: number; after_id: number }[]>(
      `delete from device_change_order where before_id in (select value from json_each(?)) returning before_id, after_id`,
      [JSON.stringify(beforeIds)],
    );
    return beforeIds.map((id) => rows.filter((row) => row.before_id === id).map((row) => row.after_id));
  },
);

/** Rows that were not sent and wait for one that will not free what they get: it has ended in another way. */
export async function findStranded(
  db: ReadDb,
  limit: number,
): Promise<readonly { readonly id: number; readonly change: number; readonly row: number; readonly status: string }[]> {
  return await db.raw<{ id: number; change: number; row: number; status: string }[]>(
    `select f.id, b.bulk_change_id as "change", b.row_no as "row", b.status from device_change_order o
       join m2m_device_change b on b.id = o.before_id and b.status in ('error', 'conflict', 'cancelled', 'rolled_back')
       join m2m_device_change f on f.id = o.after_id and f.status in ('created', 'queued')
     group by f.id order by f.id limit ?`,
    [limit],
  );
}

/** Makes a wave whole: the rows that its rows wait for belong to it, whatever their numbers. @returns its last row */
export async function wholeWave(trx: Trx, changeId: number, end: number): Promise<number> {
  for (let last = end; ;) {
    const [found] = await trx.raw<{ last: number | null }[]>(
      `select max(b.row_no) as last from device_change_order o
         join m2m_device_change f on f.id = o.after_id and f.bulk_change_id = ? and f.row_no <= ?
         join m2m_device_change b on b.id = o.before_id and b.bulk_change_id = f.bulk_change_id`,
      [changeId, last],
    );
    if (found?.last == null || found.last <= last) return last;
    last = found.last;
  }
}
