import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { localMigrations } from '../../main/localdb/migrations';
import { openLocalDb } from '../../main/localdb/open';
import type { LocalDb } from '../../main/localdb/types';

export interface TestDb extends LocalDb {
  readonly dir: string;
}

/**
 * A real local database in a folder of its own; `close()` removes both.
 *
 * @param before open it as it was before this migration, e.g. `0030-changes`
 */
export async function openTestDb(options: { before?: string } = {}): Promise<TestDb> {
  const dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
  const db = await openLocalDb({ file: join(dir, 'local.sqlite'), migrations: migrationsBefore(options.before) });
  return {
    ...db,
    dir,
    async close() {
      await db.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function migrationsBefore(name: string | undefined): typeof localMigrations {
  if (name === undefined) return localMigrations;
  const index = localMigrations.findIndex((migration) => migration.name === name);
  if (index < 0) throw new Error(`no migration ${name}`);
  return localMigrations.slice(0, index);
}

/** True when SQLite answers the query through this index; a scan of the table, or another index, is false. */
export async function explainUsesIndex(
  db: Knex,
  sql: string,
  bindings: readonly Knex.RawBinding[],
  index: string,
): Promise<boolean> {
  const plan = await db.raw<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, bindings);
  return plan.some((step) => new RegExp(`USING (COVERING )?INDEX ${index}\\b`).test(step.detail));
}
