import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanIdentifier, looksLikeFloat } from './clean-identifier';
import { readIccid } from './iccid';
import { luhnCheckDigit } from './luhn';

const ICCID = '89148000000842590078';

describe('what can be repaired', () => {
  test.each([
    [ICCID, []],
    [` ${ICCID} `, []],
    [`\u00a0${ICCID}\u00a0`, ['repaired-spaces']],
    [`${ICCID}\t`, ['repaired-spaces']],
    ['8914\u20098000\u20090008\u20094259\u20090078', ['repaired-spaces']],
    ['8914 8000 0008 4259 0078', ['repaired-spaces']],
    [`\ufeff${ICCID}`, ['repaired-invisible']],
    [`8914\u200b8000000842590078`, ['repaired-invisible']],
    [`\u202a${ICCID}\u202c`, ['repaired-invisible']],
    [`8914\u00ad8000000842590078`, ['repaired-invisible']],
    ['８９148000000842590078', ['repaired-full-width']],
    [`="${ICCID}"`, ['repaired-formula']],
    [`=${ICCID}`, ['repaired-formula']],
    [`'${ICCID}`, ['repaired-apostrophe']],
    [`’${ICCID}`, ['repaired-apostrophe']],
    [`"${ICCID}"`, ['repaired-quotes']],
    [`“${ICCID}”`, ['repaired-quotes']],
    ['8914-8000-0008-4259-0078', ['repaired-separators']],
    ['8914–8000–0008–4259–0078', ['repaired-separators']],
    ['8914.8000.0008.4259.0078', ['repaired-separators']],
    [`]C1${ICCID}`, ['repaired-label']],
    [`ICCID: ${ICCID}`, ['repaired-label']],
    [`SIM 1 #${ICCID}`, ['repaired-label']],
    [`="'${ICCID}\u00a0"`, ['repaired-spaces', 'repaired-formula', 'repaired-apostrophe']],
  ])('%j', (raw, repairs) => {
    expect(cleanIdentifier(raw)).toEqual({ text: ICCID, repairs, damage: null });
  });
});

test.each([
  ['352099001761481/23', '352099001761481', ['repaired-software-version']],
  [
    'IMEI: 35-209900-176148-1 / 23',
    '352099001761481',
    ['repaired-label', 'repaired-software-version', 'repaired-separators'],
  ],
])('%j is the IMEI in front of the slash: its check digit proves it', (raw, text, repairs) => {
  expect(cleanIdentifier(raw)).toEqual({ text, repairs, damage: null });
});

test.each(['352099001761482/23', '352099001761481/234', '35209900176148/23', 'ICCID 1 89148000000842590078'])(
  '%j stays as it is: where the number ends or begins is not proven',
  (raw) => expect(/^\d+$/.test(cleanIdentifier(raw).text)).toBe(false),
);

test.each(['8914²', '①②③', '٨٩', '8914O', '891l', '8,9', '8.914', '1e', '+-5', '=', '="', "'"])(
  '%j does not become digits by repair',
  (raw) => {
    expect(/^\d+$/.test(cleanIdentifier(raw).text)).toBe(false);
  },
);

const digit = fc.constantFrom(...'0123456789');
const stem = fc.string({ unit: digit, minLength: 16, maxLength: 17 }).map((rest) => `89${rest}`);
const iccid = stem.map((text) => text + luhnCheckDigit(text));

/** Every way in which digits get lost on the way, as far as anybody has told. */
const damaged = iccid.chain((original) =>
  fc
    .constantFrom(
      () => Number(original).toExponential(2),
      () => Number(original).toExponential(4).replace('e', 'E'),
      () => Number(original).toExponential(2).replace('.', ','),
      () => original.slice(0, 15).padEnd(original.length, '0'),
      () => String(Number(original)),
      () => BigInt(Number(original)).toString(),
      () => `${String(Number(original))}.0`,
      () => original.replace('0', 'O'),
    )
    .map((damage) => ({ original, arrived: damage() })),
);

test('no damaged number is taken for a sound one', () => {
  fc.assert(
    fc.property(damaged, ({ original, arrived }) => {
      const { result, warnings } = readIccid(arrived);
      return !result.ok || result.value === original || warnings.length > 0;
    }),
    { numRuns: 5_000 },
  );
});

test('the digits that come out are those that went in, in their order', () => {
  const wide = fc.constantFrom(...'０１２３４５６７８９');
  const noise = fc.constantFrom(...' -\u00a0\u200b.\'"=fFeE+,()O٣²', 'E+1');
  const text = fc.array(fc.oneof(digit, digit, digit, wide, noise), { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (raw) => {
      const { text: cleaned, damage } = cleanIdentifier(raw);
      if (damage !== null || !/^\d+$/.test(cleaned)) return true;
      const written = raw
        .replace(/[０-９]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
        // Zeros behind a decimal sign are no digits of the identifier.
        .replace(/(\d)[.,]0{1,6}(?=\D*$)/, (whole, before: string) =>
          cleaned.endsWith(whole.slice(2)) ? whole : before,
        )
        .replace(/\D/g, '');
      return written === cleaned || written.startsWith(cleaned);
    }),
    { numRuns: 20_000 },
  );
});

test('tells what a floating-point number prints', () => {
  expect(looksLikeFloat('89148000000842600000')).toBe(true);
  expect(looksLikeFloat('89148000000842596352')).toBe(true);
  expect(looksLikeFloat(ICCID)).toBe(false);
  // Up to 2^53 every whole number is exact: nothing is lost, nothing to be told.
  expect(looksLikeFloat('490154203237518')).toBe(false);
});
