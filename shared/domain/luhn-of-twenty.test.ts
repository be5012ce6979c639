import fc from 'fast-check';
import { expect, test } from 'vitest';
import { luhnOfTwenty, luhnRemainder } from './luhn';

const digit = fc.constantFrom(...'0123456789', 'x', '٣', ' ');

test('two check digits in one pass are what two passes find', () => {
  fc.assert(
    fc.property(fc.array(digit, { minLength: 20, maxLength: 20 }), fc.nat(9), (characters, last) => {
      for (const text of [characters.join(''), characters.slice(0, 19).join('') + String(last)]) {
        const expected =
          luhnRemainder(text) !== 0 ? 'unsound' : luhnRemainder(text, 19) === 0 ? 'sound-both-ways' : 'sound';
        expect(luhnOfTwenty(text)).toBe(expected);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('of sound numbers both answers occur', () => {
  const found = new Set<string>();
  for (let number = 0; number < 10_000; number += 1) {
    const text = `8914800000${String(number * 7_919).padStart(10, '0')}`;
    if (luhnRemainder(text) === 0) found.add(luhnOfTwenty(text));
  }
  expect([...found].sort()).toEqual(['sound', 'sound-both-ways']);
});
