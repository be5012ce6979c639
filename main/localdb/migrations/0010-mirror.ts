import type { Knex } from 'knex';

/**
 * The mirror: what the signed-in user may see of the central database. Numbers, uids and column names are the central
 * ones; instants are epoch milliseconds. It is written by sync alone, and is a copy: no foreign keys, so that a page of
 * lines may arrive before the page of their customers.
 *
 * A full pull fills copies of these tables (`incoming_…`) and puts them in place by renaming. No other table, trigger
 * or view may therefore refer to them.
 */
export const mirror = {
  name: '0010-mirror',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      CREATE TABLE service_provider (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        account TEXT NOT NULL,
        base_url TEXT NOT NULL,
        service_type TEXT NOT NULL,
        portal TEXT NOT NULL CHECK (portal IN ('m2m', 'mobility')),
        rate_per_minute INTEGER,
        concurrency INTEGER NOT NULL,
        callback_url TEXT,
        row_version INTEGER NOT NULL DEFAULT 0
      ) STRICT`);
    await knex.raw(`
      CREATE TABLE customer (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        provider_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        row_version INTEGER NOT NULL DEFAULT 0
      ) STRICT`);
    await knex.raw(`CREATE INDEX customer_name ON customer (provider_id, name)`);
    await knex.raw(`
      CREATE TABLE customer_rate_plan (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        provider_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        carrier_plan TEXT,
        row_version INTEGER NOT NULL DEFAULT 0
      ) STRICT`);
    await knex.raw(`CREATE INDEX customer_rate_plan_name ON customer_rate_plan (provider_id, name)`);
    await knex.raw(`
      CREATE TABLE customer_rate_pool (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        provider_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        row_version INTEGER NOT NULL DEFAULT 0
      ) STRICT`);
    await knex.raw(`CREATE INDEX customer_rate_pool_name ON customer_rate_pool (provider_id, name)`);
    await createDevice(knex);
    await knex.raw(`
      CREATE TABLE sync_state (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        central_uid TEXT NOT NULL,
        scope TEXT NOT NULL,
        cursor_xid TEXT NOT NULL,
        mirror_at INTEGER NOT NULL
      ) STRICT`);
    // A pull that was begun and is not finished: where it stands, as JSON. No row: nothing is under way.
    await knex.raw(`
      CREATE TABLE sync_pull (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        state TEXT NOT NULL CHECK (json_valid(state))
      ) STRICT`);
  },
} as const;

async function createDevice(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE device (
      id INTEGER PRIMARY KEY,
      uid TEXT NOT NULL UNIQUE,
      provider_id INTEGER NOT NULL,
      iccid TEXT NOT NULL,
      imei TEXT,
      mdn TEXT,
      eid TEXT,
      status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'deactivated', 'preactive', 'unknown')),
      carrier_plan TEXT,
      customer_id INTEGER,
      customer_rate_plan_id INTEGER,
      customer_rate_pool_id INTEGER,
      last_connection_at INTEGER,
      row_version INTEGER NOT NULL DEFAULT 0
    ) STRICT`);
  // Unique as in the central database; MDN and EID are not unique there either.
  await knex.raw(`CREATE UNIQUE INDEX device_iccid ON device (iccid)`);
  await knex.raw(`CREATE UNIQUE INDEX device_imei ON device (imei)`);
  await knex.raw(`CREATE INDEX device_mdn ON device (mdn)`);
  await knex.raw(`CREATE INDEX device_eid ON device (eid)`);
  // People search by the first or by the last digits. A substring index (FTS5 trigram) over digits was rejected: there
  // are only 1,000 trigrams, so that each names most of the lines, and it costs more than the table itself.
  for (const column of ['iccid', 'imei', 'mdn', 'eid']) {
    await knex.raw(`CREATE INDEX device_${column}_end ON device (substr(${column}, -4))`);
  }
}
