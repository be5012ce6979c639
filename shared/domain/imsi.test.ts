import { expect, test } from 'vitest';
import { parseImsi } from './imsi';

test.each(['310150123456789', '429011234567890'])('%s is an IMSI (python-stdnum)', (imsi) => {
  expect(parseImsi(imsi)).toEqual({ ok: true, value: imsi });
});

test.each([
  ['439011234567890', { code: 'imsi-country' }], // python-stdnum
  ['', { code: 'imsi-missing' }],
  ['31015', { code: 'imsi-length', length: 5 }],
  ['3101501234567890', { code: 'imsi-length', length: 16 }],
  ['31015012345678x', { code: 'imsi-not-digits', at: 14 }],
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseImsi(raw)).toEqual({ ok: false, error: fault });
});
