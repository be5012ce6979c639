import { expect, test } from 'vitest';
import { parseMdn, readMdn } from './mdn';

test.each([
  ['5125550143', []],
  ['512-555-0143', ['repaired-separators']],
  ['512.555.0143', ['repaired-separators']],
  ['(512) 555-0143', ['repaired-separators', 'repaired-spaces']],
  ['15125550143', ['repaired-country-code']],
  ['+1 512 555 0143', ['repaired-spaces', 'repaired-separators', 'repaired-country-code']],
  ["'5125550143", ['repaired-apostrophe']],
] as const)('%j is 5125550143', (raw, repairs) => {
  const reading = readMdn(raw);
  expect(reading.result).toEqual({ ok: true, value: '5125550143' });
  expect(new Set(reading.repairs)).toEqual(new Set(repairs));
});

test.each([
  ['', { code: 'mdn-missing' }],
  ['512555014', { code: 'mdn-length', length: 9 }],
  ['25125550143', { code: 'mdn-length', length: 11 }],
  ['512555014x', { code: 'mdn-not-digits', at: 9 }],
  ['1125550143', { code: 'mdn-pattern' }],
  ['5121550143', { code: 'mdn-pattern' }],
  ['5.12556E+9', { code: 'scientific-notation' }],
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseMdn(raw)).toEqual({ ok: false, error: fault });
});
