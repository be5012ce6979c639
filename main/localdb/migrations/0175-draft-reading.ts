import type { Knex } from 'knex';

/** How a list was read, as JSON: whoever opens the draft later sees what was taken for granted. Null: it is no list, or older. */
export const draftReading = {
  name: '0175-draft-reading',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`alter table draft add column reading text check (reading is null or json_valid(reading))`);
  },
} as const;
