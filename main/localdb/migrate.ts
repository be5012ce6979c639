import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Knex } from 'knex';
import { workFailed } from '../../shared/domain/fault';
import type { Log } from '../lib/logger';
import { openForBackup } from './clients';

/** One step of the schema: one file, one number, never edited after its release. */
export interface Migration {
  readonly name: string;
  /** Runs in a transaction of its own. One statement a `raw` call: SQLite's driver runs only the first of several. */
  up(knex: Knex): Promise<void>;
}

/** `SWPD`: says in the file's head whose database it is. */
const APPLICATION_ID = 0x53575044;
const BACKUPS_KEPT = 3;

/**
 * Brings the schema up to date. Several processes may do so at once: each step is taken under the write lock and
 * skipped by those who come second. A file that already held data is copied first (`<file>.before-<migration>`).
 *
 * @throws failed `database-newer`, `database-foreign`
 */
export async function migrateLocalDb(
  writer: Knex,
  file: string,
  migrations: readonly Migration[],
  log: Log,
): Promise<void> {
  let backedUp = false;
  for (;;) {
    const applied = await appliedMigrations(writer, file);
    refuseNewer(applied, migrations, file);
    const next = migrations.find((migration) => !applied.has(migration.name));
    if (next === undefined) return;

    await writer.transaction(async (trx) => {
      const appliedNow = await appliedMigrations(trx, file);
      if (appliedNow.has(next.name)) return;
      // The second connection still reads the state before this transaction.
      if (!backedUp && appliedNow.size > 0) await backUp(file, next.name);
      backedUp = true;
      await trx.raw(`PRAGMA application_id = ${APPLICATION_ID}`);
      await trx.raw(
        `CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT, WITHOUT ROWID`,
      );
      await next.up(trx);
      await trx.raw(`INSERT INTO migration VALUES (?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`, [next.name]);
    });
    log.info('local database migrated', { migration: next.name });
  }
}

async function appliedMigrations(db: Knex, file: string): Promise<ReadonlySet<string>> {
  const tables = await db.raw<{ name: string }[]>(`SELECT name FROM sqlite_schema WHERE type = 'table'`);
  if (tables.length === 0) return new Set();
  if (!tables.some((table) => table.name === 'migration')) throw foreign(file);
  const rows = await db.raw<{ name: string }[]>('SELECT name FROM migration');
  return new Set(rows.map((row) => row.name));
}

function foreign(file: string): Error {
  return workFailed({
    code: 'database-foreign',
    what: 'The file is a database of another program',
    where: file,
    why: 'it holds tables that Swapdesk did not make',
    todo: 'Choose another data folder with --home, or move the file away.',
  });
}

function refuseNewer(applied: ReadonlySet<string>, known: readonly Migration[], file: string): void {
  const unknown = [...applied].filter((name) => !known.some((migration) => migration.name === name)).sort();
  if (unknown.length === 0) return;
  throw workFailed({
    code: 'database-newer',
    what: 'The local database was made by a newer Swapdesk',
    where: file,
    why: `it knows ${unknown.join(', ')}, which this version does not`,
    todo: 'Install the newer version, or put a backup (the files *.before-* beside it) in its place.',
  });
}

async function backUp(file: string, migration: string): Promise<void> {
  const target = `${file}.before-${migration}`;
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { force: true });
  // VACUUM INTO takes an empty file as it is, and so keeps its mode.
  await (await open(unfinished, 'wx', 0o600)).close();
  const source = openForBackup(file);
  try {
    await source.raw('VACUUM INTO ?', [unfinished]);
  } finally {
    await source.destroy();
  }
  const handle = await open(unfinished, 'r+');
  await handle.sync();
  await handle.close();
  await rename(unfinished, target);
  await removeOldBackups(file);
}

async function removeOldBackups(file: string): Promise<void> {
  const prefix = `${basename(file)}.before-`;
  const names = (await readdir(dirname(file))).filter((name) => name.startsWith(prefix));
  const dated = await Promise.all(
    names.map(async (name) => ({
      path: join(dirname(file), name),
      at: (await stat(join(dirname(file), name))).mtimeMs,
    })),
  );
  dated.sort((left, right) => right.at - left.at);
  for (const old of dated.slice(BACKUPS_KEPT)) await rm(old.path, { force: true });
}
