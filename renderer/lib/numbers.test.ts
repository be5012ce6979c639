import { expect, it } from 'vitest';
import { count, digits, fileSize, plural } from './numbers';

it('writes numbers for reading', () => {
  expect([count(0), count(1204), digits(0), digits(1_000_000)]).toEqual(['none', '1,204', '0', '1,000,000']);
  expect([plural(0, 'row'), plural(1, 'row'), plural(1204, 'row')]).toEqual(['no rows', '1 row', '1,204 rows']);
  expect(plural(2, 'entry', 'entries')).toBe('2 entries');
  expect([fileSize(999), fileSize(4_200), fileSize(4_200_000)]).toEqual(['999 bytes', '4.2 kB', '4.2 MB']);
});
