import type { TestDatabase } from './central';

/** Two service providers with customers, plans and lines; what one of them has must never be seen by the other. */
export interface Tenants {
  readonly north: Tenant;
  readonly south: Tenant;
}

export interface Tenant {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  /** By name. */
  readonly customers: Readonly<Record<string, number>>;
  readonly lines: readonly { readonly id: number; readonly iccid: string; readonly imei: string }[];
}

const iccidOf = (tenant: number, line: number): string => `8914800000${String(tenant)}${String(line).padStart(8, '0')}`;
const imeiOf = (tenant: number, line: number): string => `35${String(tenant)}${String(line).padStart(12, '0')}`;

/** Arranged as the superuser, whom no policy binds. Lines alternate between the customers Acme and Bolt. */
export async function makeTenants(db: TestDatabase, linesEach = 4): Promise<Tenants> {
  return { north: await makeTenant(db, 1, 'North', linesEach), south: await makeTenant(db, 2, 'South', linesEach) };
}

async function makeTenant(db: TestDatabase, number: number, name: string, lines: number): Promise<Tenant> {
  const [provider] = await db.query<{ id: string; uid: string }>(
    `insert into service_provider (name, account, base_url, rate_per_minute)
     values ($1, $2, 'http://127.0.0.1:1', null) returning id, uid`,
    [name, `000${number}`],
  );
  const customers = await db.query<{ id: string; name: string }>(
    `insert into customer (provider_id, name) select $1, name from unnest(array['Acme', 'Bolt']) name returning id, name`,
    [provider?.id],
  );
  await db.query(`insert into customer_rate_plan (provider_id, name) values ($1, 'Gold'), ($1, 'Silver')`, [
    provider?.id,
  ]);
  await db.query(`insert into customer_rate_pool (provider_id, name) values ($1, 'Pool A')`, [provider?.id]);
  const rows = Array.from({ length: lines }, (_, line) => ({
    iccid: iccidOf(number, line),
    imei: imeiOf(number, line),
    customer: Number(customers[line % 2]?.id),
  }));
  const made = await db.query<{ id: string; iccid: string; imei: string }>(
    `insert into device (provider_id, iccid, imei, status, customer_id)
     select $1, iccid, imei, 'active', customer
     from jsonb_to_recordset($2) as r (iccid text, imei text, customer bigint) order by iccid
     returning id, iccid, imei`,
    [provider?.id, JSON.stringify(rows)],
  );
  return {
    id: Number(provider?.id),
    uid: provider?.uid ?? '',
    name,
    customers: Object.fromEntries(customers.map((customer) => [customer.name, Number(customer.id)])),
    lines: made.map((line) => ({ id: Number(line.id), iccid: line.iccid, imei: line.imei })),
  };
}
