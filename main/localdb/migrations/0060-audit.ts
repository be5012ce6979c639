import type { Knex } from 'knex';

/**
 * The audit trail. `body` is the entry's RFC 8785 text without its hash, exactly as it was hashed; every other fact is
 * read out of it by SQLite (virtual columns), so that a list can't show something else than what was hashed. `chain_id`
 * and `seq` repeat what `body` says, for the order; verification compares them.
 *
 * `audit_chain` holds each chain's head: a tail that is cut off does not fit it.
 */
export const audit = {
  name: '0060-audit',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table audit_chain (
        id integer primary key,
        chain text not null unique,
        seq integer not null check (seq >= 0),
        hash text not null check (length(hash) = 64)
      ) strict`);
    await knex.raw(`
      create table audit_entry (
        id integer primary key,
        chain_id integer not null references audit_chain (id),
        seq integer not null check (seq > 0),
        body text not null,
        hash text not null check (length(hash) = 64),
        at text generated always as (body ->> '$.at') virtual,
        stream text generated always as (body ->> '$.stream') virtual,
        actor text generated always as (body ->> '$.actor') virtual,
        change_uid text generated always as (body ->> '$.change') virtual,
        device_id integer generated always as (body ->> '$.deviceId') virtual
      ) strict`);
    await knex.raw(`create unique index audit_entry_place on audit_entry (chain_id, seq)`);
    await knex.raw(`create index audit_entry_at on audit_entry (at)`);
    await knex.raw(`create index audit_entry_stream on audit_entry (stream)`);
    await knex.raw(`create index audit_entry_actor on audit_entry (actor)`);
    await knex.raw(`create index audit_entry_change on audit_entry (change_uid) where change_uid is not null`);
    await knex.raw(`create index audit_entry_device on audit_entry (device_id) where device_id is not null`);
    // Support staff search by the last digits on a label: trigrams find a number by any part of it. Without content of
    // its own and without document sizes (nothing is ranked: newest first), a third of the trail's size.
    await knex.raw(`
      create virtual table audit_text using fts5 (text, content = '', columnsize = 0, tokenize = 'trigram')`);
    // A slip of ours must not change the trail. Whoever edits the file by hand is told by verification.
    await knex.raw(`
      create trigger audit_entry_stays before update on audit_entry
      begin select raise(abort, 'audit entries are never changed'); end`);
    await knex.raw(`
      create trigger audit_entry_is_kept before delete on audit_entry
      begin select raise(abort, 'audit entries are never deleted'); end`);
  },
} as const;
