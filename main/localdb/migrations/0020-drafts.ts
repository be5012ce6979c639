import type { Knex } from 'knex';

/**
 * Drafts and their rows. A draft is `unfinished` while an import writes its rows, chunk by chunk; nobody else sees it
 * until one small transaction makes it `ready`. `importer_pid` and `touched_at` tell a dead import from a living one.
 */
export const drafts = {
  name: '0020-drafts',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table draft (
        id integer primary key autoincrement,
        uid text not null unique,
        name text not null,
        state text not null check (state in ('unfinished', 'ready')),
        provider_uid text not null,
        change_type text not null check (change_type in ('ChangeICCID', 'ChangeIMEI', 'ChangeIMEIandICCID')),
        source_name text not null,
        source_sha256 text,
        encoding text not null,
        delimiter text not null,
        blank_lines integer not null default 0,
        created_at integer not null,
        created_by text not null,
        row_count integer not null default 0,
        valid_count integer not null default 0,
        warning_count integer not null default 0,
        error_count integer not null default 0,
        findings text not null default '{}',
        mirror_at integer,
        importer_pid integer,
        touched_at integer not null
      ) strict`);
    // line_key: the identifier by which the row names its line, such as 'iccid:8914…', for repeats in the file.
    await knex.raw(`
      create table draft_row (
        draft_id integer not null references draft (id),
        row_no integer not null,
        line_no integer not null,
        verdict text not null check (verdict in ('valid', 'warning', 'error')),
        line_key text,
        device_id integer,
        mdn text,
        old_iccid text,
        old_imei text,
        new_iccid text,
        new_imei text,
        customer text,
        rate_plan text,
        rate_pool text,
        effective_date text,
        note text,
        findings text,
        primary key (draft_id, row_no)
      ) strict, without rowid`);
    await knex.raw(`create index draft_row_verdict on draft_row (draft_id, verdict, row_no)`);
  },
} as const;
