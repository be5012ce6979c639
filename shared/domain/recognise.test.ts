import { expect, test } from 'vitest';
import { recogniseIdentifier } from './recognise';

test.each([
  ['89049032123451234512345678901235', 'eid'],
  ['89148000000842590078', 'iccid'],
  ['8988211000000530082F', 'iccid'],
  ['490154203237518', 'imei'],
  ['A100003685E561', 'meid'],
  ['512-555-0143', 'mdn'],
  ['310150123456789', 'imsi'],
  ['12345', null],
  ['20180903000000000009', null],
  ['ACME', null],
  ['', null],
])('%j is recognised as %s', (text, kind) => {
  expect(recogniseIdentifier(text)).toBe(kind);
});
