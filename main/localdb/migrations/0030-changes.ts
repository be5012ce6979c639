import type { Knex } from 'knex';

/**
 * Bulk changes and their rows. A bulk change's status is derived from its rows and stored nowhere. `row_version` grows
 * with every change of a row, `pushed_version` follows when the central database knows it.
 */
export const changes = {
  name: '0030-changes',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table bulk_change (
        id integer primary key autoincrement,
        uid text not null unique,
        central_id integer,
        name text not null,
        provider_uid text not null,
        provider_name text not null,
        portal text not null check (portal in ('m2m', 'mobility')),
        change_type text not null check (change_type in ('ChangeICCID', 'ChangeIMEI', 'ChangeIMEIandICCID')),
        plan_hash text not null,
        row_count integer not null,
        created_at integer not null,
        created_by text not null
      ) strict`);
    await knex.raw(`
      create table m2m_device_change (
        id integer primary key autoincrement,
        uid text not null unique,
        central_id integer,
        bulk_change_id integer not null references bulk_change (id),
        row_no integer not null,
        provider_uid text not null,
        device_id integer not null,
        mdn text,
        old_iccid text,
        old_imei text,
        new_iccid text,
        new_imei text,
        customer text,
        rate_plan text,
        rate_pool text,
        effective_date text,
        status text not null check (status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed',
          'processed', 'conflict', 'error', 'dead_letter', 'cancelled', 'rolled_back')),
        needs_person integer not null default 0 check (needs_person in (0, 1)),
        request_id text,
        correlation_id text,
        attempts integer not null default 0,
        request text,
        error text,
        disposition text,
        fencing integer not null default 0,
        first_sending_at integer,
        sending_at integer,
        submitted_at integer,
        confirmed_at integer,
        processed_at integer,
        ended_at integer,
        updated_at integer not null,
        row_version integer not null default 1,
        pushed_version integer not null default 0,
        unique (bulk_change_id, row_no)
      ) strict`);
    // Pages of one change by status, and its counts and times without touching a row.
    await knex.raw(`
      create index m2m_device_change_status
        on m2m_device_change (bulk_change_id, status, needs_person, first_sending_at, ended_at, row_no)`);
    await knex.raw(`
      create index m2m_device_change_request on m2m_device_change (provider_uid, request_id)
        where request_id is not null`);
    await knex.raw(`
      create index m2m_device_change_open on m2m_device_change (status, id, provider_uid, needs_person)
        where status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`);
    await knex.raw(`create index m2m_device_change_line on m2m_device_change (device_id, id)`);
    await knex.raw(`
      create index m2m_device_change_ended on m2m_device_change (ended_at, status) where ended_at is not null`);
    await knex.raw(`
      create index m2m_device_change_unpushed on m2m_device_change (id) where row_version > pushed_version`);
  },
} as const;
