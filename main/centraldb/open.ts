import knex, { type Knex } from 'knex';
import type pg from 'pg';
import { SwapdeskError, workFailed } from '../../shared/domain/fault';
import type { Log } from '../lib/logger';
import { addressOf, driverSettings, type CentralConnection } from './connection';
import { driverTypes } from './driver-types';
import { sessionEnded, toCentralError } from './errors';
import { listenForHints } from './listen';
import { centralNewer } from './migrate';
import { LATEST_MIGRATION } from './migrations';
import { TAKE_ROLE } from './roles';
import type { CentralDb, CentralTrx } from './types';

export interface OpenCentralOptions {
  /** Shown to people: `embedded`, or left out for the connection's own address. */
  readonly address?: string;
  /** Asked at the first use, and again after each failure to reach the server. */
  readonly connect: () => Promise<CentralConnection>;
  /** Brings a database that is older than this program up to date; left out: that is the administrator's to do. */
  readonly upgrade?: () => Promise<unknown>;
  readonly log: Log;
  /** Connections at most. */
  readonly poolSize?: number;
}

/**
 * Opens the central database as a desktop. Connects at the first use, and again after a failure: an unreachable server is
 * an error of the call that needed it. Every call throws failed `central-unreachable`, `central-read-only`, `central-refused`,
 * `central-not-initialised`, `central-outdated`, `central-newer`; not-permitted `session-ended`, `not-permitted`.
 */
export function openCentralDb(options: OpenCentralOptions): CentralDb {
  const server = { address: options.address ?? 'the central database', isStale: true };
  const db = openPool(options, server);
  let schemaChecked = false;

  async function transaction<T>(
    token: string | null,
    fn: (trx: CentralTrx) => Promise<T>,
    mayAskAgain = true,
  ): Promise<T> {
    let begun = false;
    try {
      return await db.transaction(async (trx) => {
        if (!schemaChecked) await checkSchema(trx, server.address);
        schemaChecked = true;
        await beginAs(trx, token);
        begun = true;
        return await fn(trx as CentralTrx);
      });
    } catch (error) {
      const told = toCentralError(error, server.address);
      if (
        told instanceof SwapdeskError &&
        told.code === 'central-outdated' &&
        options.upgrade !== undefined &&
        mayAskAgain
      ) {
        await options.upgrade();
        return await transaction(token, fn, false);
      }
      if (!(told instanceof SwapdeskError) || told.code !== 'central-unreachable') throw told;
      // It was there before, and may have been started again. Nothing that `fn` does has been asked of it yet.
      const askAgain = mayAskAgain && schemaChecked && !begun && !server.isStale;
      server.isStale = true;
      if (askAgain) return await transaction(token, fn, false);
      throw told;
    }
  }

  return {
    get address() {
      return server.address;
    },
    withSession: (token, fn) => transaction(token, fn),
    withoutSession: (fn) => transaction(null, fn),
    listen: (channel, onHint) => listenForHints(options.connect, channel, onHint, options.log),
    close: () => db.destroy(),
  };
}

/** What is known of the server. Stale: ask `connect` again, since an embedded one may now have another port. */
interface KnownServer {
  address: string;
  isStale: boolean;
}

function openPool(options: OpenCentralOptions, server: KnownServer): Knex {
  return knex({
    client: 'pg',
    connection: async () => {
      const connection = await options.connect();
      server.isStale = false;
      if (options.address === undefined) server.address = addressOf(connection);
      return { ...driverSettings(connection), types: driverTypes, expirationChecker: () => server.isStale };
    },
    acquireConnectionTimeout: 20_000,
    log: knexLog(options.log),
    pool: {
      min: 0,
      max: options.poolSize ?? 4,
      afterCreate: (client: pg.Client, done: (error: Error | null, client: pg.Client) => void) => {
        prepareConnection(client).then(
          () => done(null, client),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), client),
        );
      },
    },
  });
}

/** Sets the session for this transaction alone; null: nobody's. */
async function beginAs(trx: Knex.Transaction, token: string | null): Promise<void> {
  const answer: { rows: { valid: boolean }[] } = await trx.raw(
    "select set_config('swapdesk.session', ?, true), access.touch_session(?) as valid",
    [token ?? '', token ?? ''],
  );
  if (token !== null && answer.rows[0]?.valid !== true) throw sessionEnded();
}

/** Times in UTC; nobody waits for ever for a lock; a desk that hangs in a transaction does not hold others up for ever. */
async function prepareConnection(client: pg.Client): Promise<void> {
  await client.query(
    `${TAKE_ROLE}; set timezone = 'UTC'; set lock_timeout = '30s';
     set idle_in_transaction_session_timeout = '5min'; set statement_timeout = '10min'`,
  );
}

async function checkSchema(trx: Knex.Transaction, address: string): Promise<void> {
  const answer: { rows: { number: number; name: string; breaking: boolean }[] } = await trx.raw(
    'select number, name, breaking from swapdesk_migration order by number desc',
  );
  const unknown = answer.rows.find((done) => done.breaking && done.number > LATEST_MIGRATION);
  if (unknown !== undefined) throw centralNewer(address, unknown.name);
  const newest = answer.rows[0]?.number ?? 0;
  if (newest < LATEST_MIGRATION) {
    throw workFailed({
      code: 'central-outdated',
      what: 'The central database is older than this Swapdesk',
      where: address,
      todo: 'Run `swapdesk central migrate`.',
    });
  }
}

/** knex would write to the terminal. What it says is said again by the error of whoever asked. */
function knexLog(log: Log): Knex.Logger {
  const warn = (message: unknown): void => log.warn('central database driver', { message: String(message) });
  return { warn, error: warn, deprecate: warn, debug: () => undefined };
}
