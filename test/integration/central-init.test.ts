import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  initCentral,
  migrateCentral,
  openCentralDb,
  parseCentralUrl,
  startEmbedded,
  type CentralConnection,
} from '../../main/centraldb';
import { withClient } from '../../main/centraldb/migrate';
import { centralMigrations } from '../../main/centraldb/migrations';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { PERMISSIONS_OF } from '../../shared/domain/permission';
import { createIdentityService, makeVerifier } from '../../main/services/identity';
import { systemClock } from '../../main/lib/clock';
import { startTestCentral, type TestCentral } from '../support/central';
import { newDesk } from '../support/cli';

let server: TestCentral;
let admin: CentralConnection;
beforeAll(async () => {
  server = await startTestCentral();
  admin = await server.embedded.adminConnection();
});
afterAll(() => server.stop());

const PASSWORD = 'a password of the owner';

describe('a central database by URL', () => {
  /** A server that knows nothing of Swapdesk, and whose owner, as hosted servers have it, is no superuser. Over TCP. */
  async function withHostedServer(
    work: (owner: CentralConnection, root: CentralConnection) => Promise<void>,
  ): Promise<void> {
    const homeDir = mkdtempSync(join(tmpdir(), 'swapdesk-hosted-'));
    const hosted = await startEmbedded({
      homeDir,
      holder: 'test',
      create: true,
      clock: systemClock,
      ids: systemIds,
      log: silentLog,
    });
    try {
      const root = { ...(await hosted.adminConnection()), database: 'postgres' };
      await withClient(root, (client) =>
        client.query(`create role hosted login createdb createrole password '${PASSWORD}'`),
      );
      await work({ ...parseCentralUrl(`postgres://hosted@127.0.0.1:${root.port}/ops`), password: PASSWORD }, root);
    } finally {
      await hosted.release();
      rmSync(homeDir, { recursive: true, force: true });
      rmSync(hosted.dataFolder, { recursive: true, force: true });
    }
  }

  async function useFirstAs(connection: CentralConnection): Promise<void> {
    const central = openCentralDb({ connect: async () => connection, log: silentLog });
    const identity = createIdentityService({
      central,
      clock: systemClock,
      ids: systemIds,
      desktopUid: systemIds.uid(),
      desktopName: 'a desk',
    });
    const session = await identity.signIn('boss', PASSWORD);
    expect(session.role).toBe('administrator');
    const nobody = await central.withoutSession((trx) =>
      trx.raw('select current_user, id from app_user').catch(String),
    );
    expect(nobody).toContain('permission denied');
    expect(central.address).toBe(`postgres://127.0.0.1:${connection.port}/${connection.database}`);
    await central.close();
  }

  test('is made by a user that is no superuser; repeating it changes nothing; desks are bound by the desktop’s role', async () => {
    await withHostedServer(async (owner, root) => {
      const administrator = { name: 'boss', ...(await makeVerifier(PASSWORD)) };
      const options = { connection: owner, administrator, ids: systemIds, log: silentLog };
      const made = await initCentral(options);
      expect(made.administrator).toBe('created');
      expect(made.applied).toHaveLength(centralMigrations.length);
      expect(await initCentral(options)).toEqual({ administrator: 'exists', applied: [], proceduresRenewed: false });
      await useFirstAs(owner);
      await withClient(root, (client) =>
        client.query(`create role field_desk login password '${PASSWORD}' in role swapdesk_desktop`),
      );
      await useFirstAs({ ...owner, user: 'field_desk' });
    });
  });

  test.each([
    ['a wrong password', { password: 'guessed password' }, 'central-refused'],
    ['a database that was never made', { database: 'nowhere' }, 'central-not-initialised'],
    ['a database that is not ours', { database: 'postgres' }, 'central-not-initialised'],
    ['a port where nobody listens', { host: '127.0.0.1', port: 1 }, 'central-unreachable'],
    ['a name that does not exist', { host: 'nowhere.invalid' }, 'central-unreachable'],
    [
      'a server without TLS where TLS is asked for',
      { host: '127.0.0.1', tls: 'verify' as const },
      'central-unreachable',
    ],
  ])('with %s says so, quickly, and shows no secret', async (_, change, code) => {
    const connection = { ...admin, ...change };
    const central = openCentralDb({ connect: async () => connection, log: silentLog });
    const error: unknown = await central
      .withoutSession((trx) => trx.raw('select 1'))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, kind: 'failed' });
    expect(JSON.stringify([error, String(error)])).not.toContain(connection.password);
    await central.close();
  });
});

describe('the address', () => {
  test('may hold a user and how to encrypt, and no password', () => {
    expect(parseCentralUrl('postgres://desk@db.example:6432/ops')).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'ops',
      user: 'desk',
      tls: 'verify',
    });
    expect(parseCentralUrl('postgresql://desk@localhost')).toMatchObject({ database: 'swapdesk', tls: 'off' });
    expect(parseCentralUrl('postgres://desk@[::1]:5433/x?sslmode=require')).toMatchObject({
      host: '::1',
      tls: 'require',
    });
    expect(() => parseCentralUrl('postgres://desk:secret@db.example/ops')).toThrow(/holds a password/);
    expect(() => parseCentralUrl('postgres://desk:secret@db.example/ops')).not.toThrow(/secret/);
    for (const bad of ['embedded?', 'http://x', 'postgres://db.example', 'postgres://d@h?sslmode=maybe']) {
      expect(() => parseCentralUrl(bad)).toThrow();
    }
  });
});

describe('migrations', () => {
  async function freshDatabase(name: string): Promise<CentralConnection> {
    await withClient({ ...admin, database: 'postgres' }, (client) =>
      client.query(`create database ${name} template ${admin.database}`),
    );
    return { ...admin, database: name };
  }

  test('fill the permission matrix as the program has it, and several desks may start one at once', async () => {
    const connection = await freshDatabase('matrix');
    await withClient(connection, (client) => client.query("update swapdesk_procedures set sha256 = 'old'"));
    const results = await Promise.all([1, 2, 3].map(() => migrateCentral({ connection, log: silentLog })));
    expect(results.filter((result) => result.proceduresRenewed)).toHaveLength(1);
    const stored = await withClient(connection, (client) =>
      client.query<{ role: string; permissions: string[] }>(
        'select role, array_agg(permission) as permissions from role_permission group by role',
      ),
    );
    for (const { role, permissions } of stored.rows) {
      expect(permissions.toSorted()).toEqual([...PERMISSIONS_OF[role as keyof typeof PERMISSIONS_OF]].toSorted());
    }
  });

  test('that fail leave the database as it was before them', async () => {
    const connection = await freshDatabase('failing');
    const migrations = [
      ...centralMigrations,
      { number: 900, name: 'broken', sql: 'create table half (x int); select 1/0', breaking: false },
    ];
    await expect(migrateCentral({ connection, log: silentLog, migrations })).rejects.toThrow('division by zero');
    const left = await withClient(connection, (client) => client.query("select to_regclass('half') as half"));
    expect(left.rows).toEqual([{ half: null }]);
    expect((await migrateCentral({ connection, log: silentLog })).applied).toEqual([]);
  });

  test('of a newer program: a breaking one is refused, another is not; a changed one is refused', async () => {
    const connection = await freshDatabase('newer');
    const more = (breaking: boolean, number: number) => [
      ...centralMigrations,
      { number, name: 'later', sql: `create table later_${number} (x int)`, breaking },
    ];
    const central = openCentralDb({ connect: async () => connection, log: silentLog });
    await migrateCentral({ connection, log: silentLog, migrations: more(false, 900) });
    expect((await migrateCentral({ connection, log: silentLog })).applied).toEqual([]);
    await central.withoutSession((trx) => trx.raw('select 1'));
    await central.close();
    await migrateCentral({ connection, log: silentLog, migrations: more(true, 901) });
    await expect(migrateCentral({ connection, log: silentLog })).rejects.toMatchObject({ code: 'central-newer' });
    const later = openCentralDb({ connect: async () => connection, log: silentLog });
    await expect(later.withoutSession((trx) => trx.raw('select 1'))).rejects.toMatchObject({ code: 'central-newer' });
    await later.close();
    const changed = centralMigrations.map((one) => (one.number === 1 ? { ...one, sql: `${one.sql} ` } : one));
    await expect(migrateCentral({ connection, log: silentLog, migrations: changed })).rejects.toMatchObject({
      code: 'migration-changed',
    });
  });

  test('an older database is refused with the command that brings it up to date', async () => {
    const connection = await freshDatabase('older');
    await withClient(connection, (client) => client.query('delete from swapdesk_migration where number >= 5'));
    const central = openCentralDb({ connect: async () => connection, log: silentLog });
    await expect(central.withoutSession((trx) => trx.raw('select 1'))).rejects.toMatchObject({
      code: 'central-outdated',
      story: { todo: 'Run `swapdesk central migrate`.' },
    });
    await central.close();
  });

  test('an older embedded database is brought up to date by whoever opens it first, several at once', async () => {
    const desk = newDesk({ SWAPDESK_USER: 'chief', SWAPDESK_PASSWORD: 'correct-horse-battery' });
    try {
      expect((await desk.run(['central', 'init', '--url', 'embedded'])).code).toBe(0);
      const embedded = await startEmbedded({
        ...{ homeDir: desk.home, holder: 'test', create: false, clock: systemClock, ids: systemIds, log: silentLog },
      });
      try {
        await withClient(await embedded.adminConnection(), (client) =>
          client.query(`drop index thingspace_callback_log_feed; alter table thingspace_callback_log drop column xid;
            delete from swapdesk_migration where number = 50`),
        );
        const lists = await Promise.all([1, 2].map(() => desk.run(['provider', 'list', '--json'])));
        expect(lists.map(({ code, stderr }) => [code, stderr])).toEqual([
          [0, ''],
          [0, ''],
        ]);
      } finally {
        await embedded.release();
      }
    } finally {
      desk.dispose();
    }
  });
});

test('a pool whose connections were cut goes on with new ones', async () => {
  const db = await server.fresh();
  const desk = db.desk();
  const session = await db.signIn(desk);
  const ask = () => desk.central.withSession(session.token, (trx) => trx.raw('select 1'));
  await ask();
  await db.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await systemClock.sleep(50);
  await ask();
  await expect(
    desk.central.withSession(session.token, async (trx) => {
      await db.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await trx.raw('select 1');
    }),
  ).rejects.toMatchObject({ code: 'central-unreachable' });
  await ask();
});
