import { expect, test } from 'vitest';
import { readEffectiveDate } from './effective-date.rules';

test.each([
  ['2026-12-01', '2026-12-01'],
  ['2026/12/1', '2026-12-01'],
  [' 2026.2.28 ', '2026-02-28'],
  ['12/25/2026', '2026-12-25'],
  ['25.12.2026', '2026-12-25'],
  ['11/11/2026', '2026-11-11'],
  ['2028-02-29', '2028-02-29'],
])('%j is %s', (raw, day) => {
  expect(readEffectiveDate(raw)).toBe(day);
});

test.each([
  '',
  '12/01/2026',
  '2026-02-29',
  '2026-13-01',
  '31/04/2026',
  '46357',
  'tomorrow',
  '2026-12',
  '12-25/2026',
  '1/2/26',
])('%j is no day, or more than one', (raw) => {
  expect(readEffectiveDate(raw)).toBeNull();
});
