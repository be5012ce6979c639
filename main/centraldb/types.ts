import type { Knex } from 'knex';

/** A transaction in the central database in which a session token is set; row-level security judges by it. */
export type CentralTrx = Knex.Transaction & { readonly __central: never };

export interface CentralDb {
  /** `embedded`, or the server's address without user and password. */
  readonly address: string;
  /** Runs `fn` in a transaction as the session's user (`set_config('swapdesk.session', token, true)`). */
  withSession<T>(sessionToken: string, fn: (trx: CentralTrx) => Promise<T>): Promise<T>;
  /** Runs `fn` in a transaction without a session: it sees nothing but the sign-in functions. */
  withoutSession<T>(fn: (trx: CentralTrx) => Promise<T>): Promise<T>;
  /** Calls `onHint` whenever something is said on the channel; without payload, and only a hint. @returns ends it */
  listen(channel: string, onHint: () => void): () => Promise<void>;
  close(): Promise<void>;
}
