import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeWorkbook, type SheetCell } from './xlsx-writer';

async function written(rows: readonly (readonly SheetCell[])[]): Promise<Readonly<Record<string, string>>> {
  const pieces: Uint8Array[] = [];
  const source = async function* (): AsyncGenerator<readonly SheetCell[], void> {
    for (const row of rows) yield await Promise.resolve(row);
  };
  const columns = [
    { heading: 'New ICCID', width: 24 },
    { heading: 'Reason', width: 70 },
  ];
  await writeWorkbook('Draft 1: [a/b]', columns, source(), (piece) => {
    pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
    return Promise.resolve();
  });
  const parts = unzipSync(new Uint8Array(Buffer.concat(pieces)));
  return Object.fromEntries(Object.entries(parts).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

test('every cell is text, coloured as it was asked, under a heading that stays in sight', async () => {
  const parts = await written([
    [
      { text: '89148000000842590078', tone: 'error' },
      { text: '=1+1 & <b>', tone: 'warning' },
    ],
  ]);
  const sheet = parts['xl/worksheets/sheet1.xml'] ?? '';
  expect(sheet).toContain('<c s="2" t="inlineStr"><is><t xml:space="preserve">89148000000842590078</t></is></c>');
  expect(sheet).toContain('<c s="3" t="inlineStr"><is><t xml:space="preserve">=1+1 &amp; &lt;b&gt;</t></is></c>');
  expect(sheet).not.toMatch(/<v>|<f>/);
  expect(sheet).toContain('state="frozen"');
  expect(sheet).toContain('<autoFilter ref="A1:B2"/>');
  const styles = parts['xl/styles.xml'] ?? '';
  expect([...styles.matchAll(/<xf numFmtId="49"/g)]).toHaveLength(5);
  expect(styles).toContain('FFFFC7CE');
  expect(parts['xl/workbook.xml']).toContain('name="Draft 1   a b "');
});

/** What XML 1.0 lets stand in a document (production 2). */
const isAllowed = (code: number): boolean =>
  code === 9 || code === 10 || (code >= 32 && code <= 0xd7ff) || (code >= 0xe000 && code !== 0xfffe && code !== 0xffff);

test('no text breaks the file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 20 }), async (texts) => {
      const rows = texts.map((text): SheetCell[] => [{ text: `${text}\ud800`, tone: 'plain' }]);
      const sheet = (await written(rows))['xl/worksheets/sheet1.xml'] ?? '';
      const wrong = [...sheet.slice(sheet.indexOf('<sheetData>'))].filter(
        (sign) => !isAllowed(sign.codePointAt(0) ?? 0),
      );
      expect(wrong).toEqual([]);
      expect(sheet.split('<row>')).toHaveLength(texts.length + 2);
    }),
    { numRuns: 40 },
  );
});

test('the same list gives the same bytes', async () => {
  const rows: SheetCell[][] = Array.from({ length: 1_200 }, (_, row) => [{ text: String(row), tone: 'plain' }]);
  expect(await written(rows)).toEqual(await written(rows));
});
