import type { Candidate, Field, Finding, FindingData, FindingLevel } from './finding';
import type { Role } from './permission';

/** What is always true of a finding's code. Scripts may rely on codes and levels. */
export interface FindingRule {
  readonly level: FindingLevel;
  /** What is wrong and why it matters, as a sentence for the person at the list. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  /** The least role that may let the row pass in spite of it, with a reason; null: nobody can. */
  readonly overridable: Role | null;
  /** Whose rule it is: the standard, the carrier's page, or Swapdesk's own promise. */
  readonly source: string;
}

type Unsourced = Omit<FindingRule, 'source'>;

const rule = (level: FindingLevel, meaning: string, remedy: string, overridable: Role | null = null): Unsourced => ({
  level,
  meaning,
  remedy,
  overridable,
});
const error = (meaning: string, remedy: string): Unsourced => rule('error', meaning, remedy);
const warning = (meaning: string, remedy: string): Unsourced => rule('warning', meaning, remedy, 'operator');
const info = (meaning: string, remedy: string): Unsourced => rule('info', meaning, remedy);

function from<Code extends string>(
  source: string,
  rules: Readonly<Record<Code, Unsourced>>,
): Readonly<Record<Code, FindingRule>> {
  const sourced = Object.entries<Unsourced>(rules).map(([code, one]) => [code, { ...one, source }]);
  return Object.fromEntries(sourced) as Record<Code, FindingRule>;
}

const READ_AGAIN = 'Read it from the card, the label or the order again, and correct the cell.';
const EXPORT_AS_TEXT =
  'Format the column as text before the numbers are entered, or take the file from where they came from. The lost digits cannot be computed.';

const DAMAGE = from('Swapdesk: a digit that is not in the file is never made up (Microsoft KB 269370)', {
  'scientific-notation': error(
    'A spreadsheet has written the number as a power of ten; its digits are gone',
    EXPORT_AS_TEXT,
  ),
  'digits-lost': error('A spreadsheet or a program has replaced the last digits of the number', EXPORT_AS_TEXT),
  'digits-doubtful': warning(
    'The number looks as if a program had rounded it, though its check digit is right',
    'Compare it with the card or the order before you accept it.',
  ),
  'wrong-kind': error(
    'The cell holds another kind of identifier than its column is for',
    'Check whether two columns were exchanged, and map them with --map or correct the headings.',
  ),
  'quotes-malformed': error(
    'A quotation mark stands where none belongs, so it is unclear where the cell ends',
    'Remove the mark, or write it twice inside a quoted cell.',
  ),
  'too-many-cells': error(
    'The row has more cells than the heading has columns, so it is unclear which cell is which',
    'Remove the surplus separator, or put the cell that contains it in quotation marks.',
  ),
  'heading-repeated': error('The heading stands a second time among the rows', 'Remove the row.'),
  'new-value-ignored': warning(
    'The row names a new identifier that this type of change does not touch',
    'Import with the type that changes both, or clear the cell.',
  ),
});

const REPAIRS = from('Swapdesk: only what changes no digit is repaired', {
  'repaired-spaces': info('Spaces were removed from the number', 'Nothing to do.'),
  'repaired-invisible': info('Invisible characters were removed from the number', 'Nothing to do.'),
  'repaired-full-width': info('Full-width characters were turned into plain ones', 'Nothing to do.'),
  'repaired-formula': info('The number was taken out of a spreadsheet formula', 'Nothing to do.'),
  'repaired-apostrophe': info('A leading apostrophe was removed', 'Nothing to do.'),
  'repaired-quotes': info('Quotation marks around the number were removed', 'Nothing to do.'),
  'repaired-separators': info('Dashes, dots or commas between the digits were removed', 'Nothing to do.'),
  'repaired-decimal': info('Decimals without a value were removed; all digits are there', 'Nothing to do.'),
  'repaired-padding': info('The filler F at place 20 was removed', 'Nothing to do.'),
  'repaired-label': info('The name of the number, or a scanner’s mark, was removed in front of it', 'Nothing to do.'),
  'repaired-software-version': info(
    'The two digits of the software version behind the slash were removed; the check digit of the rest is right',
    'Nothing to do.',
  ),
  'repaired-country-code': info('The country code 1 was removed from the telephone number', 'Nothing to do.'),
});

const ICCIDS = from('ITU-T E.118; ETSI TS 102 221 (EF_ICCID)', {
  'iccid-missing': error('The ICCID is missing', 'Fill in the ICCID.'),
  'iccid-length': error('An ICCID has 19 or 20 digits', READ_AGAIN),
  'iccid-not-digits': error('An ICCID has digits only; letters are not taken for digits', READ_AGAIN),
  'iccid-check-digit-missing': error('The ICCID has 18 digits: its check digit is missing', READ_AGAIN),
  'iccid-nibbles-swapped': error(
    'The ICCID stands as it lies in the memory of the card, with each pair of digits exchanged',
    'Export it from the reader in the printed form, beginning with 89.',
  ),
  'iccid-check-digit': warning(
    'The last digit of the ICCID does not fit the others; some genuine cards are like that, most are typing errors',
    'Compare it with the card before you accept it.',
  ),
  'iccid-prefix': warning('An ICCID normally begins with 89', 'Compare it with the card before you accept it.'),
  'iccid-ambiguous': info(
    'The check digit would fit the first 19 digits: the last digit may be surplus',
    'Compare the number of digits with the card.',
  ),
});

const IMEIS = from('3GPP TS 23.003, annex B', {
  'imei-missing': error('The IMEI is missing', 'Fill in the IMEI.'),
  'imei-length': error('An IMEI has 15 digits, an IMEISV 16', READ_AGAIN),
  'imei-not-digits': error('An IMEI has digits only; letters are not taken for digits', READ_AGAIN),
  'imei-check-digit-missing': error('The IMEI has 14 digits: its check digit is missing', READ_AGAIN),
  'imei-check-digit': error('The last digit of the IMEI does not fit the others, so one of them is wrong', READ_AGAIN),
  'imei-placeholder': error('The IMEI is a filler that no device has', READ_AGAIN),
  'imei-software-version': warning(
    'The IMEI has 16 digits: it ends in the software version and has no check digit',
    'Use the 15 digits of the label where you can; else compare every digit.',
  ),
});

const EIDS = from('GSMA SGP.02 and SGP.29; ISO 7064 mod 97-10', {
  'eid-missing': error('The EID is missing', 'Fill in the EID.'),
  'eid-length': error('An EID has 32 digits', READ_AGAIN),
  'eid-not-digits': error('An EID has digits only', READ_AGAIN),
  'eid-check-digits-missing': error('The EID has 30 digits: its check digits are missing', READ_AGAIN),
  'eid-check-digits': error('The last two digits of the EID do not fit the others', READ_AGAIN),
  'eid-prefix': warning('An EID normally begins with 89', 'Compare it with the device before you accept it.'),
});

const NUMBERS = from('North American Numbering Plan', {
  'mdn-missing': error('The telephone number is missing', 'Fill in the 10 digits of the MDN.'),
  'mdn-length': error('An MDN has 10 digits', READ_AGAIN),
  'mdn-not-digits': error('An MDN has digits only', READ_AGAIN),
  'mdn-pattern': error('Area code and exchange of an MDN begin with 2 to 9', READ_AGAIN),
  'device-id-invalid': error('The line number is no whole number', 'Use the number that Swapdesk shows for the line.'),
});

const LINES = from('Verizon ThingSpace: Change Device Identifier, Service Provisioning Rules', {
  'old-missing': error(
    'The row does not say which line it means',
    'Fill in the current ICCID, the current IMEI, the MDN or the line number.',
  ),
  'new-missing': error('The new identifier is missing', 'Fill it in, or leave the row out.'),
  'line-unknown': error(
    'No line of this service provider that you may see has this identifier',
    'Check the identifier and the service provider; if the line is new, refresh the local copy with sync.',
  ),
  'line-ambiguous': error(
    'More than one line has this identifier',
    'Name the line by its ICCID or by its line number.',
  ),
  'line-not-active': error(
    'The line is not active, and the carrier changes active lines only',
    'Restore or activate the line first.',
  ),
  'line-no-mdn': error(
    'The line has no telephone number, and the carrier changes only lines that have one',
    'Wait until activation has ended, then refresh the local copy.',
  ),
  'current-pair-differs': error(
    'The current identifiers in the row do not belong to one line',
    'Compare them with the line as shown; correct the cell that is wrong.',
  ),
  'pairs-shifted': error(
    'The identifiers of this row belong to the row beside it: the list has slipped',
    'Go to the row where it begins, find the missing or surplus cell, and move the column back.',
  ),
  'nothing-to-do': error('The line has the new identifier already', 'Leave the row out.'),
  'target-in-use': error(
    'The new identifier is on another line, and the carrier refuses what it knows already',
    'Use another card or device, or free this one first.',
  ),
  'target-other-provider': error(
    'The new identifier is on a line of another service provider',
    'Use another card or device.',
  ),
  'target-deactivated': warning(
    'The new identifier is on a deactivated line that the carrier still keeps: that line is deleted there first, and its history and number are gone for good',
    'Make sure that nobody needs the deactivated line, then accept the row; the plan shows the deletion before the change.',
  ),
  'target-deactivated-twice': error(
    'The new ICCID and the new IMEI are on two deactivated lines, and a change deletes one line only',
    'Have one of the two lines deleted at the carrier, or change ICCID and IMEI one after the other.',
  ),
  'line-in-open-change': error(
    'Another change of this line has not ended yet',
    'Wait until it has ended, or cancel it.',
  ),
  'target-in-open-change': error(
    'Another change that has not ended yet gives the new identifier to a line',
    'Wait until it has ended, or use another card or device.',
  ),
  'actions-today': warning(
    'The line was changed so often today that the carrier may refuse more: most accounts have 5 provisioning actions a line and day',
    'Send the row tomorrow, or accept it if your account has a higher limit.',
  ),
  'mirror-stale': warning(
    'The local copy of the lines is older than it may be for a verdict that can be relied on',
    'Run sync, then have the draft checked again.',
  ),
  'mirror-empty': info(
    'The local copy of the lines is empty: only the form of the file was checked',
    'Sign in, run sync, and import the file again.',
  ),
});

const FILE = from('Swapdesk: one line and one identifier once in a list; what is freed goes first', {
  'duplicate-old': error('The same line stands in the list more than once', 'Keep one of the rows.'),
  'duplicate-new': error('The same new identifier stands in the list more than once', 'Keep it in the row it is for.'),
  'same-line-twice': error('Two rows name the same line in different ways', 'Keep one of the rows.'),
  chain: info(
    'The new identifier is still on a line that another row of the list changes: this row is sent when that one is processed',
    'Nothing to do. If the row before it is not sent or fails, this one is not sent either.',
  ),
  'chain-open': info(
    'The new identifier is still on a line that an open change takes it from: this row is sent when that one is processed',
    'Nothing to do. If the row before it is not sent or fails, this one is not sent either.',
  ),
  cycle: error(
    'These rows exchange identifiers in a circle; the carrier can begin with none of them',
    'Give one of the lines a spare card or device in this list, send it, and give it its new one in a second list; or exchange the cards by hand, where the carrier pairs them by itself.',
  ),
});

const ASSIGNMENTS = from('The central database: customers, rate plans and pools of the service provider', {
  'customer-unknown': error('The service provider has no such customer', 'Check the spelling, or have it added.'),
  'rate-plan-unknown': error('The service provider has no such rate plan', 'Check the spelling, or have it added.'),
  'rate-pool-unknown': error('The service provider has no such rate pool', 'Check the spelling, or have it added.'),
  'rate-plan-other-customer': warning(
    'Only lines of other customers have this rate plan',
    'Choose a rate plan of the customer, name the customer that the line moves to, or accept it as the first.',
  ),
  'rate-pool-other-customer': warning(
    'Only lines of other customers have this rate pool',
    'Choose a rate pool of the customer, name the customer that the line moves to, or accept it as the first.',
  ),
  'effective-date-alone': warning(
    'The row names an effective date but no customer, rate plan or pool that it could apply to',
    'Name what becomes effective, or clear the date.',
  ),
  'effective-date-past': warning(
    'The effective date has passed: customer, plan and pool apply at once, as if from that day',
    'Check the date before you accept it.',
  ),
  'effective-date-far': warning('The effective date is more than a year away', 'Check the year before you accept it.'),
  'effective-date-invalid': error(
    'The effective date cannot be read beyond doubt',
    'Write it as year-month-day, such as 2026-12-01.',
  ),
});

/** Every finding there is: one table for command line, window, report and scripts. */
export const FINDING_CATALOGUE = {
  ...DAMAGE,
  ...REPAIRS,
  ...ICCIDS,
  ...IMEIS,
  ...EIDS,
  ...NUMBERS,
  ...LINES,
  ...FILE,
  ...ASSIGNMENTS,
} as const satisfies Readonly<Record<string, FindingRule>>;

export type FindingCode = keyof typeof FINDING_CATALOGUE;

/** The rule of a code that came from a database or a file; undefined when this version does not know it. */
export function findingRule(code: string): FindingRule | undefined {
  return Object.hasOwn(FINDING_CATALOGUE, code) ? FINDING_CATALOGUE[code as FindingCode] : undefined;
}

const SEEN_LENGTH = 80;

interface FindingDetails {
  readonly seen?: string;
  readonly message?: string;
  readonly evidence?: string;
  readonly data?: FindingData;
  readonly candidates?: readonly Candidate[];
}

/** A finding of one row, its level taken from the table. */
export function makeFinding(code: FindingCode, field: Field | null, details: FindingDetails = {}): Finding {
  const { level, meaning } = FINDING_CATALOGUE[code];
  const { seen, message, evidence, data, candidates } = details;
  return {
    code,
    level,
    field,
    ...(seen === undefined ? {} : { seen: seen.length > SEEN_LENGTH ? `${seen.slice(0, SEEN_LENGTH - 1)}…` : seen }),
    message: message ?? meaning,
    ...(evidence === undefined ? {} : { evidence }),
    ...(data === undefined ? {} : { data }),
    ...(candidates === undefined ? {} : { candidates: [...candidates] }),
  };
}
