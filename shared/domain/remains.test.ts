import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOf, remainsOf, type Remains } from './remains';

const agrees = (remains: Remains | null, value: string): boolean =>
  remains !== null &&
  value >= remains.low &&
  value <= remains.high &&
  (remains.length === null || remains.length === value.length) &&
  value.endsWith(remains.end);

const digit = fc.constantFrom(...'0123456789');
const number = (least: number, most: number) =>
  fc.string({ unit: digit, minLength: least - 2, maxLength: most - 2 }).map((rest) => `89${rest}`);

describe('the identifier that was there agrees with what is left of it', () => {
  test.each<[name: string, code: string, damage: (whole: string) => string]>([
    ['Excel in General format', 'scientific-notation', (whole) => Number(whole).toExponential(5).replace('e', 'E')],
    ['Excel with a decimal comma', 'scientific-notation', (whole) => Number(whole).toExponential(4).replace('.', ',')],
    ['zeros after the 15th digit', 'digits-lost', (whole) => whole.slice(0, 15).padEnd(whole.length, '0')],
    ['JavaScript', 'digits-lost', (whole) => String(Number(whole))],
    ['Python and .NET', 'digits-lost', (whole) => BigInt(Number(whole)).toString()],
    ['pandas', 'digits-lost', (whole) => `${BigInt(Number(whole))}.0`],
  ])('%s', (_name, code, damage) => {
    fc.assert(
      fc.property(number(19, 20), (whole) => {
        const arrived = damage(whole);
        const remains = remainsOf(code, arrived);
        // What rounding left unchanged has lost nothing.
        return arrived === whole || agrees(remains, whole);
      }),
      { numRuns: 2_000 },
    );
  });

  test('cut off behind or in front', () => {
    fc.assert(
      fc.property(number(19, 20), fc.integer({ min: 1, max: 10 }), (whole, lost) => {
        const front = remainsOf('iccid-length', whole.slice(0, -lost));
        const behind = remainsOf('iccid-length', whole.slice(lost).slice(0, 18));
        const cutInFront = whole.slice(lost).length < 19;
        return (
          (whole.length - lost >= 19 || agrees(front, whole)) &&
          (!cutInFront || behind === null || agrees(endOf(behind), whole) || whole.length - lost > 18)
        );
      }),
    );
  });
});

test.each([
  ['scientific-notation', '8.9148E+19', { low: '89147500000000000000', high: '89148500000000000000' }],
  ['scientific-notation', '4.90154E+14', { low: '490153500000000', high: '490154500000000' }],
  ['scientific-notation', '9.9999E+18', { low: '9999850000000000000', high: '9999950000000000000' }],
  ['digits-lost', '89148000000842500000', { low: '89148000000842483616', high: '89148000000842599999' }],
  ['iccid-check-digit-missing', '898821100000053008', { low: '8988211000000530080', high: '8988211000000530089' }],
  ['imei-check-digit-missing', '35686800004141', { low: '356868000041410', high: '356868000041419' }],
  ['iccid-nibbles-swapped', '988812010000500380f2', { low: '8988211000000530082', high: '8988211000000530082' }],
] as const)('%s: %s leaves a range', (code, text, range) => expect(remainsOf(code, text)).toMatchObject(range));

test.each([
  ['scientific-notation', '8.9E+19'],
  ['scientific-notation', '8E19'],
  ['scientific-notation', '-8.9148E+19'],
  ['digits-lost', '89148000000842590078'],
  ['iccid-length', '89148'],
  ['iccid-length', '891480000008425900781'],
  ['iccid-check-digit', '8988211000000530081'],
  ['line-unknown', '8988211000000530082'],
])('%s: %s leaves too little, or nothing was lost', (code, text) => expect(remainsOf(code, text)).toBeNull());
