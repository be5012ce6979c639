import type { Knex } from 'knex';

/**
 * What is remembered of imported files. `import_mapping`: what a person said about columns, by provider and by the
 * fingerprint of the headings. `import_source`: the content of every file that became a draft; it outlives the draft, so
 * that the same file is noticed after it was submitted. `bulk_change.draft_uid` leads from one to the other.
 *
 * `draft_row.extra` holds the cells of columns that mean nothing to us (a site, an order number), for the export of
 * problem rows; `draft.extra_headings` their headings. Both are null where a file has no such columns.
 */
export const importFormats = {
  name: '0110-import-formats',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table import_mapping (
        provider_uid text not null,
        fingerprint text not null,
        fields text not null check (json_valid(fields)),
        saved_at integer not null,
        saved_by text not null,
        primary key (provider_uid, fingerprint)
      ) strict, without rowid`);
    await knex.raw(`
      create table import_source (
        draft_uid text primary key,
        provider_uid text not null,
        sha256 text not null,
        imported_at integer not null,
        imported_by text not null
      ) strict, without rowid`);
    await knex.raw(`create index import_source_content on import_source (provider_uid, sha256)`);
    await knex.raw(`
      insert into import_source (draft_uid, provider_uid, sha256, imported_at, imported_by)
      select uid, provider_uid, source_sha256, created_at, created_by from draft
      where state = 'ready' and source_sha256 is not null`);
    await knex.raw(`alter table bulk_change add column draft_uid text`);
    await knex.raw(`create index bulk_change_draft on bulk_change (draft_uid) where draft_uid is not null`);
    await knex.raw(`alter table draft add column extra_headings text check (json_valid(extra_headings))`);
    await knex.raw(`alter table draft_row add column extra text check (json_valid(extra))`);
  },
} as const;
