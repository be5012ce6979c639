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
import {
  createIdentityService,
  makeVerifier,
  type IdentityService,
  type Session,
  type Verifier,
} from '../../main/services/identity';
import { addUser, readSalt, signIn as signInCentrally } from '../../main/services/identity/identity.repo';
import { deriveKey, sha256 } from '../../main/services/identity/verifier';

const ADMIN_NAME = 'admin';
export const ADMIN_PASSWORD = 'training-admin-1';
/** Everybody's but the administrator's. */
export const USER_PASSWORD = 'training-user-password';

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
  /** Signs in at the desk, by default as the administrator; everybody else with `USER_PASSWORD`. */
  signIn(desk: TestDesk, name?: string): Promise<Session>;
  /** A user of this role with `USER_PASSWORD`, signed in at the desk. */
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
  /** A new database, copied from one that was initialised once. Closes the desks of the one before. */
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
  const keys = createKeys();
  let count = 0;
  return {
    homeDir,
    embedded,
    async fresh() {
      // The server takes 50 connections; desks of an earlier database are done.
      await Promise.all(open.splice(0).map((central) => central.close()));
      count += 1;
      const database = `test_${count}`;
      await withClient({ ...admin, database: 'postgres' }, (client) =>
        client.query(`create database ${pg.escapeIdentifier(database)} template ${admin.database}`),
      );
      return openDatabase(embedded, database, open, keys);
    },
    async stop() {
      await Promise.all(open.map((central) => central.close()));
      await discard();
    },
  };
}

/** scrypt takes its 60 ms on purpose; tests derive each key once. */
interface Keys {
  keyOf(password: string, salt: Buffer): Promise<Buffer>;
  /** One verifier for all users: what the database keeps of `USER_PASSWORD`. */
  readonly user: Promise<Verifier>;
}

function createKeys(): Keys {
  const derived = new Map<string, Promise<Buffer>>();
  return {
    user: makeVerifier(USER_PASSWORD),
    keyOf(password, salt) {
      const name = `${salt.toString('hex')} ${password}`;
      const key = derived.get(name) ?? deriveKey(password, salt);
      derived.set(name, key);
      return key;
    },
  };
}

async function openDatabase(
  embedded: EmbeddedCentral,
  database: string,
  open: CentralDb[],
  keys: Keys,
): Promise<TestDatabase> {
  const admin = { ...(await embedded.adminConnection()), database };
  const desktop = { ...(await embedded.desktopConnection()), database };
  const signIn: TestDatabase['signIn'] = async (desk, name = ADMIN_NAME) => {
    const token = systemIds.token();
    await desk.central.withoutSession(async (trx) => {
      const proof = await keys.keyOf(name === ADMIN_NAME ? ADMIN_PASSWORD : USER_PASSWORD, await readSalt(trx, name));
      const attempt = { name, proof, desktopUid: desk.uid, desktopName: desk.name, tokenHash: sha256(token) };
      const verdict = await signInCentrally(trx, attempt);
      if (verdict.kind !== 'signed-in') throw new Error(`${name} was not signed in: ${verdict.kind}`);
    });
    const session = await desk.identity.resume(token);
    if (session === null) throw new Error(`the session of ${name} has ended`);
    return session;
  };
  return {
    admin,
    desktop,
    query: (sql, values = []) =>
      withClient(admin, async (client) => (await client.query(sql, [...values])).rows as never),
    desk: (name = 'desk') => openDesk(embedded, database, name, open),
    signIn,
    async addUser(desk, { name, role, providers = [], customers = [] }) {
      const administrator = await signIn(desk);
      const verifier = await keys.user;
      const answer = await desk.central.withSession(administrator.token, (trx) =>
        addUser(trx, { uid: systemIds.uid(), name, role, ...verifier, providers, customers }),
      );
      if ('problem' in answer) throw new Error(`${name} was not added: ${answer.problem}`);
      return signIn(desk, name);
    },
  };
}

function openDesk(embedded: EmbeddedCentral, database: string, name: string, open: CentralDb[]): TestDesk {
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
}
