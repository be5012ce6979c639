import type { Knex } from 'knex';

/**
 * The claim looks for an earlier job of the same line, and nearly always there is none: the state need not stand in that
 * index. Without it a claim and an end leave the index alone, which they change twice for every job otherwise.
 */
export const jobLine = {
  name: '0170-job-line',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`drop index job_line`);
    await knex.raw(`create index job_line on job (device_id, device_change_id, id) where state <> 'dead'`);
  },
} as const;
