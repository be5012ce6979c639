import knex, { type Knex } from 'knex';
import SqliteTransaction from 'knex/lib/dialects/sqlite3/execution/sqlite-transaction.js';
import type { SqliteQuery } from 'knex/lib/dialects/sqlite3/index.js';
import type { Database } from 'sqlite3';
import { PreparingClient } from './statements';

/** Several processes write one file: how long one waits for another's transaction before it gives up. */
const BUSY_TIMEOUT_MS = 10_000;
const READERS = 4;
/**
 * The most that SQLite maps as it is built (SQLITE_MAX_MMAP_SIZE). Look-ups of a million numbers take 4.5 s with the file
 * mapped and 7 s without (measured on 5 million lines).
 */
const MAPPED_BYTES = 0x7fff_0000;

/** knex sends a plain BEGIN, which takes the write lock late and then fails with SQLITE_BUSY instead of waiting. */
class ImmediateTransaction extends SqliteTransaction {
  override begin(connection: unknown): Promise<unknown> {
    return this.query(connection, 'BEGIN IMMEDIATE;');
  }
}

/** After these SQLite may have rolled the transaction back by itself (https://www.sqlite.org/lang_transaction.html, 2.4). */
const ENDS_TRANSACTION: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_NOMEM']);

/** How the open transaction of a connection is. */
interface Course {
  /** Its statements, one after the other. */
  last: Promise<unknown>;
  isOpen: boolean;
  /** What SQLite ended it with; null: nothing. */
  endedBy: Error | null;
}

/**
 * Statements of a transaction run one after the other, and none after the one that SQLite ended it with: it would be
 * committed alone.
 */
class WriterClient extends PreparingClient {
  private static readonly courses = new WeakMap<object, Course>();

  override transaction(container: unknown, config: unknown, outerTransaction: unknown): Knex.Transaction {
    // A knex transaction object is given its query methods while it runs; its class alone is not typed as one.
    return new ImmediateTransaction(this, container, config, outerTransaction) as unknown as Knex.Transaction;
  }

  override _query(connection: Database, query: SqliteQuery): Promise<SqliteQuery> {
    const course = WriterClient.courses.get(connection) ?? { last: Promise.resolve(), isOpen: false, endedBy: null };
    WriterClient.courses.set(connection, course);
    const answer = course.last.then(() => this.inCourse(course, connection, query));
    course.last = answer.catch(() => undefined);
    return answer;
  }

  private async inCourse(course: Course, connection: Database, query: SqliteQuery): Promise<SqliteQuery> {
    const [verb = ''] = /^[A-Z]+/i.exec(query.sql) ?? [];
    const ends = /^(ROLLBACK|COMMIT)$/i.test(verb);
    if (course.endedBy !== null && /^ROLLBACK$/i.test(verb)) {
      course.isOpen = false;
      // SQLite has done it already, or does it now. knex would tell of the second rollback instead of the full disk.
      return super._query(connection, query).catch(() => query);
    }
    if (course.endedBy !== null && course.isOpen) throw course.endedBy;
    try {
      const answer = await super._query(connection, query);
      if (/^BEGIN$/i.test(verb)) Object.assign(course, { isOpen: true, endedBy: null });
      else if (ends) course.isOpen = false;
      return answer;
    } catch (error) {
      if (course.isOpen && error instanceof Error && 'code' in error && ENDS_TRANSACTION.has(error.code))
        course.endedBy = error;
      throw error;
    }
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
