import knex, { type Knex } from 'knex';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drafts } from './0020-drafts';

let db: Knex;

beforeEach(async () => {
  db = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true });
  await drafts.up(db);
});
afterEach(() => db.destroy());

const DRAFT = `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter,
  created_at, created_by, touched_at) values ('u', 'n', ?, 'p', 'ChangeICCID', 's.csv', 'utf-8', ',', 1, 'me', 1)`;

test('keeps drafts and their rows, and nothing that is neither unfinished nor ready', async () => {
  await db.raw(DRAFT, ['unfinished']);
  await db.raw(`insert into draft_row (draft_id, row_no, line_no, verdict) values (1, 1, 2, 'valid')`);
  await expect(db.raw(DRAFT.replace("'u'", "'v'"), ['half'])).rejects.toThrow(/CHECK/);
  await expect(
    db.raw(`insert into draft_row (draft_id, row_no, line_no, verdict) values (1, 2, 3, 'fine')`),
  ).rejects.toThrow(/CHECK/);
});

test('a page of one verdict is read from the index', async () => {
  const plan = await db.raw<{ detail: string }[]>(
    `explain query plan select row_no from draft_row where draft_id = 1 and verdict = 'error' order by row_no limit 200`,
  );
  expect(plan.map((step) => step.detail).join()).toContain('COVERING INDEX draft_row_verdict');
  expect(plan.map((step) => step.detail).join()).not.toContain('TEMP B-TREE');
});
