import fc from 'fast-check';
import papaparse from 'papaparse';
import { expect, it } from 'vitest';
import { NEEDS_TEXT_MARK, withoutTextMark } from './csv-cells';

const FORMULA = /^[\s\0]*[=+\-@\t\r\n\0＝＋－＠]/;

/** From the alphabet of formulas, quotes, separators, blanks and digits. */
const cell = fc.string({
  unit: fc.constantFrom(...'=+-@\t\r\n\0＝＋－＠\'",; \u00a0|!(){}0123456789eE.aZé'),
  maxLength: 14,
});

it('no cell opens a formula, and every cell reads back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 2 }), (rows) => {
      const text = papaparse.unparse(rows, { newline: '\r\n', escapeFormulae: NEEDS_TEXT_MARK });
      const read = papaparse.parse<string[]>(text, { delimiter: ',', newline: '\r\n' }).data;
      for (const opened of read.flat()) expect(opened).not.toMatch(FORMULA);
      expect(read.map((row) => row.map(withoutTextMark))).toEqual(rows);
    }),
    { numRuns: 20_000 },
  );
}, 60_000);

it.each([
  ['89148000000012345678', true],
  ['351756051523999', true],
  ['012345', true],
  ['5E10', true],
  ['1.5e+3', true],
  ["'quoted", true],
  ['15', false],
  ['5125550143', false],
  ['0', false],
  ['0.5', false],
  ['2026-11-24T04:00:00.000Z', false],
  ['maria', false],
])('%s is marked as text: %s', (text, marked) => {
  expect(NEEDS_TEXT_MARK.test(text)).toBe(marked);
});
