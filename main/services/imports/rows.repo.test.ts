import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTestDb } from '../../../test/support/local-db';
import { PROVIDER_UID } from '../../../test/support/mirror';
import { addDraft, type StoredRow } from './imports.repo';
import { addRecords, recordsOf } from './rows.repo';

const identifier = fc.oneof(
  fc.stringMatching(/^[0-9]{14,20}$/),
  // What can't be read is stored as it stands: of any length, in any script, with blanks at the end.
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).filter(hasNoZero),
  fc.constantFrom('8914800000000000001 ', '😀914', "it's", '89"148'),
);
const words = fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }).filter(hasNoZero);
const json = fc.json({ maxDepth: 1 }).filter((text) => !text.includes('\\u0000'));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

/** Files with zero characters are refused before. */
function hasNoZero(text: string): boolean {
  return !text.includes('\0');
}

const storedRow = fc
  .record({
    verdict: fc.constantFrom('valid', 'warning', 'error'),
    deviceId: maybe(fc.integer({ min: 1, max: 2 ** 48 })),
    mdn: maybe(identifier),
    oldIccid: maybe(identifier),
    oldImei: maybe(identifier),
    newIccid: maybe(identifier),
    newImei: maybe(identifier),
    customer: maybe(words),
    ratePlan: maybe(words),
    ratePool: maybe(words),
    effectiveDate: maybe(fc.constant('2026-12-01')),
    note: maybe(words),
    findings: maybe(json),
    raw: maybe(json),
    extra: maybe(json),
    key: fc.constantFrom('oldIccid', 'oldImei', 'mdn', 'deviceId', 'other', null),
    gap: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ key, gap, ...row }) => ({ ...row, gap, lineKey: keyOf(key, row) }));

function keyOf(key: string | null, row: Readonly<Record<string, string | number | null>>): string | null {
  if (key === null) return null;
  const value = row[key];
  return value === null || value === undefined ? 'oldIccid:another' : `${key}:${value}`;
}

test('rows of any content are stored as they are, whatever stands beside them', async () => {
  const db = await openTestDb();
  const draftId = await db.write((trx) =>
    addDraft(trx, {
      uid: 'u',
      name: 'list',
      providerUid: PROVIDER_UID,
      changeType: 'ChangeICCID',
      sourceName: 'list.csv',
      encoding: 'utf-8',
      delimiter: ',',
      createdAtMs: 1,
      createdBy: 'olivia',
      mirrorAtMs: null,
      importerPid: 1,
      columns: '{}',
      defaults: '{}',
      extraHeadings: null,
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(storedRow, { minLength: 1, maxLength: 12 }), async (list) => {
      let row = 0;
      const rows: StoredRow[] = list.map(({ gap, ...one }) => ({ ...one, row: (row += gap), line: row + 1 }));
      await db.write((trx) => trx.raw('delete from draft_row'));
      const records = await recordsOf(rows);
      await db.write((trx) => addRecords(trx, draftId, records, 2));
      const stored = await db.read.raw<StoredRow[]>(
        `select row_no as "row", line_no as line, verdict, line_key as lineKey, device_id as deviceId, mdn,
           old_iccid as oldIccid, old_imei as oldImei, new_iccid as newIccid, new_imei as newImei, customer,
           rate_plan as ratePlan, rate_pool as ratePool, effective_date as effectiveDate, note, findings, raw, extra
         from draft_row order by row_no`,
      );
      expect(stored).toEqual(rows);
    }),
    { numRuns: 200 },
  );
  await db.close();
}, 60_000);
