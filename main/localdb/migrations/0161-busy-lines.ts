import type { Knex } from 'knex';

/**
 * Lines that all desks together have changed so often within a day that the carrier may allow no more, as the central
 * database knew at the last pull. `free_at` (epoch ms) is when the first of those changes is a day old.
 */
export const busyLines = {
  name: '0161-busy-lines',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table busy_line (
        device_id integer primary key,
        actions integer not null check (actions > 0),
        free_at integer not null
      ) strict`);
  },
} as const;
