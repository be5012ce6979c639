import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import {
  initCentral,
  openCentralDb,
  startEmbedded,
  type CentralConnection,
  type CentralDb,
  type EmbeddedCentral,
} from '../../main/centraldb';
import { withClient } from '../../main/centraldb/migrate';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { createIdentityService, makeVerifier, type IdentityService, type Session } from '../../main/services/identity';

export const ADMIN_NAME = 'admin';
export const ADMIN_PASSWORD = 'training-admin-1';

/** One database of its own, with the schema and the administrator, and desks that work in it. */
export interface TestDatabase {
  /** The owner's way in: superuser, bound by no policy. For arranging and for looking. */
  readonly admin: CentralConnection;
  /** The desktop's way in, for SQL of a hostile desk. */
  readonly desktop: CentralConnection;
  /** Runs SQL as superuser. Values of `bigint` come as text. */
  query<T extends object = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** Another computer: a connection pool, a desktop uid and an identity service of its own. */
  desk(name?: string): TestDesk;
  /** Signs in at the desk, by default as the administrator. */
  signIn(desk: TestDesk, name?: string, password?: string): Promise<Session>;
  /** A user of this role, signed in at the desk. */
  addUser(
    desk: TestDesk,
    user: { name: string; role: Session['role']; providers?: readonly string[]; customers?: readonly string[] },
  ): Promise<Session>;
}

export interface TestDesk {
  readonly uid: string;
  readonly name: string;
  readonly central: CentralDb;
  readonly identity: IdentityService;
}

export interface TestCentral {
  readonly homeDir: string;
  readonly embedded: EmbeddedCentral;
  /** A new database, copied from one that was initialised once: about 0.1 s. */
  fresh(): Promise<TestDatabase>;
  /** Closes every desk, stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** A real embedded PostgreSQL in a folder of its own, started once for a test file: about 3 s. */
export async function startTestCentral(): Promise<TestCentral> {
  const homeDir = mkdtempSync(join(tmpdir(), 'swapdesk-central-'));
  const embedded = await startEmbedded({
    homeDir,
    holder: 'test',
    create: true,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  const discard = async (): Promise<void> => {
    await embedded.release();
    rmSync(homeDir, { recursive: true, force: true });
    rmSync(embedded.dataFolder, { recursive: true, force: true });
  };
  const admin = await embedded.adminConnection();
  try {
    await initCentral({
      connection: admin,
      administrator: { name: ADMIN_NAME, ...(await makeVerifier(ADMIN_PASSWORD)) },
      desktopPassword: embedded.desktopPassword,
      ids: systemIds,
      log: silentLog,
    });
  } catch (error) {
    await discard();
    throw error;
  }
  const open: CentralDb[] = [];
  let count = 0;
  return {
    homeDir,
    embedded,
    async fresh() {
      count += 1;
      const database = `test_${count}`;
      await withClient({ ...admin, database: 'postgres' }, (client) =>
        client.query(`create database ${pg.escapeIdentifier(database)} template ${admin.database}`),
      );
      return openDatabase(embedded, database, open);
    },
    async stop() {
      await Promise.all(open.map((central) => central.close()));
      await discard();
    },
  };
}

async function openDatabase(embedded: EmbeddedCentral, database: string, open: CentralDb[]): Promise<TestDatabase> {
  const admin = { ...(await embedded.adminConnection()), database };
  const desktop = { ...(await embedded.desktopConnection()), database };
  const signIn: TestDatabase['signIn'] = (desk, name = ADMIN_NAME, password = ADMIN_PASSWORD) =>
    desk.identity.signIn(name, password);
  return {
    admin,
    desktop,
    query: (sql, values = []) =>
      withClient(admin, async (client) => (await client.query(sql, [...values])).rows as never),
    desk(name = 'desk') {
      const central = openCentralDb({
        connect: async () => ({ ...(await embedded.desktopConnection()), database }),
        log: silentLog,
      });
      open.push(central);
      const uid = systemIds.uid();
      const identity = createIdentityService({
        central,
        clock: systemClock,
        ids: systemIds,
        desktopUid: uid,
        desktopName: name,
      });
      return { uid, name, central, identity };
    },
    signIn,
    async addUser(desk, user) {
      const administrator = await signIn(desk);
      const password = `training-${user.name}-password`;
      await desk.identity.addUser(administrator, {
        name: user.name,
        role: user.role,
        providers: user.providers ?? [],
        customers: user.customers ?? [],
        password,
      });
      return signIn(desk, user.name, password);
    },
  };
}
