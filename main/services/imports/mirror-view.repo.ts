import type { ReadDb } from '../../localdb/types';
import { isoTime } from '../../lib/clock';
import { ACTIONS_A_DAY } from '../../../shared/domain/quota';
import type { MirrorView, Named, Names } from './mirror-view';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Key of `setting`: hours after which verdicts on the mirror carry a warning. */
const MIRROR_MAX_AGE = 'mirror.max-age-hours';
const DEFAULT_MAX_AGE_HOURS = 24;

/** Null: nothing was ever pulled, or this provider is not in the mirror. */
export async function loadMirrorView(
  db: ReadDb,
  providerUid: string,
  nowMs: number,
): Promise<{ readonly view: MirrorView; readonly mirrorAtMs: number } | null> {
  const [state] = await db.raw<{ mirrorAtMs: number }[]>(`select mirror_at as mirrorAtMs from sync_state`);
  const [provider] = await db.raw<{ id: number }[]>(`select id from service_provider where uid = ?`, [providerUid]);
  if (state === undefined || provider === undefined) return null;
  const { mirrorAtMs } = state;
  const ageHours = (nowMs - mirrorAtMs) / HOUR_MS;
  return {
    mirrorAtMs,
    view: {
      providerId: provider.id,
      data: { from: 'mirror', at: isoTime(mirrorAtMs) },
      staleHours: ageHours > (await maxAgeHours(db)) ? Math.floor(ageHours) : null,
      today: isoTime(nowMs).slice(0, 10),
      customers: await namesOf(db, 'customer', provider.id),
      ratePlans: await namesOf(db, 'customer_rate_plan', provider.id),
      ratePools: await namesOf(db, 'customer_rate_pool', provider.id),
      planCustomers: await customersOf(db, 'customer_rate_plan_id'),
      poolCustomers: await customersOf(db, 'customer_rate_pool_id'),
      busyLines: await busyLines(db, providerUid, nowMs),
      ...(await openChanges(db)),
    },
  };
}

async function maxAgeHours(db: ReadDb): Promise<number> {
  const [setting] = await db.raw<{ hours: number }[]>(`select value ->> '$' as hours from setting where key = ?`, [
    MIRROR_MAX_AGE,
  ]);
  return setting?.hours ?? DEFAULT_MAX_AGE_HOURS;
}

async function namesOf(
  db: ReadDb,
  table: 'customer' | 'customer_rate_plan' | 'customer_rate_pool',
  providerId: number,
): Promise<Names> {
  const rows = await db.raw<Named[]>(`select id, name from ${table} where provider_id = ?`, [providerId]);
  return new Map(rows.map((row) => [row.name.toLowerCase(), row]));
}

/**
 * Which customers' lines have each plan or pool. Jumps from pair to pair through the index instead of walking over the
 * lines: there are few pairs and millions of lines.
 */
async function customersOf(
  db: ReadDb,
  column: 'customer_rate_plan_id' | 'customer_rate_pool_id',
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const first = `select ${column} as thing, customer_id as customer from device
    where ${column} is not null and customer_id is not null`;
  const rows = await db.raw<{ thing: number; customer: number }[]>(
    `with recursive pair (thing, customer) as (
       select * from (${first} order by ${column}, customer_id limit 1)
       union all
       select next.value ->> 0, next.value ->> 1 from pair, json_each(json_array((
         select json_array(${column}, customer_id) from device
         where ${column} is not null and customer_id is not null
           and (${column}, customer_id) > (pair.thing, pair.customer)
         order by ${column}, customer_id limit 1))) next
       where next.value is not null)
     select thing, customer from pair where thing is not null`,
  );
  const customers = new Map<number, Set<number>>();
  for (const { thing, customer } of rows) {
    const known = customers.get(thing);
    if (known === undefined) customers.set(thing, new Set([customer]));
    else known.add(customer);
  }
  return customers;
}

/**
 * Lines whose changes of the last 24 hours may have used up the day: those of this desktop as they are now, those of every
 * desk as the central database knew them at the last pull. Open changes have a finding of their own.
 */
async function busyLines(db: ReadDb, providerUid: string, nowMs: number): Promise<ReadonlyMap<number, number>> {
  const rows = await db.raw<{ lineId: number; actions: number }[]>(
    `select device_id as lineId, count(*) as actions from m2m_device_change
     where provider_uid = ? and confirmed_at >= ? group by device_id having count(*) >= ?`,
    [providerUid, nowMs - DAY_MS, ACTIONS_A_DAY],
  );
  const fleet = await db.raw<{ lineId: number; actions: number }[]>(
    `select device_id as lineId, actions from busy_line where free_at > ?`,
    [nowMs],
  );
  const busy = new Map(rows.map(({ lineId, actions }) => [lineId, actions]));
  for (const { lineId, actions } of fleet) busy.set(lineId, Math.max(actions, busy.get(lineId) ?? 0));
  return busy;
}

async function openChanges(db: ReadDb): Promise<Pick<MirrorView, 'openLines' | 'openTargets'>> {
  const open = await db.raw<{ change: number; deviceId: number; newIccid: string | null; newImei: string | null }[]>(
    `select bulk_change_id as change, device_id as deviceId, new_iccid as newIccid, new_imei as newImei
     from m2m_device_change
     where status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`,
  );
  return {
    openLines: new Map(open.map((row) => [row.deviceId, row.change])),
    openTargets: new Map(
      open.flatMap((row) =>
        [row.newIccid, row.newImei].flatMap((target) => (target === null ? [] : [[target, row.change] as const])),
      ),
    ),
  };
}
