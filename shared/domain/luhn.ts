/** What `luhnRemainder` answers when a character is no ASCII digit. */
export const NOT_DIGITS = -1;

/**
 * Luhn sum of the first `length` characters, modulo 10: 0 when the last of them is the right check digit (ITU-T E.118
 * for ICCID, 3GPP TS 23.003 annex B for IMEI). One pass over char codes, two digits a step: the number itself, too long
 * for a JavaScript number, is never made.
 *
 * @returns 0 to 9, or `NOT_DIGITS`
 */
export function luhnRemainder(text: string, length: number = text.length): number {
  let sum = 0;
  let index = 0;
  if ((length & 1) === 1) {
    sum = text.charCodeAt(0) - 48;
    if (sum < 0 || sum > 9) return NOT_DIGITS;
    index = 1;
  }
  for (; index < length; index += 2) {
    const doubled = text.charCodeAt(index) - 48;
    const plain = text.charCodeAt(index + 1) - 48;
    // Seen as unsigned, everything below '0' is huge: one comparison a digit.
    if (doubled >>> 0 > 9 || plain >>> 0 > 9) return NOT_DIGITS;
    sum += (doubled < 5 ? doubled + doubled : doubled + doubled - 9) + plain;
  }
  return sum % 10;
}

/** What `luhnOfTwenty` found. */
export type TwentyDigits = 'unsound' | 'sound' | 'sound-both-ways';

/**
 * Both shares of a digit in a Luhn sum, by the low six bits of its char code: as it is in bits 0 to 11, doubled in the
 * bits above. One look and one addition serve both sums of `luhnOfTwenty`.
 */
const SHARES = Int32Array.from({ length: 64 }, (_, code) => {
  const digit = code - 48;
  if (digit < 0 || digit > 9) return 1 << 28;
  return digit + ((digit < 5 ? digit * 2 : digit * 2 - 9) << 12);
});

/**
 * Twenty characters in one pass: whether they are a Luhn number, and whether the first nineteen of them are one too. Of the
 * two sums each digit is doubled in one.
 */
export function luhnOfTwenty(text: string): TwentyDigits {
  let codes = 0;
  let even = 0;
  let odd = 0;
  let last = 0;
  for (let index = 0; index < 20; index += 2) {
    const first = text.charCodeAt(index);
    last = text.charCodeAt(index + 1);
    codes |= first | last;
    even += SHARES[first & 63] ?? 0;
    odd += SHARES[last & 63] ?? 0;
  }
  // Some char code is no digit: too large for the table, or of a place in it that no digit has.
  if (codes > 63 || even >= 1 << 28 || odd >= 1 << 28) return 'unsound';
  if (((even >> 12) + (odd & 0xfff)) % 10 !== 0) return 'unsound';
  // The twentieth digit belongs to one of them only.
  const nineteen = (even & 0xfff) + (odd >> 12) - ((SHARES[last & 63] ?? 0) >> 12);
  return nineteen % 10 === 0 ? 'sound-both-ways' : 'sound';
}

/** The check digit that makes `stem` (digits only) a Luhn number. */
export function luhnCheckDigit(stem: string): string {
  const remainder = luhnRemainder(`${stem}0`);
  return String((10 - remainder) % 10);
}

/** Place of the first character that is no ASCII digit; -1: there is none. */
export function firstNonDigit(text: string): number {
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit >>> 0 > 9) return index;
  }
  return -1;
}
