import type { IdentifierPair } from '../../../shared/domain/change';
import type { ReadDb } from '../../localdb/types';
import { pairOf } from './changes.repo';

/** SQL of what can be taken back. */
export interface ChangedRow {
  readonly row: number;
  readonly uid: string;
  readonly deviceId: number;
  readonly mdn: string | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly assigns: boolean;
  readonly processedAt: number;
  /** The line as the mirror has it; null: this user does not see it (any more). */
  readonly now: IdentifierPair | null;
  /** Another line that has an old identifier. */
  readonly oldTakenBy: number | null;
}

/** Processed rows with their lines of today, in order of their numbers. */
export async function findChangedRows(
  read: ReadDb,
  changeId: number,
  page: { readonly afterRow: number; readonly limit: number; readonly rows?: readonly number[] },
): Promise<readonly ChangedRow[]> {
  const records = await read.raw<
    {
      row_no: number;
      uid: string;
      device_id: number;
      mdn: string | null;
      old_iccid: string | null;
      old_imei: string | null;
      new_iccid: string | null;
      new_imei: string | null;
      assigns: number;
      processed_at: number | null;
      line_iccid: string | null;
      line_imei: string | null;
      taken_by: number | null;
    }[]
  >(
    `select r.row_no, r.uid, r.device_id, r.mdn, r.old_iccid, r.old_imei, r.new_iccid, r.new_imei, r.processed_at,
            (r.customer is not null or r.rate_plan is not null or r.rate_pool is not null) as assigns,
            d.iccid as line_iccid, d.imei as line_imei,
            (select o.id from device o where o.id <> r.device_id
               and ((r.new_iccid is not null and o.iccid = r.old_iccid)
                 or (r.new_imei is not null and o.imei = r.old_imei)) limit 1) as taken_by
     from m2m_device_change r left join device d on d.id = r.device_id
     where r.bulk_change_id = ? and r.status = 'processed' and r.row_no > ?
       ${page.rows === undefined ? '' : 'and r.row_no in (select value from json_each(?))'}
     order by r.row_no limit ?`,
    [changeId, page.afterRow, ...(page.rows === undefined ? [] : [JSON.stringify(page.rows)]), page.limit],
  );
  return records.map((record) => ({
    row: record.row_no,
    uid: record.uid,
    deviceId: record.device_id,
    mdn: record.mdn,
    old: pairOf(record.old_iccid, record.old_imei),
    new: pairOf(record.new_iccid, record.new_imei),
    assigns: record.assigns === 1,
    processedAt: record.processed_at ?? 0,
    now: record.line_iccid === null ? null : pairOf(record.line_iccid, record.line_imei),
    oldTakenBy: record.taken_by,
  }));
}
