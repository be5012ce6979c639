import type { CentralTrx } from '../../centraldb';
import type { ReadDb } from '../../localdb/types';
import type { LastChange } from './drift.rules';

/** SQL of what central database and mirror say of a provider's lines. */
export interface StoredSide {
  readonly id: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly status: string;
}

export async function centralLines(
  trx: CentralTrx,
  providerId: number,
  afterId: number,
  limit: number,
): Promise<readonly StoredSide[]> {
  const answer = await trx.raw<{ rows: StoredSide[] }>(
    `select id, iccid, imei, mdn, status from device where provider_id = ? and id > ? order by id limit ?`,
    [providerId, afterId, limit],
  );
  return answer.rows.map((row) => ({ ...row, id: Number(row.id) }));
}

export async function mirrorLines(
  db: ReadDb,
  providerId: number,
  afterId: number,
  limit: number,
): Promise<readonly StoredSide[]> {
  return await db.raw<StoredSide[]>(
    `select id, iccid, imei, mdn, status from device where provider_id = ? and id > ? order by id limit ?`,
    [providerId, afterId, limit],
  );
}

/** The latest change of each of these lines, by line. */
export async function lastChanges(
  trx: CentralTrx,
  providerId: number,
  deviceIds: readonly number[],
): Promise<ReadonlyMap<number, LastChange>> {
  const answer = await trx.raw<{
    rows: {
      device_id: string;
      uid: string;
      row_no: number;
      status: string;
      new_iccid: string | null;
      new_imei: string | null;
    }[];
  }>(
    `select distinct on (c.device_id) c.device_id, b.uid, c.row_no, c.status, c.new_iccid, c.new_imei
     from m2m_device_change c join bulk_change b on b.id = c.bulk_change_id
     where c.provider_id = ? and c.device_id in (select value::bigint from jsonb_array_elements_text(?::jsonb) as value)
     order by c.device_id, c.id desc`,
    [providerId, JSON.stringify(deviceIds)],
  );
  return new Map(
    answer.rows.map((row) => [
      Number(row.device_id),
      {
        changeUid: row.uid,
        row: row.row_no,
        status: row.status,
        new: {
          ...(row.new_iccid === null ? {} : { iccid: row.new_iccid }),
          ...(row.new_imei === null ? {} : { imei: row.new_imei }),
        },
      },
    ]),
  );
}
