import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEid, readEid } from './eid';

test.each([
  ['89049032123451234512345678901235', 'GSMA SGP.26 #EID1, pySim test_euicc'],
  ['89086030202200000022000023022943', 'pySim'],
  ['89044045116727494800000004479366', 'pySim'],
  ['89034011560010000000000000000121', 'Infineon, How to verify an EID'],
  ['89001012012341234012345678901224', 'Infineon'],
  ['89001567010203040506070809101152', 'Infineon'],
  ['89044011112233441122334411223321', 'Infineon'],
])('%s is an EID (%s)', (eid) => {
  expect(readEid(eid)).toEqual({ result: { ok: true, value: eid }, repairs: [], warnings: [] });
});

test.each([
  ['89049032123451234512345678901234', { code: 'eid-check-digits' }], // pySim
  ['890490321234512345123456789012', { code: 'eid-check-digits-missing' }], // pySim: append 35
  ['8904903212345123451234567890123', { code: 'eid-length', length: 31 }],
  ['8904903212345123451234567890123X', { code: 'eid-not-digits', at: 31 }],
  ['89049032123451200000000000000000', { code: 'digits-lost' }],
  ['8.9049E+31', { code: 'scientific-notation' }],
  ['', { code: 'eid-missing' }],
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseEid(raw)).toEqual({ ok: false, error: fault });
});

test('another beginning than 89 is odd, not wrong (SGP.29)', () => {
  // The first 30 digits are free; 98 - (first30 * 100 mod 97) makes the check digits (ISO 7064).
  const first30 = '350490321234512345123456789012';
  const eid = first30 + (98n - ((BigInt(first30) * 100n) % 97n)).toString().padStart(2, '0');
  expect(readEid(eid)).toEqual({ result: { ok: true, value: eid }, repairs: [], warnings: ['eid-prefix'] });
});

test('the check agrees with the whole number modulo 97, and sees every wrong digit', () => {
  const stem = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(stem, fc.nat(31), fc.integer({ min: 1, max: 9 }), (first30, place, shift) => {
      const eid = first30 + (98n - ((BigInt(first30) * 100n) % 97n)).toString().padStart(2, '0');
      expect(parseEid(eid).ok).toBe(true);
      const wrong = (Number(eid.charAt(place)) + shift) % 10;
      const mistyped = `${eid.slice(0, place)}${wrong}${eid.slice(place + 1)}`;
      expect(parseEid(mistyped).ok).toBe(BigInt(mistyped) % 97n === 1n);
      expect(parseEid(mistyped).ok).toBe(false);
    }),
  );
});
