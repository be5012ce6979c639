import { cleanIdentifier, hasZeroTail, looksLikeFloat, type DamageFault, type Reading } from './clean-identifier';
import { firstNonDigit, luhnOfTwenty, luhnRemainder } from './luhn';
import { fail, ok, type Result } from './result';

/** The number of a SIM: 19 or 20 digits (ITU-T E.118; 10 octets in EF_ICCID). Made only by `parseIccid`. */
export type Iccid = string & { readonly __iccid: never };

export type IccidFault =
  | { readonly code: 'iccid-missing' }
  | { readonly code: 'iccid-not-digits'; readonly at: number }
  | { readonly code: 'iccid-length'; readonly length: number }
  /** 18 digits: the check digit was left off. It is not made up here. */
  | { readonly code: 'iccid-check-digit-missing' }
  /** As it lies in the SIM's file: the two digits of each octet exchanged. */
  | { readonly code: 'iccid-nibbles-swapped' }
  | DamageFault;

/**
 * Odd, but no reason to refuse: Verizon's own samples hold ICCIDs that fail the check digit or don't begin with 89.
 * `iccid-ambiguous`: 20 digits of which the first 19 are a whole number too, so that the last digit may be surplus.
 * `digits-doubtful`: sound by its check digit, and yet what a floating-point number would print.
 */
export type IccidWarning = 'iccid-check-digit' | 'iccid-prefix' | 'iccid-ambiguous' | 'digits-doubtful';

/** Reads an ICCID as people and spreadsheets write it. Digits are never invented. */
export function parseIccid(raw: string): Result<Iccid, IccidFault> {
  return readIccid(raw).result;
}

/** Like `parseIccid`, with what was repaired and what is odd. */
export function readIccid(raw: string): Reading<Iccid, IccidFault, IccidWarning> {
  // The usual case first: one pass, and done.
  if (raw.length === 20 && begins89(raw)) {
    const found = luhnOfTwenty(raw);
    if (found !== 'unsound' && !looksLikeFloat(raw)) {
      return { result: ok(raw as Iccid), repairs: NOTHING, warnings: found === 'sound' ? NOTHING : AMBIGUOUS };
    }
  } else if (isWhole(raw) && !looksLikeFloat(raw)) {
    return { result: ok(raw as Iccid), repairs: NOTHING, warnings: NOTHING };
  }
  const { text, repairs, damage } = cleanIdentifier(raw);
  const fault = damage === null ? faultOf(text) : { code: damage };
  if (fault !== null) return { result: fail(fault), repairs, warnings: [] };
  const warnings = warningsOf(text);
  // No digit of a number that was rounded can be trusted. Zeros at the end refuse it even when the check digit happens to
  // be right, as it is for Verizon's sample 89148000000842590078 in JavaScript; other forms only when it is wrong.
  const lost = hasZeroTail(text) || (warnings.includes('iccid-check-digit') && looksLikeFloat(text));
  if (lost) return { result: fail({ code: 'digits-lost' }), repairs, warnings: [] };
  return { result: ok(text as Iccid), repairs, warnings };
}

function faultOf(text: string): IccidFault | null {
  if (text === '') return { code: 'iccid-missing' };
  const at = firstNonDigit(text);
  if (text.startsWith('98') && isWhole(unswap(text))) return { code: 'iccid-nibbles-swapped' };
  if (at !== -1) return { code: 'iccid-not-digits', at };
  if (text.length === 18) return { code: 'iccid-check-digit-missing' };
  if (text.length < 19 || text.length > 20) return { code: 'iccid-length', length: text.length };
  return null;
}

function warningsOf(text: string): IccidWarning[] {
  const warnings: IccidWarning[] = [];
  const whole = luhnRemainder(text) === 0;
  if (!whole) warnings.push('iccid-check-digit');
  // The check digit may stand in place 19, with a surplus digit behind it; one sound number in ten looks so by chance.
  if (isAmbiguous(text)) warnings.push('iccid-ambiguous');
  if (!text.startsWith('89')) warnings.push('iccid-prefix');
  if (whole && looksLikeFloat(text)) warnings.push('digits-doubtful');
  return warnings;
}

/** The digits of EF_ICCID in reading order, without the filler F; empty when the text can't be that. */
function unswap(text: string): string {
  if (text.length !== 20) return '';
  return text.replace(/(.)(.)/g, '$2$1').replace(/[fF]$/, '');
}

function isWhole(text: string): boolean {
  return (text.length === 19 || text.length === 20) && begins89(text) && luhnRemainder(text) === 0;
}

/** By its codes: `startsWith` takes as long as the check digit. */
function begins89(text: string): boolean {
  return text.charCodeAt(0) === 56 && text.charCodeAt(1) === 57;
}

function isAmbiguous(text: string): boolean {
  return text.length === 20 && luhnRemainder(text, 19) === 0;
}

const NOTHING: readonly never[] = [];
const AMBIGUOUS: readonly IccidWarning[] = ['iccid-ambiguous'];
