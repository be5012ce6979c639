import { AsyncLocalStorage } from 'node:async_hooks';
import { chmod, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Knex } from 'knex';
import { silentLog, type Log } from '../lib/logger';
import { withLastWork } from './before-commit';
import { openReaders, openWriter, type Durability } from './clients';
import { explainDatabaseError } from './faults';
import { migrateLocalDb, type Migration } from './migrate';
import { localMigrations } from './migrations';
import type { LocalDb, ReadDb, Trx } from './types';

export interface OpenLocalDbOptions {
  readonly file: string;
  readonly log?: Log;
  /** What must be on the disk when `write` has ended: each transaction, or only the last one of another handle. */
  readonly durability?: Durability;
  /** Only for tests of a migration: the list as it was before it. */
  readonly migrations?: readonly Migration[];
}

/**
 * Opens, and if needed makes or migrates, one user's local database: file mode 0600, new folders 0700.
 *
 * @throws failed `data-folder-readonly`, `disk-full`, `database-damaged`, `database-foreign`, `database-newer`,
 * `database-busy`, `data-folder-unreadable`; the file is left as it was
 */
export async function openLocalDb(options: OpenLocalDbOptions): Promise<LocalDb> {
  const { file, log = silentLog, migrations = localMigrations, durability = 'each' } = options;
  let writer: Knex | undefined;
  try {
    await makePrivateFile(file);
    writer = openWriter(file, durability);
    await migrateLocalDb(writer, file, migrations, log);
    return handles(file, writer);
  } catch (error) {
    await writer?.destroy();
    throw explainDatabaseError(error, file);
  }
}

/** SQLite gives its -wal and -shm files the mode of the database file. */
async function makePrivateFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  const { mode } = await handle.stat();
  await handle.close();
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(file, 0o600);
}

function handles(file: string, writer: Knex): LocalDb {
  const reader = openReaders(file);
  const surrounding = new AsyncLocalStorage<{ open: boolean }>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    file,
    read: reader as unknown as ReadDb,
    write<T>(fn: (trx: Trx) => Promise<T>): Promise<T> {
      // It would wait for itself for ever.
      if (surrounding.getStore()?.open === true) {
        return Promise.reject(new Error('write() inside write(): pass the open transaction on instead'));
      }
      const result = last.then(async () => {
        const scope = { open: true };
        // What was started inside and outlives the transaction may write again, so the scope is closed with it.
        return surrounding
          .run(scope, () => inTransaction(file, writer, fn))
          .finally(() => {
            scope.open = false;
          });
      });
      last = result.catch(() => undefined);
      return result;
    },
    async close() {
      await last;
      await reader.destroy();
      await writer.destroy();
    },
  };
}

async function inTransaction<T>(file: string, writer: Knex, fn: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await writer.transaction((trx) => withLastWork(trx as unknown as Trx, fn));
  } catch (error) {
    // A refused COMMIT leaves the transaction open in SQLite but closed in knex. Without one this is an error: fine.
    await writer.raw('ROLLBACK').catch(() => undefined);
    throw explainDatabaseError(error, file);
  }
}
