import type { Knex } from 'knex';

/**
 * What a person says of a change after it was submitted: its start, its waves, pause and stop, what it takes back. A job
 * that is `held` is not claimed; it keeps its place. A job's own `priority` stays what it was.
 */
export const control = {
  name: '0130-control',
  async up(knex: Knex): Promise<void> {
    await alterChanges(knex);
    await alterRows(knex);
    await alterJobs(knex);
    // Who works on this data folder, for everybody who looks and does not hold its lock.
    await knex.raw(`
      create table processor_beat (
        only_row integer primary key check (only_row = 1),
        holder text not null,
        started_at integer not null,
        beat_at integer not null,
        ended_at integer
      ) strict`);
  },
} as const;

async function alterChanges(knex: Knex): Promise<void> {
  const columns = [
    `control text not null default 'running' check (control in ('running', 'paused', 'stopped'))`,
    `control_note text`,
    `control_by text`,
    `control_at integer`,
    // Nothing is sent before: a start that was chosen, or the end of the hold window.
    `starts_at integer`,
    `options text not null default '{}'`,
    // Rows up to this number may be sent; null: all.
    `wave_end integer`,
    `wave_number integer not null default 0`,
    // Failures that were accepted when the last wave was let go: codes beside these stop the change.
    `known_failures text not null default '{"codes":[],"count":0}'`,
    `rollback_of text`,
  ];
  for (const column of columns) await knex.raw(`alter table bulk_change add column ${column}`);
  await knex.raw(`create index bulk_change_waves on bulk_change (id) where wave_end is not null`);
  await knex.raw(`create index bulk_change_held on bulk_change (id) where control <> 'running'`);
}

async function alterRows(knex: Knex): Promise<void> {
  const columns = [
    // Proven by reading the line back, also when a callback says Success.
    `verify integer not null default 0`,
    // Sends that were made before a person last sent the row again: they do not count towards the limit.
    `sends_forgiven integer not null default 0`,
    `snapshot text`,
    `snapshot_hash text`,
    `seen_at integer`,
    `look_at integer`,
    `looks integer not null default 0`,
    // The field checklist's steps that are done; null: the row needs none.
    `checklist text`,
    // A deactivated line that holds the new identifier, to be deleted at the carrier before the send.
    `delete_first text`,
    `rollback_of text`,
  ];
  for (const column of columns) await knex.raw(`alter table m2m_device_change add column ${column}`);
  await knex.raw(`
    create index m2m_device_change_confirmed on m2m_device_change (provider_uid, confirmed_at)
      where confirmed_at is not null`);
  await knex.raw(`
    create index m2m_device_change_field on m2m_device_change (bulk_change_id, row_no)
      where checklist is not null and status in ('created', 'queued')`);
  await knex.raw(`
    create index m2m_device_change_look on m2m_device_change (look_at, id) where look_at is not null`);
  await knex.raw(`
    create index m2m_device_change_silent on m2m_device_change (processed_at, id)
      where status = 'processed' and seen_at is null`);
}

async function alterJobs(knex: Knex): Promise<void> {
  await knex.raw(`alter table job add column held integer not null default 0 check (held in (0, 1))`);
  await knex.raw(`drop index job_due`);
  await knex.raw(`
    create index job_due on job (provider_uid, confirms, priority, run_at, id) where state = 'waiting' and held = 0`);
  // A pause by a person and a stop by the carrier are two things: lifting one must not lift the other.
  await knex.raw(`alter table provider_hold rename to provider_hold_before`);
  await knex.raw(`
    create table provider_hold (
      provider_uid text not null,
      kind text not null check (kind in ('paused', 'stopped')),
      code text not null,
      message text not null,
      since integer not null,
      -- The central database knows of the pause: it holds on every desk, and ends when it ends there.
      everywhere integer not null default 0 check (everywhere in (0, 1)),
      primary key (provider_uid, kind)
    ) strict, without rowid`);
  await knex.raw(`
    insert into provider_hold (provider_uid, kind, code, message, since)
    select provider_uid, kind, code, message, since from provider_hold_before`);
  await knex.raw(`drop table provider_hold_before`);
  await knex.raw(
    `create index job_change on job (bulk_change_id, confirms, device_change_id, held) where state <> 'dead'`,
  );
}
