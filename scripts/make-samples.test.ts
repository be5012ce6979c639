import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lineStatusOf } from '../shared/domain/line';
import { importedRows, importFileHere } from '../test/support/import-here';
import { openTestDb, type TestDb } from '../test/support/local-db';
import { fillMirror } from '../test/support/mirror';
import { cleanSample, damagedSample, trainingFleet } from './make-samples.mjs';

const file = (name: string): string => fileURLToPath(new URL(`../samples/${name}.csv`, import.meta.url));
const fleet = await trainingFleet();
let db: TestDb;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(
    db,
    fleet.map(({ account, iccid, imei, mdn, state }, index) => ({
      id: index + 1,
      providerId: account === '0000123456-00001' ? 1 : 2,
      iccid,
      imei,
      mdn,
      status: lineStatusOf(state),
    })),
  );
});
afterEach(() => db.close());

test.each([
  ['clean', cleanSample(fleet)],
  ['damaged', damagedSample(fleet)],
])(
  'samples/%s.csv is what the script makes of the training fleet (node scripts/make-samples.mjs)',
  async (name, made) => {
    expect(await readFile(file(name), 'utf8')).toBe(made.text);
  },
);

test('the clean sample is clean', async () => {
  expect(await importFileHere(db, file('clean'))).toMatchObject({
    rows: 40,
    valid: 40,
    warning: 0,
    error: 0,
    findings: {},
  });
});

test('every damage of the damaged sample is found, and nothing else', async () => {
  const summary = await importFileHere(db, file('damaged'));
  const rows = await importedRows(db, summary.draftId);
  const expected = damagedSample(fleet).rows.filter((row) => row.cells.length > 0);
  expect(rows.map(({ row, codes }) => ({ row, codes: [...codes].sort() }))).toEqual(
    expected.map(({ codes }, index) => ({ row: index + 1, codes: [...codes].sort() })),
  );
  expect(summary).toMatchObject({ rows: expected.length });
  expect(summary.valid + summary.warning + summary.error).toBe(summary.rows);
});
