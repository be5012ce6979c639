import type { Field } from '../../../shared/domain/finding';

/**
 * What a heading says: a field at once, or an identifier of which the whole heading row decides whether the old or the
 * new one is meant.
 */
export type Heading =
  { readonly kind: 'field'; readonly field: Field } | { readonly kind: 'lone'; readonly identifier: 'iccid' | 'imei' };

const OLD_WORDS = new Set(
  `old current existing original orig from present before previous prior defective faulty broken failed bad removed
   outgoing dead source active`.split(/\s+/),
);
const NEW_WORDS = new Set(`new replacement target to after spare incoming installed substitute future`.split(/\s+/));
/** Say nothing about which column it is. */
const FILLERS = new Set(
  `number numbers no nr num nbr id ids card cards value the code of digits digit name names a an s hash is`.split(
    /\s+/,
  ),
);

type Subject = 'iccid' | 'imei' | 'hardware' | 'mdn' | 'customer' | 'ratePlan' | 'ratePool' | 'effectiveDate' | 'note';

const SUBJECTS: Readonly<Record<string, Subject>> = {
  ...named('iccid', 'iccid iccids icc ccid sim sims simcard simcards simno simnumber uicc'),
  ...named('imei', 'imei imeis imeisv imeino imeinumber'),
  // Only beside "old" or "new" do these mean the IMEI; alone they may be anything.
  ...named('hardware', 'device devices hardware equipment modem handset router unit module'),
  ...named('mdn', 'mdn mdns msisdn msisdns phone telephone tel mobile cell wireless ctn tn phoneno phonenumber'),
  ...named('customer', 'customer customers client clients'),
  ...named('ratePlan', 'rateplan customerrateplan plan customerplan'),
  ...named('ratePool', 'ratepool customerratepool pool customerpool'),
  ...named('effectiveDate', 'effective effectivedate effectiveon effectivefrom'),
  ...named('note', 'note notes comment comments remark remarks memo reason'),
};

function named(subject: Subject, words: string): Record<string, Subject> {
  return Object.fromEntries(words.split(' ').map((word) => [word, subject]));
}

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
  const words = wordsOf(heading);
  const exact = FIELD_NAMES[words.join('')];
  if (exact !== undefined) return { kind: 'field', field: exact };
  const isOld = words.some((word) => OLD_WORDS.has(word));
  const isNew = words.some((word) => NEW_WORDS.has(word));
  if (isOld && isNew) return null;
  const subject = subjectOf(words.filter((word) => !OLD_WORDS.has(word) && !NEW_WORDS.has(word)));
  return subject === null ? null : headingOf(subject, isOld ? 'old' : isNew ? 'new' : null);
}

/** `newICCID`, `New_ICCID (20 digits)` and `new iccid` are the same words. Numbers and signs say nothing. */
function wordsOf(heading: string): string[] {
  return heading
    .normalize('NFKC')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

function subjectOf(words: readonly string[]): Subject | null {
  const telling = words.filter((word) => !FILLERS.has(word));
  const together = SUBJECTS[telling.join('')] ?? SUBJECTS[words.join('')];
  if (together !== undefined) return together;
  const subjects = new Set(telling.map((word) => SUBJECTS[word] ?? null));
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
