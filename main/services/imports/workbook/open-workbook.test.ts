import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AS_FOUND } from '../../../../shared/contract/imports';
import { SwapdeskError } from '../../../../shared/domain/fault';
import { iccid, importedRows, importHere, lines } from '../../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../../test/support/local-db';
import { fillMirror } from '../../../../test/support/mirror';
import { textRows, workbook } from '../../../../test/support/workbook';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(20));
});
afterEach(() => db.close());

const HEADINGS = ['Old ICCID', 'New ICCID'];
const number = (value: string, style = 0): string => `<c s="${style}"><v>${value}</v></c>`;

describe('a workbook', () => {
  test('goes the way of a CSV, row by row with the numbers of the sheet', async () => {
    const rows = `<row r="2">${'<c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c>'}</row>
      <row r="3"><c r="A3" t="inlineStr"><is><r><t>${iccid(1).slice(0, 9)}</t></r><r><t>${iccid(1).slice(9)}</t></r></is></c>
        <c r="C3" t="str"><f>X1</f><v>${iccid(101)}</v></c></row>
      <row r="4"/><row r="7"><c r="A7" t="s"><v>2</v></c><c r="C7" t="s"><v>3</v></c></row>`;
    const strings = `<si><t>Old ICCID</t></si><si><t>New</t><rPh><t>x</t></rPh><t xml:space="preserve"> ICCID</t></si>
      <si><t>${iccid(2)}</t></si><si><t>${iccid(102)}</t></si>`;
    const summary = await importHere(db, workbook({ rows, strings }));
    expect(summary).toMatchObject({ rows: 2, valid: 2, blankLines: 3 });
    expect(summary.reading).toMatchObject({ format: 'xlsx', sheet: 'Swaps', headingRow: 2, encoding: null });
    const stored = await importedRows(db, summary.draftId);
    expect(stored.map(({ line, new_iccid }) => [line, new_iccid])).toEqual([
      [3, iccid(101)],
      [7, iccid(102)],
    ]);
  });

  test('begins with the first sheet that is not blank', async () => {
    const sheets = '<sheet name="Front" sheetId="1" r:id="rId1"/><sheet name="List" sheetId="2" r:id="rId2"/>';
    const list = textRows([HEADINGS, [iccid(1), iccid(101)]]);
    const parts = { 'xl/worksheets/sheet2.xml': `<worksheet><sheetData>${list}</sheetData></worksheet>` };
    const summary = await importHere(db, workbook({ rows: '<row/>', sheets, parts }));
    expect(summary).toMatchObject({ rows: 1, reading: { sheet: 'List' } });
  });

  test('keeps the digits of a number that a spreadsheet could keep, and refuses what it could not', async () => {
    const rows = `${textRows([['MDN', 'New IMEI', 'Effective date']])}
      <row>${number('5125550001')}${number('490154203237518')}${number('46357', 1)}</row>
      <row>${number('5125550002')}${number('3.52099001761481E+14')}${number('46358', 1)}</row>`;
    const styles = '<numFmts/><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>';
    const imeis = await importHere(db, workbook({ rows, styles }));
    expect((await importedRows(db, imeis.draftId)).map(({ new_imei }) => new_imei)).toEqual([
      '490154203237518',
      '352099001761481',
    ]);
    const damaged = `${textRows([['MDN', 'New ICCID']])}
      <row>${number('5125550001')}${number('89148000000842500000')}</row>
      <row>${number('5125550002')}${number('8.91480000008426E+19')}</row>
      <row>${number('5125550003')}${number('8914800000084250000')}</row>`;
    const summary = await importHere(db, workbook({ rows: damaged }));
    expect(summary).toMatchObject({ error: 3, findings: { 'digits-lost': 3 } });
  });

  test('is read from the sheet that was chosen, else from the first that is not hidden', async () => {
    const sheets = `<sheet name="Lists" sheetId="1" state="hidden" r:id="rId2"/><sheet name="Swaps" sheetId="2" r:id="rId1"/>`;
    const bytes = workbook({
      rows: textRows([HEADINGS, [iccid(1), iccid(101)]]),
      sheets,
      parts: {
        'xl/worksheets/sheet2.xml': `<worksheet><sheetData>${textRows([HEADINGS, [iccid(2), iccid(102)]])}</sheetData></worksheet>`,
      },
    });
    const oldOf = async (sheet: string | null) => {
      const { draftId } = await importHere(db, bytes, { look: { ...AS_FOUND, sheet } });
      return (await importedRows(db, draftId))[0]?.old_iccid;
    };
    expect(await oldOf(null)).toBe(iccid(1));
    expect(await oldOf('lists')).toBe(iccid(2));
    await expect(oldOf('Other')).rejects.toThrow(/"Lists" \(hidden\), "Swaps"/);
  });

  test('with prefixed names, absolute targets and UTF-16 parts is read all the same', async () => {
    const sheet = `<x:worksheet xmlns:x="m"><x:sheetData>${textRows([HEADINGS, [iccid(1), iccid(101)]]).replaceAll(
      /<(\/?)(?=[a-z])/g,
      '<$1x:',
    )}</x:sheetData></x:worksheet>`;
    const bytes = workbook({
      rows: '',
      parts: { 'xl/worksheets/sheet1.xml': Buffer.from(`\ufeff${sheet}`, 'utf16le') },
    });
    expect(await importHere(db, bytes)).toMatchObject({ rows: 1, valid: 1 });
  });
});

const ROWS = textRows([HEADINGS, [iccid(1), iccid(101)]]);
const zeros = (mebibytes: number): Uint8Array => new Uint8Array(mebibytes * 1024 * 1024).fill(0x20);

describe('what is no workbook, or a dangerous one', () => {
  test.each([
    ['file-binary', 'an OpenDocument', () => zipSync({ mimetype: zeros(0), 'content.xml': zeros(0) }), /OpenDocument/],
    [
      'file-binary',
      'a Word document',
      () => workbook({ rows: '', parts: { 'xl/workbook.xml': null, 'word/document.xml': '' } }),
      /Word/,
    ],
    ['file-binary', 'a binary workbook', () => zipSync({ 'xl/workbook.bin': zeros(0) }), /xlsb/],
    ['file-binary', 'some ZIP file', () => zipSync({ 'list.csv': Buffer.from('a,b') }), /ZIP file without a workbook/],
    [
      'workbook-damaged',
      'a part that is missing',
      () => workbook({ rows: ROWS, parts: { 'xl/worksheets/sheet1.xml': null } }),
      /missing/,
    ],
    [
      'workbook-damaged',
      'a file that is cut off',
      () => workbook({ rows: ROWS }).slice(0, 900),
      /truncated|central directory/i,
    ],
    ['workbook-damaged', 'broken XML', () => workbook({ rows: '<row><c>' }), /sheetData|unclosed|unexpected/i],
    ['workbook-damaged', 'rows out of order', () => workbook({ rows: '<row r="5"/><row r="3"/>' }), /out of order/],
    [
      'workbook-damaged',
      'a text that is missing',
      () => workbook({ rows: `${ROWS}<row><c t="s"><v>7</v></c></row>` }),
      /text number 7/,
    ],
    ['file-empty', 'a blank sheet', () => workbook({ rows: '<row/><row><c s="1"/></row>' }), /blank/],
    ['file-without-rows', 'headings alone', () => workbook({ rows: textRows([HEADINGS]) }), /no rows/],
    [
      'row-too-wide',
      'a cell in the last column',
      () => workbook({ rows: `${ROWS}<row><c r="XFD3"><v>1</v></c></row>` }),
      /column 16384/,
    ],
    [
      'row-too-long',
      'a text without an end',
      () => workbook({ rows: `${ROWS}<row><c t="inlineStr"><is><t>${'8'.repeat(3_000_000)}</t></is></c></row>` }),
      /1 MiB/,
    ],
    [
      'workbook-bomb',
      'a ZIP bomb',
      () => workbook({ rows: ROWS, parts: { 'xl/worksheets/sheet1.xml': zeros(64) } }),
      /times its size/,
    ],
  ] as const)('%s: %s', async (code, _what, make, why) => {
    const answer = importHere(db, make());
    await expect(answer).rejects.toMatchObject({ code });
    await expect(answer).rejects.toThrow(why);
    expect(await db.read.raw(`select id from draft where state = 'ready'`)).toEqual([]);
  });

  test('no entity is ever expanded: neither a billion laughs nor a file of the machine', async () => {
    const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>`;
    const sheet = `${laughs}<worksheet><sheetData>${textRows([HEADINGS])}<row><c t="str"><v>&f;</v></c></row></sheetData></worksheet>`;
    const bytes = workbook({ rows: '', parts: { 'xl/worksheets/sheet1.xml': sheet } });
    await expect(importHere(db, bytes)).rejects.toThrow(/document type/);
    const undeclared = workbook({ rows: `${ROWS}<row><c t="str"><v>&f;</v></c></row>` });
    await expect(importHere(db, undeclared)).rejects.toMatchObject({ code: 'workbook-damaged' });
  });

  test('a part that lies about its size is stopped where it said it would end', async () => {
    const bytes = workbook({ rows: ROWS });
    // The directory comes last; its entry for the sheet says one byte instead of all.
    const name = Buffer.from(bytes).lastIndexOf('xl/worksheets/sheet1.xml');
    const lying = Buffer.from(bytes);
    lying.writeUInt32LE(1, name - 46 + 24);
    await expect(importHere(db, lying)).rejects.toMatchObject({ code: 'workbook-damaged' });
  });

  test('an encrypted workbook and an old one are told apart', async () => {
    const compound = Buffer.alloc(4096);
    compound.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    compound.writeUInt16LE(9, 30);
    compound.writeUInt32LE(3, 48);
    await expect(importHere(db, compound)).rejects.toThrow(/old format/);
    compound.write('EncryptedPackage', 4 * 512, 'utf16le');
    await expect(importHere(db, compound)).rejects.toMatchObject({ code: 'workbook-encrypted' });
  });
});

test('any damage to the bytes ends in rows or in a refusal, never in a crash', async () => {
  const sound = workbook({
    rows: `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>${textRows([[iccid(1), iccid(101)]])}`,
    strings: '<si><t>Old ICCID</t></si><si><t>New ICCID</t></si>',
  });
  const damage = fc.array(fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255), cut: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });
  const file = join(db.dir, 'damaged.xlsx');
  await fc.assert(
    fc.asyncProperty(damage, async (places) => {
      let bytes = Uint8Array.from(sound);
      for (const { at, byte, cut } of places) {
        if (cut && places.length === 1) bytes = bytes.slice(0, at);
        else bytes[Math.min(at, bytes.length - 1)] = byte;
      }
      await writeFile(file, bytes);
      try {
        const { rows } = await importHere(db, bytes);
        expect(rows).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(SwapdeskError);
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);
