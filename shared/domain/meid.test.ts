import { expect, test } from 'vitest';
import { parseMeid } from './meid';

test.each([
  ['AF0123450ABCDE', 'AF0123450ABCDE', 'python-stdnum'],
  ['af 01 23 45 0a bc de', 'AF0123450ABCDE', 'python-stdnum'],
  ['AF0123450ABCDEC', 'AF0123450ABCDE', 'python-stdnum: check digit C'],
  ['293608736500703710', 'AF0123450ABCDE', 'python-stdnum: decimal form'],
  ['29360 87365 0070 3710 0', 'AF0123450ABCDE', 'python-stdnum: decimal form, check digit 0'],
  ['A100003685E561', 'A100003685E561', "Verizon's SDK"],
])('%j is %s (%s)', (raw, meid) => {
  expect(parseMeid(raw)).toEqual({ ok: true, value: meid });
});

test.each([
  ['', { code: 'meid-missing' }],
  ['AF0123450ABCDED', { code: 'meid-check-digit' }], // python-stdnum
  ['29360 87365 0070 3710 1', { code: 'meid-check-digit' }], // python-stdnum
  ['GF0123450ABCDE', { code: 'meid-not-hexadecimal' }], // python-stdnum
  ['99999 99999 0070 3710', { code: 'meid-out-of-range' }], // python-stdnum: more than 32 bits
  ['9F0123450ABCDE', { code: 'meid-region' }],
  ['AF0123450ABC', { code: 'meid-length', length: 12 }],
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseMeid(raw)).toEqual({ ok: false, error: fault });
});

test('a decimal number of region 99 is one too', () => {
  expect(parseMeid('99000012345678')).toEqual({ ok: true, value: '99000012345678' });
});
