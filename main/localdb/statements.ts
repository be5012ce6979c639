import SqliteClient, { type SqliteQuery } from 'knex/lib/dialects/sqlite3/index.js';
import type { Database, Statement } from 'sqlite3';

/** More than the statements of one hour's work; the least recently used goes first. */
const MOST_STATEMENTS = 200;
/** SQLite keeps what was bound until the statement is bound anew: large texts are not to be kept. */
const LARGEST_KEPT_TEXT = 64 * 1024;

type Prepared = Map<string, Statement>;

/**
 * knex's client, but it prepares each statement once for each connection. Preparing is a way to the thread pool and back of
 * its own, and costs more than running most statements.
 */
export class PreparingClient extends SqliteClient {
  private static readonly prepared = new WeakMap<object, Prepared>();

  override async _query(connection: Database, query: SqliteQuery): Promise<SqliteQuery> {
    const bindings = query.bindings ?? [];
    // Without a method: BEGIN and COMMIT.
    const isText = query.method === 'raw' || query.method === undefined;
    if (!isText || bindings.some(isLarge)) return super._query(connection, query);
    const statement = await this.statementOf(connection, query.sql);
    query.response = await rowsOf(statement, bindings);
    return query;
  }

  /** A connection with a prepared statement can't be closed. */
  override async destroyRawConnection(connection: Database): Promise<void> {
    const prepared = PreparingClient.prepared.get(connection);
    PreparingClient.prepared.delete(connection);
    await Promise.all([...(prepared?.values() ?? [])].map(finalized));
    await super.destroyRawConnection(connection);
  }

  private async statementOf(connection: Database, sql: string): Promise<Statement> {
    const known = PreparingClient.prepared.get(connection) ?? new Map<string, Statement>();
    PreparingClient.prepared.set(connection, known);
    const found = known.get(sql) ?? (await prepare(connection, sql));
    const first = known.get(sql);
    if (first !== undefined && first !== found) {
      // Two asked at once.
      void finalized(found);
      return first;
    }
    known.delete(sql);
    known.set(sql, found);
    const [oldest] = known.entries();
    if (known.size > MOST_STATEMENTS && oldest !== undefined) {
      known.delete(oldest[0]);
      // It waits until whoever runs it has ended.
      void finalized(oldest[1]);
    }
    return found;
  }
}

function isLarge(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > LARGEST_KEPT_TEXT;
}

function prepare(connection: Database, sql: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    const statement = connection.prepare(sql, (error: Error | null) => {
      if (error === null) resolve(statement);
      else reject(error);
    });
  });
}

function rowsOf(statement: Statement, bindings: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    statement.all([...bindings], (error: Error | null, rows: unknown) => {
      if (error === null) resolve(rows);
      else reject(error);
    });
  });
}

function finalized(statement: Statement): Promise<void> {
  return new Promise((resolve) => statement.finalize(() => resolve()));
}
