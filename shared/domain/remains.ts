import { looksLikeFloat, hasZeroTail } from './clean-identifier';
import { firstNonDigit } from './luhn';

/**
 * What is still known of a damaged identifier: it lies between two texts, as texts are sorted. Every identifier that
 * agrees with every digit that is left lies there, and none that contradicts one.
 */
export interface Remains {
  readonly low: string;
  readonly high: string;
  /** Digits of the whole identifier; null: unknown. */
  readonly length: number | null;
  /** The identifier ends in this; '' : nothing is known of its end. */
  readonly end: string;
}

/** Fewer digits than these name too many lines to be worth a look. */
const FEWEST_DIGITS = 4;
const FEWEST_DIGITS_OF_THE_END = 6;
/** Digits that a spreadsheet keeps of a number (Microsoft KB 269370). */
const SPREADSHEET_DIGITS = 15;
const SCIENTIFIC = /^(\d)(?:[.,](\d*))?\s*[eE]\s*\+?(\d{1,2})$/;
/** Sorts behind every digit. */
const AFTER_DIGITS = ':';

/**
 * What the text of a finding leaves of the identifier.
 *
 * @param code of the finding
 * @param text as `cleanIdentifier` leaves it
 * @returns null: too little, or nothing was lost
 */
export function remainsOf(code: string, text: string): Remains | null {
  switch (code) {
    case 'scientific-notation':
      return scientificRemains(text);
    case 'digits-lost':
      return roundedRemains(text);
    case 'iccid-check-digit-missing':
      return beginning(text, 19);
    case 'imei-check-digit-missing':
      return beginning(text, 15);
    case 'eid-check-digits-missing':
      return beginning(text, 32);
    case 'iccid-nibbles-swapped': {
      const whole = text.replace(/(.)(.)/g, '$2$1').replace(/[fF]$/, '');
      return { low: whole, high: whole, length: whole.length, end: '' };
    }
    case 'iccid-length':
      return text.length < 19 ? cutRemains(text) : null;
    case 'imei-length':
      return text.length < 15 ? cutRemains(text) : null;
    case 'mdn-length':
      return text.length < 10 ? cutRemains(text) : null;
    default:
      return null;
  }
}

/** Whether digits may be missing in front: then only the end is known, and `low` to `high` covers everything. */
function cutRemains(text: string): Remains | null {
  if (text.length < FEWEST_DIGITS_OF_THE_END || firstNonDigit(text) !== -1) return null;
  return { low: text, high: text + AFTER_DIGITS, length: null, end: '' };
}

/** The same cut identifier read from its other side: its first digits are gone, as leading zeros go. */
export function endOf(remains: Remains): Remains | null {
  const isCut = remains.length === null && remains.end === '';
  return isCut ? { low: '0', high: AFTER_DIGITS, length: null, end: remains.low } : null;
}

function beginning(text: string, length: number): Remains | null {
  if (firstNonDigit(text) !== -1) return null;
  const missing = length - text.length;
  return { low: text + '0'.repeat(missing), high: text + '9'.repeat(missing), length, end: '' };
}

/** `8.9148E+19` stands for every number of 20 digits that is rounded to it. */
function scientificRemains(text: string): Remains | null {
  const [, first = '', rest = '', exponent = ''] = SCIENTIFIC.exec(text) ?? [];
  const shown = first + rest;
  const length = Number(exponent) + 1;
  if (shown.length < FEWEST_DIGITS || length < shown.length || length > 32) return null;
  if (length === shown.length) return { low: shown, high: shown, length, end: '' };
  // Half a unit of the last digit shown, in both directions: rounded up or down, both ends included.
  const unit = 10n ** BigInt(length - shown.length);
  const middle = BigInt(shown) * unit;
  return around(middle - unit / 2n, middle + unit / 2n, length);
}

/** A spreadsheet puts zeros for what follows the 15th digit; a program prints the nearest floating-point number. */
function roundedRemains(text: string): Remains | null {
  const digits = text.replace(/[.,]0+$/, '');
  if (firstNonDigit(digits) !== -1 || digits.length <= SPREADSHEET_DIGITS) return null;
  const cut = hasZeroTail(digits) ? beginning(digits.slice(0, SPREADSHEET_DIGITS), digits.length) : null;
  if (!looksLikeFloat(digits)) return cut;
  // Neighbours of a double of 53 bits lie that far apart; the shortest form may round once more.
  const bits = BigInt(digits).toString(2).length;
  const spacing = 2n ** BigInt(Math.max(0, bits - 53));
  const near = around(BigInt(digits) - spacing, BigInt(digits) + spacing, digits.length);
  // Zeros may be either's work: whatever could be meant by one of them is in the range.
  return cut === null ? near : { ...cut, low: near.low < cut.low ? near.low : cut.low };
}

function around(low: bigint, high: bigint, length: number): Remains {
  const [from, to] = [low.toString(), high.toString()];
  const least = '1'.padEnd(length, '0');
  const most = '9'.repeat(length);
  return { low: from.length < length ? least : from, high: to.length > length ? most : to, length, end: '' };
}
