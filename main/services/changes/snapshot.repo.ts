import type { ReadDb, Trx } from '../../localdb/types';

/** SQL of the snapshot that is kept of a line before it is changed. */

/** The line as the mirror has it; null: it has none of this number. */
export async function mirroredLine(read: ReadDb, deviceId: number): Promise<Readonly<Record<string, unknown>> | null> {
  const [line] = await read.raw<Record<string, unknown>[]>(
    `select d.iccid, d.imei, d.mdn, d.eid, d.status, d.carrier_plan as carrierPlan,
            d.last_connection_at as lastConnectionAt, c.name as customer, p.name as ratePlan, q.name as ratePool,
            d.row_version as rowVersion
     from device d left join customer c on c.id = d.customer_id
       left join customer_rate_plan p on p.id = d.customer_rate_plan_id
       left join customer_rate_pool q on q.id = d.customer_rate_pool_id
     where d.id = ?`,
    [deviceId],
  );
  return line ?? null;
}

/** @param hash SHA-256 of the text */
export async function storeSnapshot(trx: Trx, id: number, text: string, hash: string): Promise<void> {
  await trx.raw(`update m2m_device_change set snapshot = ?, snapshot_hash = ? where id = ?`, [text, hash, id]);
}
