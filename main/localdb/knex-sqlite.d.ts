// knex publishes no types for its dialects; only what main/localdb extends is declared here.
declare module 'knex/lib/dialects/sqlite3/index.js' {
  import { Knex } from 'knex';

  /** What knex asks a connection for; the answer is put into it. */
  export interface SqliteQuery {
    readonly sql: string;
    readonly method?: string;
    readonly bindings?: readonly unknown[];
    response?: unknown;
  }

  class SqliteClient extends Knex.Client {
    _query(connection: unknown, query: SqliteQuery): Promise<SqliteQuery>;
  }
  export default SqliteClient;
}

declare module 'knex/lib/dialects/sqlite3/execution/sqlite-transaction.js' {
  class SqliteTransaction {
    constructor(client: object, container: unknown, config: unknown, outerTransaction: unknown);
    begin(connection: unknown): Promise<unknown>;
    query(connection: unknown, sql: string): Promise<unknown>;
  }
  export default SqliteTransaction;
}
