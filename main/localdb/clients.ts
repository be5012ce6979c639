import knex, { type Knex } from 'knex';
import SqliteTransaction from 'knex/lib/dialects/sqlite3/execution/sqlite-transaction.js';
import type { Database } from 'sqlite3';
import { PreparingClient } from './statements';

/** Several processes write one file: how long one waits for another's transaction before it gives up. */
const BUSY_TIMEOUT_MS = 10_000;
const READERS = 4;
/** Look-ups of a million numbers take 4.5 s with the file mapped and 7 s without (measured on 5 million lines). */
const MAPPED_BYTES = 1024 * 1024 * 1024;

/** knex sends a plain BEGIN, which takes the write lock late and then fails with SQLITE_BUSY instead of waiting. */
class ImmediateTransaction extends SqliteTransaction {
  override begin(connection: unknown): Promise<unknown> {
    return this.query(connection, 'BEGIN IMMEDIATE;');
  }
}

class WriterClient extends PreparingClient {
  override transaction(container: unknown, config: unknown, outerTransaction: unknown): Knex.Transaction {
    // A knex transaction object is given its query methods while it runs; its class alone is not typed as one.
    return new ImmediateTransaction(this, container, config, outerTransaction) as unknown as Knex.Transaction;
  }
}

/** knex writes to the console, where a command prints its answer. Whatever goes wrong is thrown to us as well. */
const quiet = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };
function ignore(): void {
  // Said already.
}

function prepare(pragmas: readonly string[]) {
  return (connection: Database, done: (error: Error | null, connection: Database) => void): void => {
    connection.configure('busyTimeout', BUSY_TIMEOUT_MS);
    connection.exec(pragmas.map((pragma) => `PRAGMA ${pragma};`).join(''), (error) => {
      if (error === null) done(null, connection);
      // knex forgets a connection that could not be prepared; open, it would hold the file.
      else connection.close(() => done(error, connection));
    });
  };
}

/**
 * `each`: what was committed is on the disk, also after a power cut (`synchronous=FULL`). `last`: for chunks that mean
 * nothing until another handle, which is of the first kind, commits behind them; that commit makes the whole log durable.
 */
export type Durability = 'each' | 'last';

/** Pages of the log after which they are moved into the database: the more, the fewer pages are moved twice. */
const LOG_PAGES = { each: 1_000, last: 4_000 } as const;

/** One connection. */
export function openWriter(file: string, durability: Durability): Knex {
  return knex({
    client: WriterClient,
    connection: { filename: file },
    useNullAsDefault: true,
    log: quiet,
    pool: {
      min: 0,
      max: 1,
      idleTimeoutMillis: 2 ** 31 - 1,
      afterCreate: prepare([
        'journal_mode=WAL',
        `synchronous=${durability === 'each' ? 'FULL' : 'NORMAL'}`,
        `wal_autocheckpoint=${LOG_PAGES[durability]}`,
        'foreign_keys=ON',
        'temp_store=MEMORY',
        'cache_size=-65536',
        `mmap_size=${MAPPED_BYTES}`,
        'journal_size_limit=67108864',
      ]),
    },
  });
}

/** Connections that refuse to write, opened when they are first needed. */
export function openReaders(file: string): Knex {
  return knex({
    client: PreparingClient,
    connection: { filename: file },
    useNullAsDefault: true,
    log: quiet,
    pool: {
      min: 0,
      max: READERS,
      afterCreate: prepare(['query_only=ON', 'temp_store=MEMORY', 'cache_size=-32768', `mmap_size=${MAPPED_BYTES}`]),
    },
  });
}

/** A second connection beside an open transaction: it sees the state before it. */
export function openForBackup(file: string): Knex {
  return knex({
    client: PreparingClient,
    connection: { filename: file },
    useNullAsDefault: true,
    log: quiet,
    pool: { min: 0, max: 1, afterCreate: prepare([]) },
  });
}
