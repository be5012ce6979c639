import type { Knex } from 'knex';

/** The handle says what it may: a report that is given a ReadDb cannot write. */
export type ReadDb = Knex & { readonly __reads: never };
/** One open transaction (BEGIN IMMEDIATE, synchronous=FULL) on the single writer handle. */
export type Trx = Knex.Transaction & { readonly __writes: never };

/** One user's local database on this computer. */
export interface LocalDb {
  readonly file: string;
  /** A pool of `query_only` connections. */
  readonly read: ReadDb;
  /**
   * Runs `fn` in one immediate transaction; commits when it resolves, rolls back when it rejects. Short transactions
   * only: everything else that writes waits for it.
   */
  write<T>(fn: (trx: Trx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
