import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanIdentifier } from '../../../../shared/domain/clean-identifier';
import { columnOf, numberFormatOf, numberText, unescaped } from './cells.rules';

const plain = (stored: string) => numberText(stored, 'plain', false);

describe('a cell that holds a number', () => {
  test.each([
    ['490154203237518', '490154203237518'],
    ['4.90154203237518E+14', '490154203237518'],
    ['4.90154203237518e14', '490154203237518'],
    ['5125550143', '5125550143'],
    ['0', '0'],
    ['12.50', '12.50'],
    ['1E3', '1000'],
    ['12.0', '12'],
  ])('%s keeps its digits: %s', (stored, text) => {
    expect(plain(stored)).toBe(text);
  });

  test.each(['89148000000842500000', '8.91480000008425E+19', '8.9148000000842596E+19', '1234567890123456'])(
    '%s has lost digits, and the rules for identifiers see it',
    (stored) => {
      expect(cleanIdentifier(plain(stored)).damage).toBe('digits-lost');
    },
  );

  test('shows the zeros that its format shows', () => {
    expect(numberText('12345678901234', numberFormatOf(164, '000000000000000'), false)).toBe('012345678901234');
  });

  test('never becomes another number, and is never written as a power of ten', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (number) => {
        const digits = String(number);
        const text = plain(digits);
        expect(text.replace(/\.0$/, '')).toBe(digits);
        expect(text.endsWith('.0')).toBe(digits.length > 15);
        const exponent = digits.length - 1;
        const scientific = `${digits[0] ?? ''}.${digits.slice(1) || '0'}E+${exponent}`;
        expect(plain(scientific)).toBe(text);
      }),
    );
  });
});

describe('a cell that holds a day', () => {
  test.each([
    ['46357', 14, undefined, '2026-12-01'],
    ['46357.604166666664', 22, undefined, '2026-12-01 14:30'],
    ['46357', 164, 'dd/mm/yyyy;@', '2026-12-01'],
    ['46357', 164, '[$-409]d\\ mmm\\ yy', '2026-12-01'],
    ['61', 14, undefined, '1900-03-01'],
  ])('%s in format %s %s is %s', (stored, id, code, text) => {
    expect(numberText(stored, numberFormatOf(id, code), false)).toBe(text);
  });

  test('counts from 1904 where the workbook does', () => {
    expect(numberText('44895', 'date', true)).toBe('2026-12-01');
  });

  test.each([
    ['General', 'plain'],
    ['#,##0.00', 'plain'],
    ['0.00E+00', 'plain'],
    ['"SIM card "0', 'plain'],
    ['[Red]0', 'plain'],
    ['hh:mm', 'time'],
    ['yyyy-mm-dd hh:mm', 'date'],
  ])('format %s is %s', (code, format) => {
    expect(numberFormatOf(164, code)).toBe(format);
  });
});

test('escapes of signs that XML cannot hold are undone', () => {
  expect(unescaped('a_x000D_b_x0041_')).toBe('a\rbA');
  expect(unescaped('a_b_xyz_')).toBe('a_b_xyz_');
});

test('a reference says the column', () => {
  expect([columnOf('A1'), columnOf('Z9'), columnOf('AA10'), columnOf('XFD1')]).toEqual([0, 25, 26, 16_383]);
  expect([columnOf('XFE1'), columnOf('12'), columnOf('')]).toEqual([null, null, null]);
});
