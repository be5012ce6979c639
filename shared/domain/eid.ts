import { cleanIdentifier, hasZeroTail, type DamageFault, type Reading } from './clean-identifier';
import { firstNonDigit } from './luhn';
import { fail, ok, type Result } from './result';

/** The number of an eUICC: 32 digits, ISO 7064 mod 97-10 (GSMA SGP.02, SGP.29). Made only by `parseEid`. */
export type Eid = string & { readonly __eid: never };

export type EidFault =
  | { readonly code: 'eid-missing' }
  | { readonly code: 'eid-not-digits'; readonly at: number }
  | { readonly code: 'eid-length'; readonly length: number }
  /** 30 digits: the two check digits were left off. They are not made up here. */
  | { readonly code: 'eid-check-digits-missing' }
  | { readonly code: 'eid-check-digits' }
  | DamageFault;

/** EIDs of SGP.02 begin with 89; those of SGP.29 need not. */
export type EidWarning = 'eid-prefix';

/** Reads an EID as people and spreadsheets write it. Digits are never invented. */
export function parseEid(raw: string): Result<Eid, EidFault> {
  return readEid(raw).result;
}

/** Like `parseEid`, with what was repaired and what is odd. */
export function readEid(raw: string): Reading<Eid, EidFault, EidWarning> {
  const { text, repairs, damage } = cleanIdentifier(raw);
  const fault = damage === null ? faultOf(text) : { code: damage };
  if (fault !== null) return { result: fail(fault), repairs, warnings: [] };
  return { result: ok(text as Eid), repairs, warnings: text.startsWith('89') ? [] : ['eid-prefix'] };
}

function faultOf(text: string): EidFault | null {
  if (text === '') return { code: 'eid-missing' };
  const at = firstNonDigit(text);
  if (at !== -1) return { code: 'eid-not-digits', at };
  if (text.length === 30) return { code: 'eid-check-digits-missing' };
  if (text.length !== 32) return { code: 'eid-length', length: text.length };
  if (remainder97(text) === 1) return null;
  return { code: hasZeroTail(text) ? 'digits-lost' : 'eid-check-digits' };
}

/** The number modulo 97, digit by digit: what is held never exceeds 969. */
function remainder97(digits: string): number {
  let remainder = 0;
  for (let index = 0; index < digits.length; index += 1) {
    remainder = (remainder * 10 + digits.charCodeAt(index) - 48) % 97;
  }
  return remainder;
}
