import type { Knex } from 'knex';

/**
 * An act on very many rows of a draft is written chunk by chunk. `doing` is JSON while it is under way: which process does
 * it, which way it goes, and the number of its entries in `draft_edit_row`. Only its last, small transaction makes it an
 * act that can be undone; whoever finds it left behind takes its rows back by those entries.
 */
export const draftWork = {
  name: '0160-draft-work',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`alter table draft add column doing text check (json_valid(doing))`);
  },
} as const;
