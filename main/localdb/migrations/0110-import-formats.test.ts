import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { importFormats } from './0110-import-formats';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: '0110-import-formats' });
});
afterEach(() => db.close());

const migrate = () => db.write((trx) => importFormats.up(trx));
const addDraft = (uid: string, state: string, sha256: string | null) =>
  db.write((trx) =>
    trx.raw(
      `insert into draft (uid, name, state, provider_uid, change_type, source_name, source_sha256, encoding, delimiter,
         created_at, created_by, touched_at)
       values (?, 'a', ?, 'p', 'ChangeICCID', 'a.csv', ?, 'utf-8', ',', 7, 'olivia', 7)`,
      [uid, state, sha256] as string[],
    ),
  );

it('knows the files of the drafts that are there, and of no unfinished one', async () => {
  await addDraft('d1', 'ready', 'aa');
  await addDraft('d2', 'unfinished', 'bb');
  await addDraft('d3', 'ready', null);
  await migrate();
  expect(await db.read.raw('select * from import_source')).toEqual([
    { draft_uid: 'd1', provider_uid: 'p', sha256: 'aa', imported_at: 7, imported_by: 'olivia' },
  ]);
});

it('looks a file up by its content with an index', async () => {
  await migrate();
  const plan = await db.read.raw<{ detail: string }[]>(
    `explain query plan select * from import_source where provider_uid = 'p' and sha256 = 'aa'`,
  );
  expect(plan.map(({ detail }) => detail).join()).toContain('import_source_content');
});

it('keeps one mapping for each kind of file, and only JSON', async () => {
  await migrate();
  const save = (fields: string) =>
    db.write((trx) => trx.raw(`insert into import_mapping values ('p', 'f', ?, 1, 'olivia')`, [fields]));
  await save('{}');
  await expect(save('{}')).rejects.toThrow(/UNIQUE/);
  await expect(save('{')).rejects.toThrow(/CHECK/);
});
