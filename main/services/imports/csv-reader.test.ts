import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { readCsv, type SourceRow } from './csv-reader';
import { isBlank } from './columns.rules';
import type { Delimiter } from '../../../shared/contract/imports';

async function read(
  chunks: readonly string[],
  delimiter: Delimiter = ',',
  skipRows = 0,
): Promise<{ rows: SourceRow[]; blankLines: number }> {
  const rows: SourceRow[] = [];
  const { blankLines } = await readCsv({
    sourceName: 'list.csv',
    delimiter,
    chunks: asAsync(chunks),
    skipRows,
    onRow: (row) => rows.push(row),
    ready: async () => undefined,
  });
  return { rows, blankLines };
}

async function* asAsync(chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

const cutAt = (text: string, sizes: readonly number[]): string[] => {
  const chunks: string[] = [];
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    chunks.push(text.slice(at, at + size));
    at += size;
  }
  return chunks;
};

test('rows know the line they begin in, quoted line breaks counted', async () => {
  const { rows, blankLines } = await read(['a,b\n1,"x\ny"\n\n2,z\n\n\n'], ',', 1);
  expect(rows.map(({ cells, lineNo }) => [lineNo, ...cells])).toEqual([
    [2, '1', 'x\ny'],
    [5, '2', 'z'],
  ]);
  expect(blankLines).toBe(3);
});

test('a file without a last line end, and one that is a heading only', async () => {
  expect((await read(['a,b\n1,2'], ',', 1)).rows).toHaveLength(1);
  expect(await read(['a,b'], ',', 1)).toEqual({ rows: [], blankLines: 0 });
  expect(await read(['a,b\n'], ',', 1)).toEqual({ rows: [], blankLines: 0 });
});

const cell = fc.string({ unit: fc.constantFrom(...'01 ab,;\t|"\n\'='), maxLength: 6 });
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 });

test('in pieces as in one, and what was written is what is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom<Delimiter>(',', ';', '\t', '|'),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      async (rows, delimiter, sizes) => {
        const text = Papa.unparse(rows, { delimiter, newline: '\n' });
        const pieces = await read(cutAt(text, sizes), delimiter);
        const filled = rows.filter((cells) => !isBlank(cells));
        expect(pieces.rows.map((row) => row.cells)).toEqual(filled);
        expect(pieces.rows.every((row) => !row.malformed)).toBe(true);
        expect(pieces).toEqual(await read([text], delimiter));
      },
    ),
    { numRuns: 400 },
  );
});

test('no row is dropped without a word, whatever the file holds', async () => {
  const text = fc.string({ unit: fc.constantFrom(...'01ab,"\n\n '), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      const answer = await read(cutAt(content, [3])).catch((error: unknown) => error as Error);
      if (answer instanceof Error) {
        expect(answer.message).toMatch(/quotation mark/);
        return;
      }
      const breaks =
        answer.rows
          .flatMap((row) => row.cells)
          .join('')
          .split('\n').length - 1;
      const lines = content === '' ? 0 : content.replace(/\n$/, '').split('\n').length;
      expect(answer.rows.length + answer.blankLines + breaks).toBe(lines);
    }),
    { numRuns: 500 },
  );
});

test('a quotation mark that never closes is refused with the line where it stands', async () => {
  await expect(read(['a,b\n1,2\n"3,4\n5,6\n'])).rejects.toMatchObject({
    code: 'quote-not-closed',
    story: { where: 'list.csv, line 3' },
  });
});

test('a row that goes on for ever is given up after 1 MiB, without the rest being read', async () => {
  let taken = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      taken += 1;
      yield await Promise.resolve('"'.padEnd(100_000, '8'));
    }
  }
  const reading = readCsv({
    sourceName: 'list.csv',
    delimiter: ',',
    chunks: endless(),
    skipRows: 0,
    onRow: () => undefined,
    ready: async () => undefined,
  });
  await expect(reading).rejects.toMatchObject({ code: 'row-too-long' });
  expect(taken).toBeLessThan(20);
});

test('a row of more than 1,000 columns is refused', async () => {
  await expect(read([`${','.repeat(1_500)}\n`])).rejects.toMatchObject({ code: 'row-too-wide' });
  expect((await read([`a${','.repeat(999)}\n`])).rows).toHaveLength(1);
});

test('what the consumer throws ends the reading', async () => {
  const reading = readCsv({
    sourceName: 'list.csv',
    delimiter: ',',
    chunks: asAsync(['a\n', 'b\n', 'c\n']),
    skipRows: 0,
    onRow: () => undefined,
    ready: () => Promise.reject(new Error('no room')),
  });
  await expect(reading).rejects.toThrow('no room');
});
