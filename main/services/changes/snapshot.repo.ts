import { together } from '../../lib/together';
import type { ReadDb } from '../../localdb/types';

/** SQL of the snapshot that is kept of a line before it is changed. */

type Line = Readonly<Record<string, unknown>>;

const mirroredLines = together<ReadDb, number, Line | null>(
  () => '',
  async (read, deviceIds) => {
    const lines = await read.raw<(Record<string, unknown> & { readonly id: number })[]>(
      `select d.id, d.iccid, d.imei, d.mdn, d.eid, d.status, d.carrier_plan as carrierPlan,
              d.last_connection_at as lastConnectionAt, c.name as customer, p.name as ratePlan, q.name as ratePool,
              d.row_version as rowVersion
       from device d left join customer c on c.id = d.customer_id
         left join customer_rate_plan p on p.id = d.customer_rate_plan_id
         left join customer_rate_pool q on q.id = d.customer_rate_pool_id
       where d.id in (select value from json_each(?))`,
      [JSON.stringify(deviceIds)],
    );
    const found = new Map<number, Line>(lines.map(({ id, ...line }) => [id, line]));
    return deviceIds.map((deviceId) => found.get(deviceId) ?? null);
  },
);

/** The line as the mirror has it; null: it has none of this number. */
export function mirroredLine(read: ReadDb, deviceId: number): Promise<Line | null> {
  return mirroredLines(read, deviceId);
}
