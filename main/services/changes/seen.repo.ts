import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import { pairOf } from './changes.repo';
import type { SilentLine } from './types';

/** SQL of whether confirmed lines were seen on the network. */
export interface LookDue {
  readonly id: number;
  readonly looks: number;
}

export async function findLooksDue(read: ReadDb, now: number, limit: number): Promise<readonly LookDue[]> {
  return await read.raw<LookDue[]>(
    `select id, looks from m2m_device_change where look_at <= ? order by look_at, id limit ?`,
    [now, limit],
  );
}

/** @param lookAt null: not looked for any more */
export async function noteLook(
  trx: Trx,
  id: number,
  look: { readonly seenAt: number | null; readonly lookAt: number | null },
): Promise<void> {
  await trx.raw(
    `update m2m_device_change set seen_at = coalesce(seen_at, ?), look_at = ?, looks = looks + 1 where id = ?`,
    // knex types bindings without null; SQLite takes it.
    [look.seenAt, look.lookAt, id] as number[],
  );
}

export async function findSilent(read: ReadDb, processedBefore: number, limit: number): Promise<readonly SilentLine[]> {
  const records = await read.raw<
    {
      bulk_change_id: number;
      name: string;
      row_no: number;
      mdn: string | null;
      new_iccid: string | null;
      new_imei: string | null;
      confirmed_at: number | null;
      processed_at: number;
    }[]
  >(
    `select r.bulk_change_id, c.name, r.row_no, r.mdn, r.new_iccid, r.new_imei, r.confirmed_at, r.processed_at
     from m2m_device_change r join bulk_change c on c.id = r.bulk_change_id
     where r.status = 'processed' and r.seen_at is null and r.processed_at <= ?
     order by r.processed_at desc, r.id limit ?`,
    [processedBefore, limit],
  );
  return records.map((record) => ({
    changeId: record.bulk_change_id,
    changeName: record.name,
    row: record.row_no,
    mdn: record.mdn,
    new: pairOf(record.new_iccid, record.new_imei),
    confirmedAt: isoTime(record.confirmed_at ?? record.processed_at),
  }));
}
