import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { correctionsHere, iccid, importHere, lines } from '../../../test/support/import-here';
import { draftsHere } from '../../../test/support/drafts-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror } from '../../../test/support/mirror';
import { findDraft } from './drafts.repo';
import type { Draft } from './types';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(20));
});
afterEach(() => db.close());

const LIST = [
  'Site,Old SIM,New SIM,Order',
  `Depot 1,${iccid(1)},${iccid(101)},A1`,
  `"=HYPERLINK(""x"")",${iccid(2)},8.91E+19,A2`,
  `Depot 3,${iccid(3)},${iccid(103).slice(0, -1)}${(Number(iccid(103).slice(-1)) + 1) % 10},A3`,
].join('\n');

async function imported(text: string): Promise<Draft> {
  const summary = await importHere(db, text);
  const { valid, warning, error } = summary;
  const draft = await findDraft(db.read, 'id', summary.draftId);
  if (draft === null) throw new Error('the draft is gone');
  return { ...draft, rows: summary.rows, valid, warning, error };
}

async function exported(draft: Draft, format: 'csv' | 'xlsx'): Promise<string> {
  const file = join(db.dir, `problems.${format}`);
  const written = await draftsHere(db).problemRows.write(draft, ['error', 'warning'], format, file);
  expect(written).toMatchObject({ file, rows: 2 });
  return file;
}

describe('the list of problem rows', () => {
  test('has the columns of the file, every reason, what to do, and colours', async () => {
    const draft = await imported(LIST);
    const file = await exported(draft, 'xlsx');
    const parts = unzipSync(new Uint8Array(await readFile(file)));
    const sheet = strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
    for (const heading of ['Old SIM', 'New SIM', 'Site', 'Order', `Swapdesk row of ${draft.uid}`])
      expect(sheet).toContain(`>${heading}<`);
    expect(sheet).toContain('<c s="2" t="inlineStr"><is><t xml:space="preserve">8.91E+19</t></is></c>');
    expect(sheet).toContain('scientific-notation: ');
    expect(sheet).toContain('Format the column as text');
    expect(sheet).toContain('>A2<');
    expect(sheet).not.toContain('Depot 1');
  });

  test('as CSV neither runs a formula nor loses a digit', async () => {
    const draft = await imported(LIST);
    const text = await readFile(await exported(draft, 'csv'), 'utf8');
    expect(text).toContain(`'${iccid(2)}`);
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
  });

  test.each(['csv', 'xlsx'] as const)('comes back as %s with its row numbers and every cell', async (format) => {
    const draft = await imported(LIST);
    const file = await exported(draft, format);
    const { draftUid, rows } = await correctionsHere(db, file);
    expect(draftUid).toBe(draft.uid);
    expect(rows).toEqual([
      { row: 2, cells: { oldIccid: iccid(2), newIccid: '8.91E+19' } },
      expect.objectContaining({ row: 3 }),
    ]);
  });

  test('comes back corrected, also when somebody moved its columns and deleted rows', async () => {
    const draft = await imported(LIST);
    const file = join(db.dir, 'moved.csv');
    await writeFile(file, `New SIM,Swapdesk row of ${draft.uid},Old SIM\n'${iccid(102)},2,'${iccid(2)}\n`);
    expect(await correctionsHere(db, file)).toMatchObject({
      rows: [{ row: 2, cells: { oldIccid: iccid(2), newIccid: iccid(102) } }],
    });
  });

  test.each([
    ['row-number-lost', 'x,', /line 2/],
    ['row-number-twice', `2,${iccid(102)}\n2,`, /row 2 stood there before/],
  ])('is refused when its rows cannot be told: %s', async (code, start, why) => {
    const draft = await imported(LIST);
    const file = join(db.dir, 'broken.csv');
    await writeFile(file, `Swapdesk row of ${draft.uid},New SIM\n${start}${iccid(103)}\n`);
    const answer = correctionsHere(db, file);
    await expect(answer).rejects.toMatchObject({ code });
    await expect(answer).rejects.toThrow(why);
  });

  test('of a draft that is gone says so', async () => {
    const file = join(db.dir, 'gone.csv');
    await writeFile(file, `Swapdesk row of 0190f1c2-0000-7000-8000-000000000001,New SIM\n1,${iccid(103)}\n`);
    await expect(correctionsHere(db, file)).rejects.toMatchObject({ code: 'draft-of-list-gone' });
  });

  test('is not written when there is nothing in it', async () => {
    const draft = await imported(`Old ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n`);
    const write = draftsHere(db).problemRows.write(draft, ['error'], 'csv', join(db.dir, 'none.csv'));
    await expect(write).rejects.toMatchObject({ code: 'no-problem-rows' });
  });
});
