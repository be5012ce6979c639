import pg from 'pg';
import { SwapdeskError, workFailed } from '../../shared/domain/fault';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/logger';
import { addressOf, type CentralConnection } from './connection';
import { migrateCentral, withClient, type MigrateResult } from './migrate';
import { DESKTOP_ROLE, ensureRoles, OWNER_ROLE } from './roles';

/** The first administrator, with the password already turned into what the database keeps (identity: `makeVerifier`). */
export interface FirstAdministrator {
  readonly name: string;
  readonly salt: Buffer;
  readonly verifier: Buffer;
}

export interface InitResult extends MigrateResult {
  /** `exists`: the database has users already, and none was added. */
  readonly administrator: 'created' | 'exists';
}

/**
 * Makes a central database: the database itself when it is missing, the roles, the schema, the first administrator.
 * Safe to repeat.
 *
 * Roles. `swapdesk_owner` owns everything and can't log in. `swapdesk_desktop` is what every desktop works as, whichever
 * user it connects with: each connection does `set role swapdesk_desktop` first. For the embedded server it is a login
 * with a password of its own. On a server by URL it is a group: the user that runs `init` is made a member, which is
 * enough to begin with; for desks that their users might tamper with, the server's administrator makes a login that can
 * do nothing else (`create role field_desk login password '…' in role swapdesk_desktop`) and hands out that one, since
 * whoever owns the tables, or is a superuser, is bound by no policy. `swapdesk_receiver` is the same for the callback
 * receiver on a server (`create role callbacks login password '…' in role swapdesk_receiver`).
 *
 * @param connection a user that may create roles and databases (not necessarily a superuser; PostgreSQL 15 or newer)
 * @param desktopPassword makes `swapdesk_desktop` a login (embedded)
 */
export async function initCentral(options: {
  connection: CentralConnection;
  administrator: FirstAdministrator;
  desktopPassword?: string;
  ids: Ids;
  log: Log;
}): Promise<InitResult> {
  const { connection, administrator, desktopPassword, ids, log } = options;
  await createDatabase(connection);
  await withClient(connection, async (client) => {
    await refuseOldServer(client, addressOf(connection));
    await ensureRoles(client, connection);
    if (desktopPassword !== undefined) {
      await client.query(`alter role ${DESKTOP_ROLE} login password ${pg.escapeLiteral(desktopPassword)}`);
    }
  });
  const migrated = await migrateCentral({ connection, log });
  const created = await withClient(connection, async (client) => {
    await client.query(`set role ${OWNER_ROLE}`);
    const answer = await client.query<{ created: boolean }>(
      'select access.add_first_administrator($1, $2, $3, $4) as created',
      [ids.uid(), administrator.name, administrator.salt, administrator.verifier],
    );
    return answer.rows[0]?.created === true;
  });
  return { ...migrated, administrator: created ? 'created' : 'exists' };
}

/** Connects to the database; if there is none of this name, makes it from the server's `postgres` database. */
async function createDatabase(connection: CentralConnection): Promise<void> {
  try {
    await withClient(connection, (client) => client.query('select 1'));
  } catch (error) {
    if (!(error instanceof SwapdeskError) || error.code !== 'central-not-initialised') throw error;
    await withClient({ ...connection, database: 'postgres' }, async (client) => {
      try {
        // template0: the server's template may hold things, and another encoding.
        await client.query(
          `create database ${pg.escapeIdentifier(connection.database)} template template0 encoding 'UTF8'`,
        );
      } catch (failure) {
        if (!isDuplicate(failure)) throw failure;
      }
    });
  }
}

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '42P04' || error.code === '23505');
}

async function refuseOldServer(client: pg.Client, address: string): Promise<void> {
  const answer = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::integer as version",
  );
  if ((answer.rows[0]?.version ?? 0) < 150_000) {
    throw workFailed({
      code: 'central-too-old',
      what: 'The PostgreSQL server is too old',
      where: address,
      why: 'Swapdesk needs PostgreSQL 15 or newer',
      todo: 'Use a newer server.',
    });
  }
}
