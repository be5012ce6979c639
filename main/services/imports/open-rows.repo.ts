import type { ReadDb } from '../../localdb/types';
import type { OpenRow } from './chains.rules';
import type { NewField } from './row.rules';

const OPEN = `r.status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;

/**
 * Rows of open changes of this desktop that change these lines or that wait for another line, by the line they change.
 * Driven by the few open rows, not by the lines.
 *
 * @param lineIds null: all
 */
export async function findOpenRows(
  db: ReadDb,
  lineIds: readonly number[] | null,
): Promise<ReadonlyMap<number, OpenRow>> {
  const wanted = JSON.stringify(lineIds === null ? null : [...new Set(lineIds)]);
  const rows = await db.raw<
    { lineId: number; change: number; row: number; iccid: number; imei: number; waitsFor: string }[]
  >(
    `select * from (
       select r.device_id as lineId, r.bulk_change_id as "change", r.row_no as "row", r.new_iccid is not null as iccid,
         r.new_imei is not null as imei,
         (select json_group_array(d.id) from device d where d.id <> r.device_id
            and (d.iccid = r.new_iccid or d.imei = r.new_imei)) as waitsFor
       from m2m_device_change r where ${OPEN})
     where ? = 'null' or waitsFor <> '[]' or lineId in (select value from json_each(?))`,
    [wanted, wanted],
  );
  return new Map(
    rows.map(({ lineId, change, row, iccid, imei, waitsFor }) => {
      const gives: NewField[] = [
        ...(iccid === 1 ? ['newIccid' as const] : []),
        ...(imei === 1 ? ['newImei' as const] : []),
      ];
      return [lineId, { change, row, gives, waitsFor: JSON.parse(waitsFor) as number[] }];
    }),
  );
}
