import { cleanIdentifier, type DamageFault, type Reading, type Repair } from './clean-identifier';
import { firstNonDigit } from './luhn';
import { fail, ok, type Result } from './result';

/** A telephone number of the North American plan, 10 digits without the country code. Made only by `parseMdn`. */
export type Mdn = string & { readonly __mdn: never };

export type MdnFault =
  | { readonly code: 'mdn-missing' }
  | { readonly code: 'mdn-not-digits'; readonly at: number }
  | { readonly code: 'mdn-length'; readonly length: number }
  /** Area code and exchange begin with 2 to 9 (NXX-NXX-XXXX). */
  | { readonly code: 'mdn-pattern' }
  | DamageFault;

/** Reads an MDN, or an MSISDN with its country code 1, as people write it. Digits are never invented. */
export function parseMdn(raw: string): Result<Mdn, MdnFault> {
  return readMdn(raw).result;
}

/** Like `parseMdn`, with what was repaired. */
export function readMdn(raw: string): Reading<Mdn, MdnFault, never> {
  const cleaned = cleanIdentifier(raw);
  const { text, repairs } = withoutDialling(cleaned.text, cleaned.repairs);
  const fault = cleaned.damage === null ? faultOf(text) : { code: cleaned.damage };
  if (fault !== null) return { result: fail(fault), repairs, warnings: [] };
  return { result: ok(text as Mdn), repairs, warnings: [] };
}

const DIALLING = /[()+]/g;
// Two dots are separators to cleanIdentifier already; one is, too, where nothing with decimals can be meant.
const ONE_DOT = /^(\d{3,6})\.(\d{4,7})$/;

/** Takes off parentheses, plus and the country code: `+1 (512) 555-0143`. */
function withoutDialling(
  cleaned: string,
  before: readonly Repair[],
): { readonly text: string; readonly repairs: readonly Repair[] } {
  const repairs = new Set(before);
  const bare = cleaned.replace(DIALLING, '').replace(ONE_DOT, '$1$2');
  if (bare !== cleaned) repairs.add('repaired-separators');
  if (bare.length !== 11 || !bare.startsWith('1')) return { text: bare, repairs: [...repairs] };
  repairs.add('repaired-country-code');
  return { text: bare.slice(1), repairs: [...repairs] };
}

function faultOf(text: string): MdnFault | null {
  if (text === '') return { code: 'mdn-missing' };
  const at = firstNonDigit(text);
  if (at !== -1) return { code: 'mdn-not-digits', at };
  if (text.length !== 10) return { code: 'mdn-length', length: text.length };
  return text.charCodeAt(0) < 50 || text.charCodeAt(3) < 50 ? { code: 'mdn-pattern' } : null;
}
