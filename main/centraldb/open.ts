import knex, { type Knex } from 'knex';
import type pg from 'pg';
import { SwapdeskError, workFailed } from '../../shared/domain/fault';
import type { Log } from '../lib/logger';
import { addressOf, driverSettings, type CentralConnection } from './connection';
import { driverTypes } from './driver-types';
import { sessionEnded, toCentralError } from './errors';
import { centralNewer, DESKTOP_ROLE } from './migrate';
import { LATEST_MIGRATION } from './migrations';
import type { CentralDb, CentralTrx } from './types';

export interface OpenCentralOptions {
  /** Shown to people: `embedded`, or left out for the connection's own address. */
  readonly address?: string;
  /** Asked at the first use, and again after each failure to reach the server. */
  readonly connect: () => Promise<CentralConnection>;
  readonly log: Log;
  /** Connections at most. */
  readonly poolSize?: number;
}

/**
 * Opens the central database as a desktop. Connects at the first use, and again after a failure: an unreachable server is
 * an error of the call that needed it. Every call throws failed `central-unreachable`, `central-refused`,
 * `central-not-initialised`, `central-outdated`, `central-newer`; not-permitted `session-ended`, `not-permitted`.
 */
export function openCentralDb(options: OpenCentralOptions): CentralDb {
  let address = options.address ?? 'the central database';
  let schemaChecked = false;
  // After a failure the address is asked for again: an embedded server may have been started again at another port.
  let addressIsStale = true;
  const db = knex({
    client: 'pg',
    connection: async () => {
      const connection = await options.connect();
      addressIsStale = false;
      if (options.address === undefined) address = addressOf(connection);
      return { ...driverSettings(connection), types: driverTypes, expirationChecker: () => addressIsStale };
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

  async function transaction<T>(fn: (trx: CentralTrx) => Promise<T>): Promise<T> {
    try {
      return await db.transaction(async (trx) => {
        if (!schemaChecked) {
          await checkSchema(trx, address);
          schemaChecked = true;
        }
        return await fn(trx as CentralTrx);
      });
    } catch (error) {
      const told = toCentralError(error, address);
      if (told instanceof SwapdeskError && told.code === 'central-unreachable') addressIsStale = true;
      throw told;
    }
  }

  return {
    get address() {
      return address;
    },
    withSession: (token, fn) =>
      transaction(async (trx) => {
        const answer: { rows: { valid: boolean }[] } = await trx.raw(
          "select set_config('swapdesk.session', ?, true), access.touch_session(?) as valid",
          [token, token],
        );
        if (answer.rows[0]?.valid !== true) throw sessionEnded();
        return await fn(trx);
      }),
    withoutSession: (fn) => transaction(fn),
    close: () => db.destroy(),
  };
}

/** Times in UTC; nobody waits for ever for a lock; a desk that hangs in a transaction does not hold others up for ever. */
async function prepareConnection(client: pg.Client): Promise<void> {
  await client.query(
    `set role ${DESKTOP_ROLE}; set timezone = 'UTC'; set lock_timeout = '30s';
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
