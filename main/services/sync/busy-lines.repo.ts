import { z } from 'zod';
import { ACTIONS_A_DAY } from '../../../shared/domain/quota';
import type { CentralTrx } from '../../centraldb';
import type { Trx } from '../../localdb/types';

/** A line that may have used up its day at the carrier. */
export interface BusyLine {
  readonly deviceId: number;
  /** Changes of every desk within the last 24 hours. */
  readonly actions: number;
  /** Epoch ms at which it has fewer than the carrier allows again. */
  readonly freeAtMs: number;
}

const busyLineSchema = z.object({ deviceId: z.number().int(), actions: z.number().int(), freeAtMs: z.number() });

/** Of the lines that the user may see, by the clock of the central database. */
export async function readBusyLines(trx: CentralTrx): Promise<readonly BusyLine[]> {
  const answer = await trx.raw<{ rows: unknown[] }>(
    `select device_id as "deviceId", count(*)::integer as actions,
       floor(extract(epoch from (array_agg(applied_at order by applied_at desc))[${ACTIONS_A_DAY}]
         + interval '24 hours') * 1000)::bigint as "freeAtMs"
     from m2m_device_change where applied_at >= now() - interval '24 hours'
     group by device_id having count(*) >= ${ACTIONS_A_DAY}`,
  );
  return answer.rows.map((row) => busyLineSchema.parse(row));
}

/** What was known before is out of date. */
export async function writeBusyLines(trx: Trx, lines: readonly BusyLine[]): Promise<void> {
  await trx.raw('delete from busy_line');
  if (lines.length === 0) return;
  await trx.raw(
    `insert into busy_line (device_id, actions, free_at)
     select value->>0, value->>1, value->>2 from json_each(?)`,
    [JSON.stringify(lines.map(({ deviceId, actions, freeAtMs }) => [deviceId, actions, freeAtMs]))],
  );
}
