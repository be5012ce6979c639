import { cleanIdentifier, type DamageFault, type Reading } from './clean-identifier';
import { firstNonDigit, luhnRemainder } from './luhn';
import { fail, ok, type Result } from './result';

/** The number of a device: 15 digits, or 16 as IMEISV (3GPP TS 23.003). Made only by `parseImei`. */
export type Imei = string & { readonly __imei: never };

export type ImeiFault =
  | { readonly code: 'imei-missing' }
  | { readonly code: 'imei-not-digits'; readonly at: number }
  | { readonly code: 'imei-length'; readonly length: number }
  /** 14 digits: the check digit was left off. It is not made up here. */
  | { readonly code: 'imei-check-digit-missing' }
  | { readonly code: 'imei-check-digit' }
  /** The same digit throughout: no device has it. Fifteen zeros pass the check digit. */
  | { readonly code: 'imei-placeholder' }
  | DamageFault;

/** 16 digits end in the software version instead of a check digit: typing errors can't be seen. */
export type ImeiWarning = 'imei-software-version';

/** Reads an IMEI or IMEISV as people and spreadsheets write it. Digits are never invented. */
export function parseImei(raw: string): Result<Imei, ImeiFault> {
  return readImei(raw).result;
}

/** Like `parseImei`, with what was repaired and what is odd. */
export function readImei(raw: string): Reading<Imei, ImeiFault, ImeiWarning> {
  // The usual case first: one pass, and done.
  if (raw.length === 15 && luhnRemainder(raw) === 0 && !isOneDigit(raw)) {
    return { result: ok(raw as Imei), repairs: NOTHING, warnings: NOTHING };
  }
  const { text, repairs, damage } = cleanIdentifier(raw);
  const fault = damage === null ? faultOf(text) : { code: damage };
  if (fault !== null) return { result: fail(fault), repairs, warnings: [] };
  return { result: ok(text as Imei), repairs, warnings: text.length === 16 ? ['imei-software-version'] : [] };
}

function faultOf(text: string): ImeiFault | null {
  if (text.length === 15) {
    const remainder = luhnRemainder(text);
    if (remainder === 0) return isOneDigit(text) ? { code: 'imei-placeholder' } : null;
    if (remainder > 0) return { code: 'imei-check-digit' };
  }
  if (text === '') return { code: 'imei-missing' };
  const at = firstNonDigit(text);
  if (at !== -1) return { code: 'imei-not-digits', at };
  if (text.length === 14) return { code: 'imei-check-digit-missing' };
  if (text.length !== 16) return { code: 'imei-length', length: text.length };
  return isOneDigit(text) ? { code: 'imei-placeholder' } : null;
}

const NOTHING: readonly never[] = [];

function isOneDigit(text: string): boolean {
  for (let index = 1; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== text.charCodeAt(0)) return false;
  }
  return true;
}
