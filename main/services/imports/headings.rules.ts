import type { Field } from '../../../shared/domain/finding';
import { FILLERS, NEW_WORDS, OLD_WORDS, SUBJECTS, type Subject } from './headings.words';

/**
 * What a heading says: a field at once, or an identifier of which the whole heading row decides whether the old or the
 * new one is meant.
 */
export type Heading =
  { readonly kind: 'field'; readonly field: Field } | { readonly kind: 'lone'; readonly identifier: 'iccid' | 'imei' };

/** The names that `--map` takes, and the line's number under the names it is shown by. */
const FIELD_NAMES: Readonly<Record<string, Field>> = {
  deviceid: 'deviceId',
  lineid: 'deviceId',
  swapdeskid: 'deviceId',
  oldiccid: 'oldIccid',
  newiccid: 'newIccid',
  oldimei: 'oldImei',
  newimei: 'newImei',
};

/** What a heading means; null: nothing that is known. */
export function recogniseHeading(heading: string): Heading | null {
  return headingOfWords(wordsOf(heading));
}

/**
 * What a heading seems to mean when its words are spelled a little wrong ("Replacment SIM", "Curent ICCDI").
 * Null: it is right as it is, or like nothing that is known.
 */
export function similarHeading(heading: string): Heading | null {
  const words = wordsOf(heading);
  const mended = words.map((word) => (KNOWN_WORDS.has(word) ? word : nearestWord(word)));
  return mended.join(' ') === words.join(' ') ? null : headingOfWords(mended);
}

function headingOfWords(words: readonly string[]): Heading | null {
  const exact = FIELD_NAMES[words.join('')];
  if (exact !== undefined) return { kind: 'field', field: exact };
  const isOld = words.some((word) => OLD_WORDS.has(word));
  const isNew = words.some((word) => NEW_WORDS.has(word));
  if (isOld && isNew) return null;
  const subject = subjectOf(words.filter((word) => !OLD_WORDS.has(word) && !NEW_WORDS.has(word)));
  return subject === null ? null : headingOf(subject, isOld ? 'old' : isNew ? 'new' : null);
}

const KNOWN_WORDS: ReadonlySet<string> = new Set([...OLD_WORDS, ...NEW_WORDS, ...FILLERS, ...SUBJECTS.keys()]);
/** Shorter words are too near to too many others: "sin" is no "sim". */
const SHORTEST_MENDED = 5;

/** The one known word that is one slip of the fingers away (two in a long word), or the word itself. */
function nearestWord(word: string): string {
  if (word.length < SHORTEST_MENDED) return word;
  const most = word.length >= 8 ? 2 : 1;
  let best = most + 1;
  let found = word;
  for (const known of KNOWN_WORDS) {
    if (known.length < SHORTEST_MENDED - 1 || Math.abs(known.length - word.length) > most) continue;
    const distance = slips(word, known);
    if (distance < best) [best, found] = [distance, known];
  }
  return found;
}

/** Letters that were left out, added, exchanged for another or with their neighbour (Damerau's restricted distance). */
function slips(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      let least = Math.min(at(last, column) + 1, at(now, column - 1) + 1, at(last, column - 1) + same);
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && swapped) least = Math.min(least, at(beforeLast, column - 2) + 1);
      now.push(least);
    }
    [beforeLast, last] = [last, now];
  }
  return at(last, other.length);
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.POSITIVE_INFINITY;
}

/** `newICCID`, `New_ICCID (20 digits)` and `new iccid` are the same words. Numbers, signs and accents say nothing. */
function wordsOf(heading: string): string[] {
  return heading
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function subjectOf(words: readonly string[]): Subject | null {
  const telling = words.filter((word) => !FILLERS.has(word));
  const together = SUBJECTS.get(telling.join('')) ?? SUBJECTS.get(words.join(''));
  if (together !== undefined) return together;
  const subjects = new Set(telling.map((word) => SUBJECTS.get(word) ?? null));
  // "Device IMEI": the hardware word only says what the IMEI is of. "IMEI/ICCID" is two things, and so is nothing.
  if (subjects.size === 2 && subjects.has('imei')) subjects.delete('hardware');
  const [subject] = subjects;
  return subjects.size === 1 && subject !== undefined ? subject : null;
}

function headingOf(subject: Subject, age: 'old' | 'new' | null): Heading | null {
  switch (subject) {
    case 'iccid':
      if (age === null) return { kind: 'lone', identifier: 'iccid' };
      return { kind: 'field', field: age === 'old' ? 'oldIccid' : 'newIccid' };
    case 'imei':
      if (age === null) return { kind: 'lone', identifier: 'imei' };
      return { kind: 'field', field: age === 'old' ? 'oldImei' : 'newImei' };
    case 'hardware':
      return age === null ? null : { kind: 'field', field: age === 'old' ? 'oldImei' : 'newImei' };
    case 'mdn':
      // A swap keeps the number: a "new MDN" is not ours to change.
      return age === 'new' ? null : { kind: 'field', field: 'mdn' };
    case 'customer':
    case 'ratePlan':
    case 'ratePool':
      return age === 'old' ? null : { kind: 'field', field: subject };
    case 'effectiveDate':
    case 'note':
      return { kind: 'field', field: subject };
    default:
      return subject satisfies never;
  }
}
