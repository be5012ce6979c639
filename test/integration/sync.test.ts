import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CentralDb } from '../../main/centraldb';
import { driverSettings } from '../../main/centraldb/connection';
import { unreachable } from '../../main/centraldb/errors';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { createAuditService, type AuditService } from '../../main/services/audit';
import type { Session } from '../../main/services/identity';
import { createOutbox, createSyncService, type SyncService } from '../../main/services/sync';
import { startTestCentral, type TestCentral, type TestDatabase, type TestDesk } from '../support/central';
import { openTestDb, type TestDb } from '../support/local-db';

let server: TestCentral;
let database: TestDatabase;
let desk: TestDesk;
let session: Session;
let local: TestDb;
let audit: AuditService;
let sync: SyncService;

beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  database = await server.fresh();
  desk = database.desk();
  await database.query(
    `insert into service_provider (name, account, base_url) values ('North', '1', 'https://n.example')`,
  );
  await database.query(
    `insert into service_provider (name, account, base_url) values ('South', '2', 'https://s.example')`,
  );
  await database.query(
    `insert into customer (provider_id, name) select id, 'Harbor' from service_provider where name = 'North'`,
  );
  await addLines('North', 0, 5);
  await addLines('South', 100, 3);
  session = await database.signIn(desk);
  local = await openTestDb();
  audit = createAuditService({ local, writer: `desktop:${desk.uid}:${session.userUid}`, clock: systemClock });
  sync = syncOver(desk.central);
});
afterEach(() => local.close());

function syncOver(central: CentralDb): SyncService {
  return createSyncService({ local, central, session: () => session, audit, clock: systemClock, log: silentLog });
}

const iccidOf = (number: number): string => `89148000000000${String(number).padStart(5, '0')}`;
const imeiOf = (number: number): string => `35000000${String(number).padStart(7, '0')}`;

async function addLines(provider: string, from: number, count: number): Promise<void> {
  await database.query(
    `insert into device (provider_id, customer_id, iccid, imei, mdn, status)
     select p.id, c.id, '89148000000000' || lpad(n::text, 5, '0'), '35000000' || lpad(n::text, 7, '0'),
       '51255' || lpad(n::text, 5, '0'), 'active'
     from generate_series($2::int, $2::int + $3::int - 1) n
     join service_provider p on p.name = $1 left join customer c on c.provider_id = p.id`,
    [provider, from, count],
  );
}

async function mirrored(): Promise<string[]> {
  const rows = await local.read.raw<{ line: string }[]>(
    `SELECT iccid || ' ' || coalesce(imei, '-') || ' ' || status AS line FROM device ORDER BY iccid`,
  );
  return rows.map((row) => row.line);
}

/** What the mirror must be, asked of the central database itself. */
async function expected(where = 'true'): Promise<string[]> {
  const rows = await database.query<{ line: string }>(
    `select iccid || ' ' || coalesce(imei, '-') || ' ' || status as line from device d
     join service_provider p on p.id = d.provider_id where ${where} order by iccid`,
  );
  return rows.map((row) => row.line);
}

/** Another desk's transaction, held open. */
async function openTransaction(): Promise<pg.Client> {
  const client = new pg.Client(driverSettings(database.admin));
  await client.connect();
  await client.query('begin');
  return client;
}

/** The central database until `calls` transactions have gone through; then it is away. */
function dyingAfter(calls: number): CentralDb {
  let left = calls;
  return {
    ...desk.central,
    address: 'test',
    withSession: async (token, fn) => {
      left -= 1;
      if (left < 0) throw Object.assign(new Error('killed'), { killed: true });
      return desk.central.withSession(token, fn);
    },
  };
}

describe('pull', () => {
  it('brings everything, then only what changed', async () => {
    expect(await sync.mirrorAt()).toBeNull();
    const first = await sync.sync();
    expect(first.pulled).toBe(2 + 1 + 8);
    expect(await mirrored()).toEqual(await expected());
    expect(await sync.mirrorAt()).toBe(first.mirrorAt);

    expect((await sync.sync()).pulled).toBe(0);
    await database.query(`update device set status = 'suspended' where iccid = $1`, [iccidOf(2)]);
    await database.query(`delete from device where iccid = $1`, [iccidOf(3)]);
    await addLines('South', 200, 1);
    expect((await sync.sync()).pulled).toBe(3);
    expect(await mirrored()).toEqual(await expected());
  });

  it('misses no change that began early and was committed late', async () => {
    const late = await openTransaction();
    await late.query(`update device set status = 'suspended' where iccid = '${iccidOf(0)}'`);
    await sync.sync();
    await database.query(`update device set status = 'deactivated' where iccid = $1`, [iccidOf(1)]);
    await sync.sync();
    // Nothing waits for the open transaction …
    expect(await mirrored()).toEqual(await expected());
    await late.query('commit');
    await late.end();
    // … and what it did is found behind the newer change.
    await sync.sync();
    expect(await mirrored()).toEqual(await expected());
    expect((await mirrored())[0]).toContain('suspended');
    expect((await sync.sync()).pulled).toBe(0);
  });

  it('follows lines that trade identifiers, chains included', async () => {
    await sync.sync();
    await database.query(`
      update device d set iccid = o.iccid, imei = o.imei from device o
      where d.provider_id = o.provider_id and o.iccid = case d.iccid when '${iccidOf(0)}' then '${iccidOf(1)}'
        when '${iccidOf(1)}' then '${iccidOf(2)}' when '${iccidOf(2)}' then '${iccidOf(0)}' end`);
    await sync.sync();
    expect(await mirrored()).toEqual(await expected());
    const ids = await local.read.raw<{ id: number }[]>('SELECT id FROM device WHERE iccid = ?', [iccidOf(1)]);
    const [central] = await database.query<{ id: string }>('select id from device where iccid = $1', [iccidOf(1)]);
    expect(ids[0]?.id).toBe(Number(central?.id));
  });

  it('shows a user only what is theirs, and follows a line out of their scope', async () => {
    session = await database.addUser(desk, {
      name: 'olga',
      role: 'operator',
      providers: ['North'],
      customers: ['Harbor'],
    });
    await sync.sync();
    expect(await mirrored()).toEqual(await expected(`p.name = 'North'`));
    await database.query(`update device set customer_id = null where iccid = $1`, [iccidOf(4)]);
    await sync.sync();
    expect(await mirrored()).not.toContain(`${iccidOf(4)} ${imeiOf(4)} active`);
    expect(await mirrored()).toHaveLength(4);
  });

  it('is made anew when the scope changes or the central database is another one', async () => {
    session = await database.addUser(desk, { name: 'olga', role: 'operator', providers: ['North'] });
    await sync.sync();
    expect(await mirrored()).toHaveLength(5);
    await database.query(`
      insert into user_scope (user_id, provider_id, provider_uid)
      select u.id, p.id, p.uid from app_user u, service_provider p where u.name = 'olga' and p.name = 'South'`);
    await database.query(`select access.note_scope_change(id) from app_user where name = 'olga'`);
    await sync.sync();
    expect(await mirrored()).toEqual(await expected());
    await database.query(
      `delete from user_scope where provider_id = (select id from service_provider where name = 'North')`,
    );
    await database.query(`select access.note_scope_change(id) from app_user where name = 'olga'`);
    await sync.sync();
    expect(await mirrored()).toEqual(await expected(`p.name = 'South'`));

    database = await server.fresh();
    desk = database.desk();
    session = await database.signIn(desk);
    await syncOver(desk.central).sync();
    expect(await mirrored()).toEqual([]);
  });

  it('leaves no partial mirror when it is killed at any step, and goes on afterwards', async () => {
    for (let calls = 0; ; calls += 1) {
      const outcome = await syncOver(dyingAfter(calls))
        .sync()
        .then(
          () => 'whole',
          (error: unknown) => error,
        );
      const lines = await mirrored();
      if (lines.length > 0) {
        // From the final transaction on it is whole, whatever happens afterwards.
        expect(lines).toEqual(await expected());
        if (outcome === 'whole') break;
      } else {
        expect(outcome).toMatchObject({ killed: true });
        expect(await sync.mirrorAt()).toBeNull();
      }
      expect(calls).toBeLessThan(20);
    }
    const leftovers = await local.read.raw<unknown[]>(
      `SELECT name FROM sqlite_schema WHERE name GLOB 'incoming_*' OR name GLOB 'outgoing_*'`,
    );
    expect(leftovers).toEqual([]);
  });

  it('brings the lines that all desks together have changed as often as a day allows, until the day is over', async () => {
    const changed = async (line: number, times: number, hoursAgo: number): Promise<void> => {
      await database.query(
        `with change as (
           insert into bulk_change (uid, provider_id, change_type, name, plan_hash, request, created_by,
             created_by_user_id, desktop_uid, created_at)
           select new_uid(), d.provider_id, 'ChangeICCID', 'elsewhere', '', '{}', 'paul', u.id, new_uid(), now()
           from device d, app_user u where d.iccid = $1 limit 1 returning *)
         insert into m2m_device_change (uid, provider_id, bulk_change_id, row_no, device_id, change_request, user_id,
           desktop_uid, status, applied_at)
         select new_uid(), c.provider_id, c.id, n, d.id, '{}', c.created_by_user_id, c.desktop_uid, 'processed',
           now() - make_interval(hours => $3) - make_interval(mins => n)
         from change c, device d, generate_series(1, $2::int) n where d.iccid = $1`,
        [iccidOf(line), times, hoursAgo],
      );
    };
    const busy = (): Promise<unknown[]> =>
      local.read.raw(`select iccid, actions, free_at > mirror_at as "isBusy" from busy_line
        join device on device.id = device_id, sync_state order by iccid`);
    await changed(1, 6, 0);
    await changed(2, 4, 0);
    await changed(3, 5, 24);
    await changed(101, 5, 1);
    await sync.sync();
    expect(await busy()).toEqual([
      { iccid: iccidOf(1), actions: 6, isBusy: 1 },
      { iccid: iccidOf(101), actions: 5, isBusy: 1 },
    ]);
    await database.query(`update m2m_device_change set applied_at = applied_at - interval '1 day'`);
    await sync.sync();
    expect(await busy()).toEqual([]);
  });

  it('keeps every index through a full pull', async () => {
    const indexes = (): Promise<{ sql: string }[]> =>
      local.read.raw(`SELECT replace(name, '_2', '') AS name, tbl_name FROM sqlite_schema
        WHERE type = 'index' AND tbl_name IN ('device', 'customer', 'service_provider') ORDER BY tbl_name, name`);
    const before = await indexes();
    for (let pass = 0; pass < 3; pass += 1) {
      await local.write((trx) => trx.raw('DELETE FROM sync_state'));
      await sync.sync();
      expect((await indexes()).length).toBe(before.length);
      expect(await mirrored()).toEqual(await expected());
    }
  });

  it('takes more than one page', async () => {
    await addLines('South', 30_000, 24_000);
    expect((await sync.sync()).pulled).toBe(24_011);
    await database.query(`update device set status = 'suspended' where iccid >= $1`, [iccidOf(30_000)]);
    await expect(syncOver(dyingAfter(3)).sync()).rejects.toMatchObject({ killed: true });
    await sync.sync();
    expect(await mirrored()).toEqual(await expected());
  }, 240_000);

  it('says when it is stopped, and when there is no central database', async () => {
    await expect(sync.sync(AbortSignal.abort())).rejects.toMatchObject({ code: 'sync-stopped' });
    const away = syncOver({
      ...desk.central,
      address: 'test',
      withSession: async () => {
        throw unreachable('test', 'it does not answer');
      },
    });
    await expect(away.sync()).rejects.toMatchObject({ kind: 'failed', code: 'central-unreachable' });
    expect(await away.centralHeads()).toEqual([]);
    expect(await sync.mirrorAt()).toBeNull();
  });

  it('lets two desks of one folder take turns', async () => {
    const results = await Promise.all([sync.sync(), syncOver(desk.central).sync(), sync.sync()]);
    expect(results.map((result) => result.pulled)).toEqual(expect.arrayContaining([11, 0, 0]) as number[]);
  });
});

describe('push', () => {
  const note = (action: string, provider = 'none'): Promise<void> =>
    local.write((trx) => audit.record(trx, [{ stream: 'm2m', actor: 'admin', action, provider }]));

  it('hands audit entries over once, and keeps the countersigned head', async () => {
    for (let index = 0; index < 3; index += 1) await note('change.submitted');
    expect((await sync.sync()).pushed).toBe(3);
    expect((await sync.sync()).pushed).toBe(0);
    await note('change.submitted');
    expect((await sync.sync()).pushed).toBe(1);
    expect(await sync.centralHeads()).toEqual(await audit.heads());
    const [stored] = await database.query<{ count: string }>('select count(*) from logging.m2m_log');
    expect(stored?.count).toBe('4');
  });

  it('refuses a trail that does not continue what was handed over', async () => {
    await note('change.submitted');
    await sync.sync();
    // The same writer, but another trail: a folder that was thrown away and begun anew by hand.
    await local.close();
    local = await openTestDb();
    audit = createAuditService({ local, writer: `desktop:${desk.uid}:${session.userUid}`, clock: systemClock });
    sync = syncOver(desk.central);
    await note('change.submitted');
    await note('change.cancelled');
    await expect(sync.sync()).rejects.toMatchObject({ code: 'audit-refused' });
    // The mirror came nevertheless.
    expect(await mirrored()).toEqual(await expected());
  });

  it('stores callbacks once, however often they are delivered', async () => {
    const [provider] = await database.query<{ uid: string }>(`select uid from service_provider where name = 'North'`);
    const outbox = createOutbox({ clock: systemClock, ids: systemIds });
    const add = (digest: string): Promise<void> =>
      local.write((trx) =>
        outbox.add(trx, [
          {
            kind: 'callback',
            body: {
              providerUid: provider?.uid ?? '',
              requestId: 'r1',
              status: 'success',
              digest,
              callback: { requestId: 'r1', text: 'Zürich' },
              receivedAt: 1_700_000_000_123,
            },
          },
        ]),
      );
    await add('a');
    await add('b');
    // Stored centrally, but the answer is lost before the record is deleted here.
    const lostAnswer = syncOver({
      ...desk.central,
      address: 'test',
      withSession: async (token, fn) => {
        const before = await database.query('select 1 from thingspace_callback_log');
        const answer = await desk.central.withSession(token, fn);
        const after = await database.query('select 1 from thingspace_callback_log');
        if (after.length > before.length) throw Object.assign(new Error('killed'), { killed: true });
        return answer;
      },
    });
    await expect(lostAnswer.sync()).rejects.toMatchObject({ killed: true });
    expect((await sync.sync()).pushed).toBe(2);
    await add('a');
    await sync.sync();
    const rows = await database.query(`
      select request_id, status, digest, body ->> 'text' as text, received_by, extract(epoch from received_at)::text as at
      from thingspace_callback_log order by id`);
    expect(rows).toEqual([
      {
        request_id: 'r1',
        status: 'success',
        digest: 'a',
        text: 'Zürich',
        received_by: 'admin',
        at: '1700000000.123000',
      },
      {
        request_id: 'r1',
        status: 'success',
        digest: 'b',
        text: 'Zürich',
        received_by: 'admin',
        at: '1700000000.123000',
      },
    ]);
  });
});
