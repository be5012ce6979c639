import type { CentralTrx } from '../../centraldb';
import type { Decision, Match } from './load.rules';
import type { LoadRow } from './row.rules';

/** SQLSTATE unique_violation. */
const DUPLICATE = '23505';

export interface DecidedRow {
  readonly row: LoadRow;
  readonly decision: Exclude<Decision, { kind: 'refuse' }>;
}

const ROW_COLUMNS = `"lineNo" bigint, iccid text, imei text, mdn text, eid text, status text, "carrierPlan" text,
  "lastConnectionAt" bigint, customer text, "ratePlan" text, "ratePool" text, "deviceId" bigint`;

/** Makes the customers, plans and pools that rows name and that there are none of. */
export async function ensureNames(
  trx: CentralTrx,
  table: 'customer' | 'customer_rate_plan' | 'customer_rate_pool',
  providerId: number,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  await trx.raw(
    `insert into ${table} (provider_id, name)
     select ?, name from jsonb_array_elements_text(?::jsonb) as name
     on conflict (provider_id, name) do nothing`,
    [providerId, JSON.stringify(names)],
  );
}

/** Which lines of the provider carry the identifiers of each row. One answer for each row. */
export async function matchLines(
  trx: CentralTrx,
  providerId: number,
  rows: readonly LoadRow[],
): Promise<readonly Match[]> {
  const answer = await trx.raw<{ rows: Match[] }>(
    `select r."lineNo", i.id as "byIccid", e.id as "byImei", e.mdn as "mdnOfImei", m.id as "byMdn", c.id as "customerId",
       exists (select from device_lease l where l.device_id in (i.id, e.id, m.id)) as "hasOpenChange"
     from jsonb_to_recordset(?::jsonb) as r (${ROW_COLUMNS})
     left join device i on i.provider_id = ? and i.iccid = r.iccid
     left join device e on e.provider_id = ? and e.imei = r.imei
     left join customer c on c.provider_id = ? and c.name = r.customer
     left join lateral (
       select min(d.id) as id from device d where d.provider_id = ? and d.mdn = r.mdn having count(*) = 1) m on true`,
    [JSON.stringify(rows), providerId, providerId, providerId, providerId],
  );
  return answer.rows;
}

/**
 * Stores rows: takes IMEIs from the lines that had them, updates what differs, inserts what is new.
 * @returns how many were inserted and really changed; null when an identifier collides with a line that the user does
 * not see, in which case nothing of these rows is stored
 */
export async function storeLines(
  trx: CentralTrx,
  providerId: number,
  rows: readonly DecidedRow[],
): Promise<{ inserted: number; updated: number } | null> {
  try {
    // A savepoint: the rows before these stay stored.
    return await trx.transaction(async (inner) => {
      await releaseImeis(inner as CentralTrx, rows);
      const updated = await updateLines(inner as CentralTrx, providerId, rows);
      const inserted = await insertLines(inner as CentralTrx, providerId, rows);
      return { inserted, updated };
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === DUPLICATE) return null;
    throw error;
  }
}

async function releaseImeis(trx: CentralTrx, rows: readonly DecidedRow[]): Promise<void> {
  const holders = rows.flatMap(({ decision }) => (decision.takesImeiFrom === null ? [] : [decision.takesImeiFrom]));
  if (holders.length === 0) return;
  await trx.raw(
    'update device set imei = null where id in (select value::bigint from jsonb_array_elements_text(?::jsonb) as value)',
    [JSON.stringify(holders)],
  );
}

const NAMED = `
  left join customer c on c.provider_id = ? and c.name = r.customer
  left join customer_rate_plan p on p.provider_id = ? and p.name = r."ratePlan"
  left join customer_rate_pool q on q.provider_id = ? and q.name = r."ratePool"`;

async function updateLines(trx: CentralTrx, providerId: number, rows: readonly DecidedRow[]): Promise<number> {
  const known = rows.flatMap(({ row, decision }) =>
    decision.kind === 'update' ? [{ ...row, deviceId: decision.deviceId }] : [],
  );
  if (known.length === 0) return 0;
  const answer = await trx.raw<{ rowCount: number }>(
    `with wanted as (
       select d.id, r.iccid, coalesce(r.imei, d.imei) as imei, coalesce(r.mdn, d.mdn) as mdn,
         coalesce(r.eid, d.eid) as eid, coalesce(r.status, d.status) as status,
         coalesce(r."carrierPlan", d.carrier_plan) as carrier_plan, coalesce(c.id, d.customer_id) as customer_id,
         coalesce(p.id, d.customer_rate_plan_id) as customer_rate_plan_id,
         coalesce(q.id, d.customer_rate_pool_id) as customer_rate_pool_id,
         coalesce(to_timestamp(r."lastConnectionAt" / 1000.0), d.last_connection_at) as last_connection_at
       from jsonb_to_recordset(?::jsonb) as r (${ROW_COLUMNS}) join device d on d.id = r."deviceId" ${NAMED})
     update device d set iccid = w.iccid, imei = w.imei, mdn = w.mdn, eid = w.eid, status = w.status,
       carrier_plan = w.carrier_plan, customer_id = w.customer_id, customer_rate_plan_id = w.customer_rate_plan_id,
       customer_rate_pool_id = w.customer_rate_pool_id, last_connection_at = w.last_connection_at
     from wanted w
     where d.id = w.id and (d.iccid, d.imei, d.mdn, d.eid, d.status, d.carrier_plan, d.customer_id,
       d.customer_rate_plan_id, d.customer_rate_pool_id, d.last_connection_at) is distinct from (w.iccid, w.imei, w.mdn,
       w.eid, w.status, w.carrier_plan, w.customer_id, w.customer_rate_plan_id, w.customer_rate_pool_id,
       w.last_connection_at)`,
    [JSON.stringify(known), providerId, providerId, providerId],
  );
  return answer.rowCount;
}

async function insertLines(trx: CentralTrx, providerId: number, rows: readonly DecidedRow[]): Promise<number> {
  const fresh = rows.flatMap(({ row, decision }) => (decision.kind === 'insert' ? [row] : []));
  if (fresh.length === 0) return 0;
  const answer = await trx.raw<{ rowCount: number }>(
    `insert into device (provider_id, iccid, imei, mdn, eid, status, carrier_plan, customer_id, customer_rate_plan_id,
       customer_rate_pool_id, last_connection_at)
     select ?, r.iccid, r.imei, r.mdn, r.eid, coalesce(r.status, 'unknown'), r."carrierPlan", c.id, p.id, q.id,
       to_timestamp(r."lastConnectionAt" / 1000.0)
     from jsonb_to_recordset(?::jsonb) as r (${ROW_COLUMNS}) ${NAMED}
     order by r."lineNo"`,
    [providerId, JSON.stringify(fresh), providerId, providerId, providerId],
  );
  return answer.rowCount;
}
