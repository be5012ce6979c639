import type { Knex } from 'knex';

/**
 * What waits to be stored centrally, in order; deleted when the central database has it. `uid` makes a second delivery
 * harmless. And small values that belong to this user on this computer.
 */
export const outboxAndSettings = {
  name: '0070-outbox-and-settings',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        body TEXT NOT NULL CHECK (json_valid(body)),
        added_at INTEGER NOT NULL
      ) STRICT`);
    await knex.raw(`
      CREATE TABLE setting (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL CHECK (json_valid(value))
      ) STRICT, WITHOUT ROWID`);
  },
} as const;
