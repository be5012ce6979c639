import { firstNonDigit, luhnRemainder } from './luhn';
import type { Result } from './result';

/** What was put right in an identifier, each provably without inventing a digit. */
export type Repair =
  | 'repaired-spaces'
  | 'repaired-invisible'
  | 'repaired-full-width'
  | 'repaired-formula'
  | 'repaired-apostrophe'
  | 'repaired-quotes'
  | 'repaired-separators'
  | 'repaired-decimal'
  | 'repaired-padding'
  | 'repaired-label'
  | 'repaired-software-version'
  | 'repaired-country-code';

/** Digits are gone and nothing in the text can bring them back. */
export type Damage = 'scientific-notation' | 'digits-lost';
export interface DamageFault {
  readonly code: Damage;
}

export interface Cleaned {
  readonly text: string;
  readonly repairs: readonly Repair[];
  readonly damage: Damage | null;
}

/** What reading an identifier gives: the identifier or why not, what was repaired, and what is odd about it. */
export interface Reading<T, Fault, Warning> {
  readonly result: Result<T, Fault>;
  readonly repairs: readonly Repair[];
  readonly warnings: readonly Warning[];
}

/** Digits that a spreadsheet keeps of a number (Microsoft KB 269370). */
const SPREADSHEET_DIGITS = 15;
/** Shorter texts may end in zeros by themselves: a 16-digit IMEISV has no check digit and often does. */
const SHORTEST_WITH_LOST_TAIL = 18;

// Zero-width and direction marks, soft hyphen, byte order mark: neither trim() nor \s knows them all.
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
const ODD_SPACE = /[^\S ]/;
const QUOTES = /^["“”„«‹]+|["“”»›]+$/g;
const APOSTROPHE = /^['‘’`´]/;
const FORMULA = /^=\s*"([^"]*)"$|^=\s*([^"=]+)$/;
const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d*)?\s*[eE]\s*[+-]?\d{1,3}$/;
const ZERO_DECIMALS = /^(\d+)[.,]0{1,6}$/;
// `]C1` and the like: a scanner may be set to name the symbology first (ISO/IEC 15424).
const SCANNER_MARK = /^\][A-Za-z]\d/;
// Labels of cards and devices, as they are copied along. A number behind the name must be set off from the digits.
const LABEL =
  /^(?:ICCID|IMEISV|IMEI|MEID|EID|SIM|MDN|MSISDN|TEL|PHONE|S\/N)(?:\s?\d)?\s*(?:NO\.?|NUMBER|#)?\s*[:=#]\s*/i;
// `*#06#` shows "352099001761481 / 23": the check digit proves where the IMEI ends.
const GLUED_VERSION = /^(\d[\d -]{13,18}\d)\s*\/\s*(?:SV\s*:?\s*)?\d{2}$/i;
const DASHES = /[\u2010-\u2015\u2212_-]/g;
const GROUPED = /^\d{1,3}(?:,\d{3})+$/;
const PADDED_ICCID = /^(\d{19})[fF]$/;

/** Shared by all sound identifiers: a million of them are read at a time. */
const NO_REPAIRS: readonly Repair[] = [];

/**
 * Takes wrappings and separators off an identifier as spreadsheets, scanners and mail programs leave them, and says what
 * it took. It never adds, changes or drops a digit. Text that has lost digits is told by `damage`, and must be refused.
 * Letters that merely look like digits (O, l) and digits of other scripts stay, and fail as "not digits".
 */
export function cleanIdentifier(raw: string): Cleaned {
  if (firstNonDigit(raw) === -1) return { text: raw, repairs: NO_REPAIRS, damage: null };
  const repairs = new Set<Repair>();
  let text = asciiOf(raw, repairs);
  text = unlabelled(unwrap(text, repairs), repairs);
  if (SCIENTIFIC.test(text)) return { text, repairs: [...repairs], damage: 'scientific-notation' };
  const whole = ZERO_DECIMALS.exec(text)?.[1];
  if (whole !== undefined) {
    // "490154203237518.0": the text went through a floating-point number, which holds 15 digits exactly and no more.
    if (whole.length > SPREADSHEET_DIGITS) return { text, repairs: [...repairs], damage: 'digits-lost' };
    repairs.add('repaired-decimal');
    text = whole;
  }
  text = unseparated(text, repairs);
  const unpadded = PADDED_ICCID.exec(text)?.[1];
  if (unpadded !== undefined) {
    // EF_ICCID holds 20 half-octets: a 19-digit number is filled up with F (ETSI TS 102 221).
    repairs.add('repaired-padding');
    text = unpadded;
  }
  return { text, repairs: [...repairs], damage: null };
}

/**
 * Full-width forms become ASCII, invisible characters go. Not NFKC as a whole: that would turn superscripts and
 * circled figures into digits which nobody wrote as such.
 */
function asciiOf(raw: string, repairs: Set<Repair>): string {
  let text = raw;
  if (/[\uff01-\uff5e]/.test(text)) {
    text = text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
    repairs.add('repaired-full-width');
  }
  const visible = text.replace(INVISIBLE, '');
  if (visible !== text) repairs.add('repaired-invisible');
  if (ODD_SPACE.test(visible)) repairs.add('repaired-spaces');
  return visible.replace(/[^\S ]/g, ' ').trim();
}

function unwrap(wrapped: string, repairs: Set<Repair>): string {
  let text = wrapped;
  for (;;) {
    const formula = FORMULA.exec(text);
    let inner = (formula?.[1] ?? formula?.[2])?.trim();
    if (inner !== undefined) repairs.add('repaired-formula');
    else if (APOSTROPHE.test(text)) {
      inner = text.replace(APOSTROPHE, '').trim();
      repairs.add('repaired-apostrophe');
    } else {
      const unquoted = text.replace(QUOTES, '').trim();
      if (unquoted === text) return text;
      inner = unquoted;
      repairs.add('repaired-quotes');
    }
    text = inner;
  }
}

function unlabelled(labelled: string, repairs: Set<Repair>): string {
  let text = labelled.replace(SCANNER_MARK, '').replace(LABEL, '').trim();
  if (text !== labelled) repairs.add('repaired-label');
  const imei = GLUED_VERSION.exec(text)?.[1];
  if (imei !== undefined && luhnRemainder(imei.replace(/[ -]/g, '')) === 0 && imei.replace(/[ -]/g, '').length === 15) {
    repairs.add('repaired-software-version');
    text = imei;
  }
  return text;
}

function unseparated(separated: string, repairs: Set<Repair>): string {
  let text = separated;
  // One dot or comma could be a decimal sign; several, or groups of three, can't.
  if (text.split('.').length > 2) text = text.replaceAll('.', '');
  if (GROUPED.test(text)) text = text.replaceAll(',', '');
  text = text.replace(DASHES, '');
  if (text !== separated) repairs.add('repaired-separators');
  const joined = text.replaceAll(' ', '');
  if (joined !== text) repairs.add('repaired-spaces');
  return joined;
}

/**
 * Whether a text of digits is what a spreadsheet leaves of a long number: everything after the 15th digit is zero. Of
 * a hundred thousand sound ICCIDs one ends so too.
 */
export function hasZeroTail(digits: string): boolean {
  if (digits.length < SHORTEST_WITH_LOST_TAIL) return false;
  for (let index = digits.length - 1; index >= SPREADSHEET_DIGITS; index -= 1) {
    if (digits.charCodeAt(index) !== 48) return false;
  }
  return true;
}

/**
 * Whether a text of digits is exactly what a program prints after it kept a long identifier as a floating-point number:
 * the shortest form (JavaScript: `89148000000842600000`) or the exact one (Python, .NET: `89148000000842596352`).
 * One in some thousand sound numbers looks like that too, so this alone proves nothing. The number made here is only
 * compared, never kept.
 */
export function looksLikeFloat(digits: string): boolean {
  if (digits.length <= SPREADSHEET_DIGITS + 2 || !endsLikeFloat(digits) || firstNonDigit(digits) !== -1) return false;
  const float = Number(digits);
  return String(float) === digits || BigInt(float) === BigInt(digits);
}

/**
 * Decides nearly all texts without making the number. Of 18 digits and more, floating-point numbers lie at least 16 apart
 * (of 19 digits 128, of 20 digits 2,048), so their exact form is a multiple of that, which the last digits tell; the
 * shortest form has 17 digits and zeros behind them.
 */
function endsLikeFloat(digits: string): boolean {
  const { length } = digits;
  if (length > 19) {
    // 512 and 1,000 are multiples of 8, and so is what the codes of three digits have too much: nearly all end here.
    const codes =
      digits.charCodeAt(length - 3) * 100 + digits.charCodeAt(length - 2) * 10 + digits.charCodeAt(length - 1);
    if (codes % 8 !== 0) return false;
  }
  let tail = 0;
  for (let index = length - (length > 19 ? 9 : length > 18 ? 7 : 4); index < length; index += 1) {
    tail = tail * 10 + digits.charCodeAt(index) - 48;
  }
  // 1,000,000,000 is a multiple of 512, not of 2,048.
  if (length > 19) return tail % 512 === 0 || tail % 1_000 === 0;
  return length > 18 ? tail % 128 === 0 || tail % 100 === 0 : tail % 16 === 0 || tail % 10 === 0;
}
