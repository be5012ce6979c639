import { createHash } from 'node:crypto';
import pg from 'pg';
import { PERMISSIONS_OF } from '../../shared/domain/permission';
import { workFailed } from '../../shared/domain/fault';
import type { Log } from '../lib/logger';
import { addressOf, driverSettings, type CentralConnection } from './connection';
import { toCentralError } from './errors';
import { centralMigrations, LATEST_MIGRATION, type CentralMigration } from './migrations';
import { procedures } from './procedures';
import { ensureRoles, OWNER_ROLE } from './roles';

export interface MigrateResult {
  /** Names of the migrations that were applied now. */
  readonly applied: readonly string[];
  readonly proceduresRenewed: boolean;
}

interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly breaking: boolean;
}

/** In the key space of advisory locks: one migration of a database at a time. */
const MIGRATION_LOCK = 7_926_335_344;

/**
 * Brings a central database up to date: each migration in a transaction of its own, then the repeatable procedures and
 * the permission matrix, if one of them has changed.
 * @param connection a user that may become `swapdesk_owner` (whoever ran `initCentral`, or a superuser)
 * @throws failed `central-newer`, `migration-changed`, `central-unreachable`, `central-refused`
 */
export async function migrateCentral(options: {
  connection: CentralConnection;
  log: Log;
  migrations?: readonly CentralMigration[];
}): Promise<MigrateResult> {
  const { connection, log, migrations = centralMigrations } = options;
  return withClient(connection, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // A role that this edition needs may be newer than the database.
    await ensureRoles(client, connection);
    await client.query(`set role ${OWNER_ROLE}`);
    await client.query(BOOKKEEPING);
    const before = await readApplied(client);
    refuseForeign(before, migrations, addressOf(connection));
    const applied: string[] = [];
    for (const migration of migrations) {
      if (before.some((done) => done.number === migration.number)) continue;
      await applyOne(client, migration);
      log.info('central migration applied', { migration: nameOf(migration) });
      applied.push(nameOf(migration));
    }
    return { applied, proceduresRenewed: await renewProcedures(client) };
  });
}

/** Opens one connection outside any pool, and closes it whatever happens. */
export async function withClient<T>(connection: CentralConnection, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(driverSettings(connection));
  // A connection that breaks while nothing is asked of it reports here; the next query then fails, and tells.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await fn(client);
  } catch (error) {
    throw toCentralError(error, addressOf(connection));
  } finally {
    await client.end().catch(() => undefined);
  }
}

const BOOKKEEPING = `
  create table if not exists public.swapdesk_migration (
    number integer primary key,
    name text not null,
    sha256 text not null,
    -- Desktops that do not know this migration can't work with the database any more.
    breaking boolean not null,
    applied_at timestamptz not null default now()
  );
  create table if not exists public.swapdesk_procedures (
    only_row boolean primary key default true check (only_row),
    sha256 text not null,
    applied_at timestamptz not null default now()
  )`;

function nameOf(migration: Pick<CentralMigration, 'number' | 'name'>): string {
  return `${String(migration.number).padStart(4, '0')}-${migration.name}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readApplied(client: pg.Client): Promise<readonly AppliedMigration[]> {
  const answer = await client.query<AppliedMigration>(
    'select number, name, sha256, breaking from public.swapdesk_migration order by number',
  );
  return answer.rows;
}

/** A database that a newer program made, or that was made by other files than ours, is left alone. */
function refuseForeign(
  applied: readonly AppliedMigration[],
  migrations: readonly CentralMigration[],
  address: string,
): void {
  for (const done of applied) {
    const known = migrations.find((migration) => migration.number === done.number);
    if (known === undefined) {
      if (done.breaking) throw centralNewer(address, nameOf(done));
      continue;
    }
    if (digestOf(known.sql) !== done.sha256) {
      throw workFailed({
        code: 'migration-changed',
        what: 'The central database was made by another edition of Swapdesk',
        where: `${address}, ${nameOf(known)}`,
        why: 'a migration that it has applied differs from the one in this program',
        todo: 'Use the edition that made it, or make a new central database.',
      });
    }
  }
}

export function centralNewer(address: string, migration: string): Error {
  return workFailed({
    code: 'central-newer',
    what: 'The central database is newer than this Swapdesk',
    where: address,
    why: `it has ${migration}, which this program does not know`,
    todo: 'Update Swapdesk on this computer.',
  });
}

async function applyOne(client: pg.Client, migration: CentralMigration): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(migration.sql);
    await client.query(
      'insert into public.swapdesk_migration (number, name, sha256, breaking) values ($1, $2, $3, $4)',
      [migration.number, migration.name, digestOf(migration.sql), migration.breaking],
    );
  });
}

async function renewProcedures(client: pg.Client): Promise<boolean> {
  const matrix = Object.entries(PERMISSIONS_OF).flatMap(([role, permissions]) =>
    permissions.map((permission) => ({ role, permission })),
  );
  const digest = digestOf(JSON.stringify([procedures, matrix, LATEST_MIGRATION]));
  const before = await client.query<{ sha256: string }>('select sha256 from public.swapdesk_procedures');
  if (before.rows[0]?.sha256 === digest) return false;
  await inTransaction(client, async () => {
    for (const procedure of procedures) await client.query(procedure.sql);
    await client.query('delete from public.role_permission');
    await client.query(
      'insert into public.role_permission select role, permission from jsonb_to_recordset($1) as m (role text, permission text)',
      [JSON.stringify(matrix)],
    );
    await client.query(
      `insert into public.swapdesk_procedures (sha256) values ($1)
       on conflict (only_row) do update set sha256 = excluded.sha256, applied_at = now()`,
      [digest],
    );
  });
  return true;
}

async function inTransaction(client: pg.Client, fn: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await fn();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
