import { cleanIdentifier } from './clean-identifier';
import { firstNonDigit, luhnRemainder } from './luhn';
import { fail, ok, type Result } from './result';

/**
 * The number of a CDMA device: 14 hexadecimal digits in upper case, without check digit (TIA; 3GPP2 S.R0048).
 * Made only by `parseMeid`.
 */
export type Meid = string & { readonly __meid: never };

export type MeidFault =
  | { readonly code: 'meid-missing' }
  | { readonly code: 'meid-not-hexadecimal' }
  | { readonly code: 'meid-length'; readonly length: number }
  | { readonly code: 'meid-check-digit' }
  /** Regional codes lie at A0 and above, or at 99 when all digits are decimal. */
  | { readonly code: 'meid-region' }
  /** A part of the decimal form is larger than its half of the number can be. */
  | { readonly code: 'meid-out-of-range' };

/** Reads a MEID in its hexadecimal form (14, with check digit 15) or its decimal one (18, with check digit 19). */
export function parseMeid(raw: string): Result<Meid, MeidFault> {
  const text = cleanIdentifier(raw).text.toUpperCase();
  if (text === '') return fail({ code: 'meid-missing' });
  if (text.length === 18 || text.length === 19) return parseDecimal(text);
  if (text.length !== 14 && text.length !== 15) return fail({ code: 'meid-length', length: text.length });
  if (!/^[0-9A-F]+$/.test(text)) return fail({ code: 'meid-not-hexadecimal' });
  if (text.length === 15 && hexCheckDigit(text.slice(0, 14)) !== text.charAt(14)) {
    return fail({ code: 'meid-check-digit' });
  }
  return inRegion(text.slice(0, 14));
}

function parseDecimal(text: string): Result<Meid, MeidFault> {
  if (firstNonDigit(text) !== -1) return fail({ code: 'meid-not-hexadecimal' });
  // python-stdnum: the decimal form has an ordinary Luhn digit of its own.
  if (text.length === 19 && luhnRemainder(text) !== 0) return fail({ code: 'meid-check-digit' });
  const manufacturer = BigInt(text.slice(0, 10)).toString(16).toUpperCase();
  const serial = BigInt(text.slice(10, 18)).toString(16).toUpperCase();
  if (manufacturer.length > 8 || serial.length > 6) return fail({ code: 'meid-out-of-range' });
  return inRegion(manufacturer.padStart(8, '0') + serial.padStart(6, '0'));
}

function inRegion(meid: string): Result<Meid, MeidFault> {
  const region = meid.slice(0, 2);
  // Compared as text: A0 to FF, where digits sort before letters.
  const known = region >= 'A0' || (region === '99' && firstNonDigit(meid) === -1);
  return known ? ok(meid as Meid) : fail({ code: 'meid-region' });
}

/** Luhn in base 16. A decimal MEID (region 99) has the ordinary, decimal one. */
function hexCheckDigit(stem: string): string {
  const base = firstNonDigit(stem) === -1 ? 10 : 16;
  let sum = 0;
  for (let index = 0; index < stem.length; index += 1) {
    const digit = Number.parseInt(stem.charAt(index), 16);
    // From the right of the whole number every second digit is doubled, beginning with the stem's last.
    const weighed = (stem.length - index) % 2 === 1 ? digit * 2 : digit;
    sum += Math.floor(weighed / base) + (weighed % base);
  }
  return ((base - (sum % base)) % base).toString(16).toUpperCase();
}
