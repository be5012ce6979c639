import type { Knex } from 'knex';

/** The handle says what it may: a report that is given a ReadDb cannot write. */
export type ReadDb = Knex & { readonly __reads: never };
/** One open transaction (BEGIN IMMEDIATE, synchronous=FULL) on the single writer handle. */
export type Trx = Knex.Transaction & { readonly __writes: never };

export interface WriteOptions {
  /**
   * The one device change that the write is about: it may run side by side, in one transaction, with writes about others.
   * What it reads or writes of anything else must not depend on them.
   */
  readonly row?: number;
}

/** One user's local database on this computer. */
export interface LocalDb {
  readonly file: string;
  /** A pool of `query_only` connections. */
  readonly read: ReadDb;
  /**
   * Runs `fn` in one immediate transaction; commits when it resolves, rolls back when it rejects. Short transactions
   * only: everything else that writes waits for it.
   */
  write<T>(fn: (trx: Trx) => Promise<T>, options?: WriteOptions): Promise<T>;
  close(): Promise<void>;
}
