import type { Knex } from 'knex';

/**
 * Every callback whose credentials were good, once, however often it is delivered; `body` is redacted. A callback is
 * stored before it is acknowledged and judged afterwards: `waiting` until then, `parked` while no row has its request
 * id (the answer that names it may still be under way, or it is none of ours), then `judged`.
 */
export const callbacks = {
  name: '0050-callbacks',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table thingspace_callback_log (
        id integer primary key,
        provider_uid text not null,
        request_id text not null,
        status text not null check (status in ('success', 'failed', 'other')),
        digest text not null check (length(digest) = 64),
        claim text not null,
        body text not null,
        state text not null default 'waiting' check (state in ('waiting', 'parked', 'judged')),
        outcome text,
        times_received integer not null default 1,
        received_at integer not null,
        last_received_at integer not null,
        judged_at integer,
        unique (provider_uid, request_id, status, digest)
      ) strict`);
    await knex.raw(`
      create index thingspace_callback_log_waiting on thingspace_callback_log (provider_uid, request_id)
        where state = 'waiting'`);
  },
} as const;
