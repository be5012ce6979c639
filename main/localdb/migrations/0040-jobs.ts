import type { Knex } from 'knex';

/**
 * The queue: one row is one job. `message` is the message as it travels; the columns beside it repeat what claiming
 * needs. A finished job is deleted (the audit trail tells its story), a dead one stays with its history.
 */
export const jobs = {
  name: '0040-jobs',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table job (
        id integer primary key autoincrement,
        provider_uid text not null,
        device_id integer not null,
        bulk_change_id integer not null,
        device_change_id integer not null,
        confirms integer not null check (confirms in (0, 1)),
        priority integer not null check (priority between 0 and 2),
        message text not null,
        state text not null check (state in ('waiting', 'working', 'dead')),
        run_at integer not null,
        attempts integer not null default 0,
        claimed_by text,
        claimed_until integer,
        history text not null default '[]',
        added_at integer not null,
        dead_at integer,
        check ((state = 'working') = (claimed_by is not null)),
        check ((state = 'dead') = (dead_at is not null))
      ) strict`);
    await knex.raw(`
      create index job_due on job (provider_uid, confirms, priority, run_at, id) where state = 'waiting'`);
    // Strict order per line: the claim looks here for an earlier unfinished job of the same line.
    await knex.raw(`
      create index job_line on job (device_id, device_change_id, id, state) where state <> 'dead'`);
    await knex.raw(`create index job_row on job (device_change_id) where state <> 'dead'`);
    await knex.raw(`create index job_working on job (claimed_until) where state = 'working'`);
    await knex.raw(`create index job_dead on job (provider_uid, dead_at) where state = 'dead'`);
    await knex.raw(`
      create table provider_hold (
        provider_uid text primary key,
        kind text not null check (kind in ('paused', 'stopped')),
        code text not null,
        message text not null,
        since integer not null
      ) strict`);
  },
} as const;
