import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { iccid, importedRows, importFileHere, importHere, line, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror } from '../../../test/support/mirror';

const dir = fileURLToPath(new URL('../../../test/fixtures/imports/', import.meta.url));
const count = z.number().int();
const expectations = z
  .array(
    z.strictObject({
      file: z.string(),
      /** Where the damage is known from. */
      source: z.string(),
      summary: z
        .strictObject({
          rows: count,
          valid: count,
          warning: count,
          error: count,
          findings: z.record(z.string(), count),
        })
        .optional(),
      refused: z.string().optional(),
    }),
  )
  .parse(JSON.parse(readFileSync(`${dir}expected.json`, 'utf8')));

let db: TestDb;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, [
    ...lines(20),
    { ...line(30), status: 'deactivated', mdn: null },
    { ...line(31), status: 'suspended' },
    { ...line(32), mdn: null },
    { ...line(40), providerId: 2 },
  ]);
});
afterEach(() => db.close());

describe('files as people really send them', () => {
  test.each(expectations)('$file: $source', async ({ file, summary, refused }) => {
    const answer = importFileHere(db, dir + file);
    if (refused === undefined) expect(summaryOf(await answer)).toEqual(summary);
    else await expect(answer).rejects.toMatchObject({ code: refused });
  });

  test('every file has its expectation', () => {
    const files = readdirSync(dir).filter((file) => file.endsWith('.csv'));
    expect(expectations.map(({ file }) => file).sort()).toEqual(files.sort());
    expect(files.length).toBeGreaterThanOrEqual(60);
  });
});

function summaryOf({ rows, valid, warning, error, findings }: Awaited<ReturnType<typeof importFileHere>>) {
  return { rows, valid, warning, error, findings };
}

test('every row of a file gets a verdict, and no new identifier has a digit that nobody wrote', async () => {
  const cell = fc.oneof(
    fc.integer({ min: 1, max: 40 }).map(iccid),
    fc.integer({ min: 1, max: 40 }).map((number) => `${iccid(number).slice(0, 15)}00000`),
    fc.integer({ min: 1, max: 40 }).map((number) => String(Number(iccid(number)))),
    fc.string({ unit: fc.constantFrom(...'0189O.E+- \u00a0\t\'="٣８'), maxLength: 22 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), async (table) => {
      const quoted = table.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      const filled = table.filter((cells) => cells.some((text) => text.trim() !== ''));
      fc.pre(filled.length > 0);
      const summary = await importHere(db, `Old ICCID,New ICCID\n${quoted.join('\n')}\n`);
      const rows = await importedRows(db, summary.draftId);
      expect(summary.rows).toBe(filled.length);
      expect(summary.valid + summary.warning + summary.error).toBe(filled.length);
      for (const [index, row] of rows.entries()) {
        const written = (filled[index]?.[1] ?? '').replace(/[０-９]/g, (wide) =>
          String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
        );
        if (row.verdict !== 'error') expect(written.replace(/\D/g, '')).toBe(row.new_iccid);
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
