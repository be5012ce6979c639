import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../main/centraldb/migrate';
import { DESKTOP_ROLE } from '../../main/centraldb/roles';
import { systemIds } from '../../main/lib/ids';
import { createIdentifiersService } from '../../main/services/identifiers';
import type { Session } from '../../main/services/identity';
import { startTestCentral, type TestCentral, type TestDatabase, type TestDesk } from '../support/central';
import { makeTenants, type Tenants } from '../support/central-fixture';

// What a hostile desk can do: it has the desktop's database role, its own SQL, and its own session.
let server: TestCentral;
let db: TestDatabase;
let tenants: Tenants;
let desk: TestDesk;
let north: Session;
let acme: Session;
let viewer: Session;
beforeAll(async () => {
  server = await startTestCentral();
  db = await server.fresh();
  tenants = await makeTenants(db);
  desk = db.desk();
  north = await db.addUser(desk, { name: 'nils', role: 'operator', providers: ['North'] });
  acme = await db.addUser(desk, { name: 'aida', role: 'operator', providers: ['North'], customers: ['Acme'] });
  viewer = await db.addUser(desk, { name: 'vera', role: 'viewer', providers: ['North'] });
  const admin = await db.signIn(desk);
  await fillEveryTable(admin);
});
afterAll(() => server.stop());

/** Something of both tenants in every business table. */
async function fillEveryTable(admin: Session): Promise<void> {
  const identifiers = createIdentifiersService({ central: desk.central, session: () => admin });
  for (const tenant of [tenants.north, tenants.south]) {
    const [first, second] = tenant.lines;
    const [uid, otherUid] = [systemIds.uid(), systemIds.uid()];
    await identifiers.enrol(
      {
        uid: systemIds.uid(),
        providerUid: tenant.uid,
        changeType: 'ChangeICCID',
        name: `Change of ${tenant.name}`,
        planHash: 'hash',
        createdAt: '2026-01-01T00:00:00.000Z',
        createdBy: 'admin',
        request: {},
      },
      [first, second].map((line, index) => ({
        uid: index === 0 ? uid : otherUid,
        rowNo: index + 1,
        deviceId: line?.id ?? 0,
        old: { iccid: line?.iccid ?? '' },
        new: { iccid: `89148000009${tenant.id}0000000${index}`.slice(0, 20) },
        changeRequest: {},
      })),
    );
    await identifiers.update({
      deviceChangeUid: otherUid,
      providerUid: tenant.uid,
      deviceId: second?.id ?? 0,
      old: { iccid: second?.iccid ?? '' },
      new: { iccid: `89148000009${tenant.id}00000001`.slice(0, 20) },
      customer: null,
      ratePlan: 'Gold',
      ratePool: null,
      effectiveDate: null,
      processedBy: 'admin',
      fencing: 1_000_000,
    });
    await identifiers.acquireSender(tenant.uid);
    await db.query(
      `insert into thingspace_callback_log (provider_id, request_id, status, digest, body, received_by)
       values ($1, 'r', 'Success', 'd', '{}', 'x')`,
      [tenant.id],
    );
    await db.query('insert into login_guard (provider_id) values ($1)', [tenant.id]);
    await db.query('insert into login_attempt (provider_id, desktop_uid) values ($1, new_uid())', [tenant.id]);
    await db.query("insert into provider_pause (provider_id, note, paused_by) values ($1, 'x', 'x')", [tenant.id]);
    await db.query(
      `insert into shared_draft (uid, provider_id, name, change_type, row_count, note, head, shared_by)
       values ($1, $2, 'x', 'ChangeICCID', 1, '', '{}', 'x')`,
      [uid, tenant.id],
    );
    await db.query("insert into shared_draft_part (draft_uid, part_no, provider_id, rows) values ($1, 1, $2, '[]')", [
      uid,
      tenant.id,
    ]);
    await db.query("insert into alert (provider_id, code, message, raised_by) values ($1, 'x', 'x', 'x')", [tenant.id]);
    await db.query(
      "insert into logging.metric (provider_uid, desktop_uid, name, value) values ($1, new_uid(), 'x', 1)",
      [tenant.uid],
    );
  }
}

/** Runs SQL with the desktop's own login, in one transaction with this token in the setting. */
async function asDesktop<T extends pg.QueryResultRow>(
  token: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> {
  return withClient(db.desktop, async (client) => {
    await client.query('begin');
    await client.query("select set_config('swapdesk.session', $1, true)", [token]);
    const answer = await client.query<T>(sql, values);
    await client.query('commit');
    return answer.rows;
  });
}

const ofTenants = async (): Promise<{ table: string; column: string }[]> =>
  (
    await db.query<{ schema: string; name: string; column: string }>(
      `select table_schema as schema, table_name as name, column_name as column from information_schema.columns
       join pg_tables on schemaname = table_schema and tablename = table_name
       where table_schema in ('public', 'logging') and column_name in ('provider_id', 'provider_uid')
         and table_name <> 'user_scope'`,
    )
  ).map(({ schema, name, column }) => ({ table: `${schema}.${name}`, column }));

describe('every table that belongs to a tenant (list made from the database)', () => {
  test('is under row-level security, forced where desks may be asked to write', async () => {
    const plain = await db.query<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where relkind = 'r' and nspname in ('public', 'logging') and not (relrowsecurity and relforcerowsecurity)
       order by relname`,
    );
    // Written only by functions and triggers that run as the owner, or not readable by a desktop at all.
    expect(plain.map((row) => row.name)).toEqual([
      'api_log',
      'app_user',
      'audit_chain_head',
      'central_identity',
      'central_secret',
      'change_log',
      'error_log',
      'm2m_log',
      'metric',
      'mobility_log',
      'role_permission',
      'swapdesk_migration',
      'swapdesk_procedures',
      'user_scope',
      'user_session',
    ]);
  });

  test('shows an operator of North nothing of South, and has something of South in it', async () => {
    const tables = await ofTenants();
    expect(tables.length).toBeGreaterThan(14);
    for (const { table, column } of tables) {
      const foreign = column === 'provider_id' ? tenants.south.id : tenants.south.uid;
      const [there] = await db.query<{ count: string }>(`select count(*) from ${table} where ${column} = $1`, [
        foreign,
      ]);
      const hidden = table === 'public.device_customer_assignment' || Number(there?.count) > 0;
      if (!/api_log|error_log|mobility_log|audit_chain_head/.test(table)) expect(hidden, table).toBe(true);
      const readable = await db.query<{ may: boolean }>("select has_table_privilege($1, $2, 'select') as may", [
        DESKTOP_ROLE,
        table,
      ]);
      if (readable[0]?.may !== true) continue;
      const seen = await asDesktop(north.token, `select ${column} from ${table} where ${column} = $1`, [foreign]);
      expect(seen, table).toEqual([]);
    }
    const providers = await asDesktop<{ name: string }>(north.token, 'select name from service_provider');
    expect(providers).toEqual([{ name: 'North' }]);
    const lines = await asDesktop(north.token, 'select id from device');
    expect(lines).toHaveLength(tenants.north.lines.length);
  });

  test('keeps its lines, active or deactivated, from an operator who deletes with SQL of their own', async () => {
    const ids = tenants.north.lines.map(({ id }) => id);
    await db.query(`update device set status = 'deactivated' where id = $1`, [ids[0]]);
    await asDesktop(north.token, 'delete from device where id = any ($1)', [ids]);
    expect(await db.query('select id from device where id = any ($1)', [ids])).toHaveLength(ids.length);
  });

  test.each([
    ['no token', ''],
    ['a guessed token', systemIds.token()],
    ['a user’s number', '1'],
    ['a wildcard', '%'],
  ])('shows nothing with %s', async (_, token) => {
    for (const { table } of await ofTenants()) {
      const readable = await db.query<{ may: boolean }>("select has_table_privilege($1, $2, 'select') as may", [
        DESKTOP_ROLE,
        table,
      ]);
      if (readable[0]?.may === true) expect(await asDesktop(token, `select * from ${table}`), table).toEqual([]);
    }
  });

  test('shows a customer’s operator that customer’s lines alone', async () => {
    const lines = await asDesktop<{ customer_id: string }>(acme.token, 'select distinct customer_id from device');
    expect(lines.map((line) => Number(line.customer_id))).toEqual([tenants.north.customers['Acme']]);
    const customers = await asDesktop<{ name: string }>(acme.token, 'select name from customer');
    expect(customers).toEqual([{ name: 'Acme' }]);
    const changed = await asDesktop<{ device_id: string }>(acme.token, 'select device_id from m2m_device_change');
    expect(changed.map((row) => Number(row.device_id))).toEqual([tenants.north.lines[0]?.id]);
  });
});

describe('a hostile desk', () => {
  const refused = (sql: string, token = north.token, values: unknown[] = []): Promise<unknown> =>
    asDesktop(token, sql, values).then(
      () => 'allowed',
      (error: unknown) => (error as { kind?: string }).kind,
    );

  test.each([
    'select verifier from app_user',
    'select token_hash from user_session',
    'select * from user_scope',
    'select secret from central_secret',
    "select access.keyed_hash('salt:x')",
    'select * from swapdesk_procedures',
    "update user_session set expires_at = now() + interval '1 year'",
    "select setval('sign_in_attempts_0', 0)",
    "select nextval('fencing_number')",
    'insert into user_scope (user_id, provider_id, provider_uid) select 1, id, uid from service_provider',
    "insert into role_permission values ('viewer', 'users.manage')",
    "update m2m_device_change set status = 'processed'",
    'delete from device_lease',
    "update device_lease set fencing = 0, desktop_name = 'mine'",
    "insert into change_log (table_name, uid) values ('device', new_uid())",
    "insert into logging.m2m_log (at, at_text, actor, action, provider, details) values (now(), '', '', '', '', '{}')",
    "update logging.audit_chain_head set seq = 0, hash = repeat('0', 64)",
    "select access.add_first_administrator(new_uid(), 'me', '\\x00', '\\x00')",
    "select access.stop_provider(1, 'x', 'x')",
    'set role swapdesk_owner',
    'set session authorization swapdesk_admin',
    'alter table device disable row level security',
    'drop policy swapdesk_read on device',
    'create table public.mine (x int)',
    "create function public.mine() returns int language sql as 'select 1'",
    'alter role swapdesk_desktop bypassrls',
    "copy device to program 'cat'",
    "select pg_read_file('postgresql.conf')",
  ])('is refused: %s', async (sql) => {
    expect(await refused(sql)).toBe('not-permitted');
  });

  test('that shuts row security off gets an error instead of rows', async () => {
    await expect(
      withClient(db.desktop, async (client) => {
        await client.query('set row_security = off');
        return client.query('select * from device');
      }),
    ).rejects.toMatchObject({ kind: 'not-permitted' });
  });

  test('that knows foreign uids and numbers changes nothing of another tenant', async () => {
    const south = tenants.south;
    const line = south.lines[0];
    for (const sql of [
      `update device set iccid = '89148000009999999999' where id = ${line?.id}`,
      `update service_provider set base_url = 'http://evil' where uid = '${south.uid}'`,
      `delete from device where id = ${line?.id}`,
    ]) {
      await asDesktop(north.token, sql);
    }
    const unchanged = await db.query<{ iccid: string }>('select iccid from device where id = $1', [line?.id]);
    expect(unchanged[0]?.iccid).toBe(line?.iccid);
    const [provider] = await db.query<{ base_url: string }>('select base_url from service_provider where id = $1', [
      south.id,
    ]);
    expect(provider?.base_url).not.toContain('evil');
    expect(await refused(`insert into device (provider_id, iccid) values (${south.id}, '89148000009999999990')`)).toBe(
      'not-permitted',
    );
    expect(
      await refused(`update device set provider_id = ${south.id} where provider_id = ${tenants.north.id}`),
    ).not.toBe('allowed');

    const identifiers = createIdentifiersService({ central: desk.central, session: () => north });
    await expect(identifiers.acquireSender(south.uid)).rejects.toMatchObject({ code: 'provider-unknown' });
    const foreign = await db.query<{ uid: string }>('select uid from m2m_device_change where provider_id = $1', [
      south.id,
    ]);
    const uids = foreign.map((row) => row.uid);
    expect(await identifiers.renewLeases(uids)).toEqual(uids);
    await identifiers.releaseLeases(uids);
    const held = await db.query('select from device_lease where provider_id = $1', [south.id]);
    expect(held).toHaveLength(1);
    const update = {
      deviceChangeUid: uids[0] ?? '',
      providerUid: south.uid,
      deviceId: line?.id ?? 0,
      old: { iccid: line?.iccid ?? '' },
      new: { iccid: '89148000009999999991' },
      customer: null,
      ratePlan: null,
      ratePool: null,
      effectiveDate: null,
      processedBy: 'nils',
      fencing: 1_000_000,
    };
    expect(await identifiers.update(update)).toEqual({ kind: 'conflict', reason: 'change-unknown', found: null });
  });

  test('a role without a permission is refused by the database too', async () => {
    const identifiers = createIdentifiersService({ central: desk.central, session: () => viewer });
    await expect(identifiers.acquireSender(tenants.north.uid)).rejects.toMatchObject({ code: 'not-permitted' });
    await expect(identifiers.renewLeases([])).rejects.toMatchObject({ code: 'not-permitted' });
    await asDesktop(viewer.token, "update device set status = 'suspended'");
    expect(await db.query("select from device where status = 'suspended'")).toEqual([]);
    expect(await refused("select user_disable('admin')", viewer.token)).toBe('not-permitted');
  });
});

test('a pooled connection keeps nothing of the session before', async () => {
  const admin = await db.signIn(desk);
  for (let round = 0; round < 6; round += 1) {
    const all = await desk.central.withSession(admin.token, (trx) => trx.raw('select id from service_provider'));
    const none = await desk.central.withoutSession((trx) => trx.raw('select id from service_provider'));
    const one = await desk.central.withSession(north.token, (trx) => trx.raw('select id from service_provider'));
    expect([all.rows.length, none.rows.length, one.rows.length]).toEqual([2, 0, 1]);
  }
  await expect(
    desk.central.withSession(admin.token, async (trx) => {
      await trx.raw('select 1');
      throw new Error('rolled back');
    }),
  ).rejects.toThrow('rolled back');
  const after = await desk.central.withoutSession((trx) => trx.raw('select id from service_provider'));
  expect(after.rows).toEqual([]);
});

test('policies ask who is asking once for a statement, not for each row', async () => {
  const plan = await asDesktop<{ 'QUERY PLAN': string }>(north.token, 'explain select * from device');
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toContain('InitPlan');
  expect(text).not.toContain('SubPlan');
});
