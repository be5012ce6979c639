/** How a number is shown: as it is, as a point in time, or filled up with zeros. */
export type NumberFormat = 'plain' | 'date' | 'time' | { readonly zeros: number };

/** Built-in formats that show dates (ECMA-376 18.8.30; 27 to 36 and 50 to 58 are those of East Asia). */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
const isBuiltInTime = (id: number): boolean => (id >= 18 && id <= 21) || (id >= 45 && id <= 47);

/** @param code the format's text when the workbook defines it, such as `dd/mm/yyyy` or `000000000000000` */
export function numberFormatOf(id: number, code: string | undefined): NumberFormat {
  if (code === undefined) return isBuiltInDate(id) ? 'date' : isBuiltInTime(id) ? 'time' : 'plain';
  if (/^0{2,}$/.test(code)) return { zeros: code.length };
  // Quoted text, escaped signs, colours and conditions say nothing about the kind.
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]|_.|\*./g, '').toLowerCase();
  if (/[yd]/.test(bare)) return 'date';
  if (/[hs]/.test(bare)) return 'time';
  return 'plain';
}

/** Digits that a spreadsheet keeps of a number (Microsoft KB 269370). */
const KEPT_DIGITS = 15;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The text of a cell that holds a number: its digits, never a power of ten, by moving the point in the text. A number of
 * more than 15 digits has lost its last ones; it gets the `.0` of a floating-point number, by which the rules for damage
 * know it.
 */
export function numberText(stored: string, format: NumberFormat, date1904: boolean): string {
  const text = stored.trim();
  const parts = DECIMAL.exec(text);
  if (parts === null) return text;
  if (format === 'date' || format === 'time') return dateText(text, date1904);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = movePoint(whole, fraction, Number(exponent));
  if (digits === null) return text;
  if (digits.replace(/^0+/, '').length > KEPT_DIGITS) return `${sign}${digits}.0`;
  return sign + (typeof format === 'object' ? digits.padStart(format.zeros, '0') : digits);
}

/** The whole number as digits; null: it is none, or far from any identifier. */
function movePoint(whole: string, fraction: string, exponent: number): string | null {
  if (exponent < -30 || exponent > 60) return null;
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return /^0*$/.test(digits) ? '0' : null;
  if (!/^0*$/.test(digits.slice(point))) return null;
  const shifted = digits.slice(0, point).padEnd(point, '0').replace(/^0+/, '');
  return shifted === '' ? '0' : shifted;
}

const DAY_MS = 86_400_000;
/** Day 0 of the two calendars. 1900 counts a 29 February that never was (Lotus 1-2-3), hence the 30th from March on. */
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 31 December 9999, the last day that Excel knows. */
const LAST_DAY = 2_958_465;

/** `2026-12-01`, or `2026-12-01 14:30` when the cell has a time too; numbers that are no day stay as they are. */
function dateText(text: string, date1904: boolean): string {
  const days = Number(text);
  if (!Number.isFinite(days) || days < 1 || days > LAST_DAY) return text;
  const at = new Date((date1904 ? EPOCH_1904 : EPOCH_1900) + Math.round(days * 1440) * (DAY_MS / 1440)).toISOString();
  return Number.isInteger(days) ? at.slice(0, 10) : at.slice(0, 16).replace('T', ' ');
}

/** `_x000D_` stands for a sign that XML cannot hold (ECMA-376 22.4.2.4). */
export function unescaped(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}

/** `B12` → 1; null: no such reference. */
export function columnOf(reference: string): number | null {
  let column = 0;
  let index = 0;
  for (; index < reference.length; index += 1) {
    const letter = reference.charCodeAt(index) & 0xdf;
    if (letter < 65 || letter > 90) break;
    column = column * 26 + (letter - 64);
  }
  // XFD is the last column of a sheet.
  return index === 0 || column > 16_384 ? null : column - 1;
}
