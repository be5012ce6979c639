import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstNonDigit, luhnCheckDigit, luhnRemainder, NOT_DIGITS } from './luhn';

/** As a textbook has it, slowly: from the right, every second digit doubled, cross sums added. */
function slowRemainder(text: string): number {
  if (!/^[0-9]*$/.test(text)) return NOT_DIGITS;
  return (
    [...text]
      .reverse()
      .map(Number)
      .map((digit, place) => (place % 2 === 1 ? digit * 2 : digit))
      .reduce((sum, digit) => sum + (digit > 9 ? digit - 9 : digit), 0) % 10
  );
}

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 34 });
const nearDigits = fc.string({ unit: fc.constantFrom(...'0123456789/:٣ ０'), maxLength: 22 });

test('agrees with a slow reference on digits and on what merely looks like digits', () => {
  fc.assert(
    fc.property(fc.oneof(digits, nearDigits), (text) => luhnRemainder(text) === slowRemainder(text)),
    { numRuns: 20_000 },
  );
});

test('judges a beginning of a text without cutting it off', () => {
  fc.assert(
    fc.property(digits, fc.nat(34), (text, wanted) => {
      const length = Math.min(wanted, text.length);
      return luhnRemainder(text, length) === slowRemainder(text.slice(0, length));
    }),
  );
});

test('makes the check digit that it accepts', () => {
  fc.assert(fc.property(digits, (stem) => luhnRemainder(stem + luhnCheckDigit(stem)) === 0));
});

test('sees every wrong single digit', () => {
  fc.assert(
    fc.property(digits, fc.nat(33), fc.integer({ min: 1, max: 9 }), (stem, at, shift) => {
      const whole = stem + luhnCheckDigit(stem);
      const place = at % whole.length;
      const wrong = (Number(whole.charAt(place)) + shift) % 10;
      return luhnRemainder(`${whole.slice(0, place)}${wrong}${whole.slice(place + 1)}`) !== 0;
    }),
  );
});

test('names the first character that is no digit', () => {
  expect(firstNonDigit('0123456789')).toBe(-1);
  expect(firstNonDigit('12a4b')).toBe(2);
  expect(firstNonDigit('1２3')).toBe(1);
});
