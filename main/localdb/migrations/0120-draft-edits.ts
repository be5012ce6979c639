import type { Knex } from 'knex';

/**
 * What a person does with a draft. A row keeps its cells as they were read where they differ from what is shown (`raw`,
 * JSON), so that it can be judged again by the very rules of the import; a sound row keeps nothing twice.
 *
 * `draft.columns` tells which fields the file has, with their headings; null for drafts from before this step, whose
 * stored values count as their cells. `unjudged` is 1 while the verdicts of the list are behind its cells: the next
 * look at the draft judges it again. `rounded` remembers how many numbers of the list look rounded, because a single
 * row can't tell.
 */
export const draftEdits = {
  name: '0120-draft-edits',
  async up(knex: Knex): Promise<void> {
    for (const column of [
      `columns text check (json_valid(columns))`,
      `defaults text not null default '{}' check (json_valid(defaults))`,
      `rounded text check (json_valid(rounded))`,
      `excluded_count integer not null default 0`,
      `version integer not null default 0`,
      `changes_mark text`,
      `unjudged integer not null default 0 check (unjudged in (0, 1))`,
      `sharing text check (json_valid(sharing))`,
    ]) {
      await knex.raw(`alter table draft add column ${column}`);
    }
    for (const column of [
      `raw text check (json_valid(raw))`,
      `excluded integer not null default 0 check (excluded in (0, 1))`,
      `edited text check (json_valid(edited))`,
      `overrides text check (json_valid(overrides))`,
    ]) {
      await knex.raw(`alter table draft_row add column ${column}`);
    }
    await knex.raw(`drop index draft_row_verdict`);
    await knex.raw(`create index draft_row_verdict on draft_row (draft_id, excluded, verdict, row_no)`);
    await createLog(knex);
  },
} as const;

/** What was done, newest last. `before` and `after` hold only what the act changed of a row's input. */
async function createLog(knex: Knex): Promise<void> {
  await knex.raw(`
    create table draft_edit (
      draft_id integer not null references draft (id) on delete cascade,
      seq integer not null,
      state text not null check (state in ('done', 'undone')),
      words text not null,
      actor text not null,
      at integer not null,
      primary key (draft_id, seq)
    ) strict, without rowid`);
  await knex.raw(`
    create table draft_edit_row (
      draft_id integer not null references draft (id) on delete cascade,
      seq integer not null,
      row_no integer not null,
      before text not null check (json_valid(before)),
      after text not null check (json_valid(after)),
      primary key (draft_id, seq, row_no)
    ) strict, without rowid`);
}
