import type { ImportDefaults } from '../../../../shared/contract/imports';
import { changedKinds, type ChangeType } from '../../../../shared/domain/change';
import { cleanIdentifier } from '../../../../shared/domain/clean-identifier';
import type { Field } from '../../../../shared/domain/finding';
import { readIccid } from '../../../../shared/domain/iccid';
import { readImei } from '../../../../shared/domain/imei';
import { recogniseIdentifier } from '../../../../shared/domain/recognise';

/** One line of the form, as it is typed. */
export interface FormEntry {
  /** Any number by which the line is known now. */
  readonly line: string;
  readonly newIccid: string;
  readonly newImei: string;
  readonly note: string;
}
export const EMPTY_ENTRY: FormEntry = { line: '', newIccid: '', newImei: '', note: '' };

type LineField = Extract<Field, 'oldIccid' | 'oldImei' | 'mdn' | 'deviceId'>;

/** Which field a line's number is, by its form; what has the form of none goes where the rules can say what is wrong. */
export function lineFieldOf(text: string): LineField {
  switch (recogniseIdentifier(text)) {
    case 'iccid':
      return 'oldIccid';
    case 'imei':
    case 'meid':
      return 'oldImei';
    case 'mdn':
      return 'mdn';
    case 'eid':
    case 'imsi':
    case null:
      break;
  }
  const { length } = cleanIdentifier(text).text;
  if (length >= 17) return 'oldIccid';
  if (length >= 13) return 'oldImei';
  return length >= 10 ? 'mdn' : 'deviceId';
}

export const LINE_FIELD_WORDS: Readonly<Record<LineField, string>> = {
  oldIccid: 'ICCID',
  oldImei: 'IMEI',
  mdn: 'MDN',
  deviceId: 'line number',
};

/** What is odd about a new number while it is typed, in a few words; null: nothing. The draft tells all of it. */
export function newHint(kind: 'iccid' | 'imei', text: string): string | null {
  if (text.trim() === '') return null;
  const reading = kind === 'iccid' ? readIccid(text) : readImei(text);
  if (!reading.result.ok) {
    const other = recogniseIdentifier(text);
    if (other !== null && other !== kind)
      return `this is ${other === 'imei' ? 'an IMEI' : `the ${other.toUpperCase()}`}`;
    return faultWords(reading.result.error, kind);
  }
  return reading.warnings.includes('iccid-check-digit' as never) ? 'check digit is odd: compare it' : null;
}

function faultWords(fault: { readonly code: string; readonly length?: number }, kind: 'iccid' | 'imei'): string {
  if (fault.code.endsWith('-length')) {
    return `${fault.length} digits; ${kind === 'iccid' ? '19 or 20' : '15 or 16'} are needed`;
  }
  if (fault.code.endsWith('check-digit')) return 'check digit is wrong';
  if (fault.code.endsWith('check-digit-missing')) return 'check digit is missing';
  if (fault.code === 'digits-lost' || fault.code === 'scientific-notation') return 'digits are lost';
  return 'digits only';
}

export function isEmpty(entry: FormEntry): boolean {
  return Object.values(entry).every((text: string) => text.trim() === '');
}

/** The rows of a draft; entries without anything are left out. */
export function rowsOf(
  entries: readonly FormEntry[],
  changeType: ChangeType,
  extras: ImportDefaults,
): Partial<Record<Field, string>>[] {
  const kinds = changedKinds(changeType);
  return entries
    .filter((entry) => !isEmpty(entry))
    .map((entry) => {
      const cells: Partial<Record<Field, string>> = {};
      const put = (field: Field, text: string | null): void => {
        if (text !== null && text.trim() !== '') cells[field] = text.trim();
      };
      put(lineFieldOf(entry.line), entry.line);
      if (kinds.includes('iccid')) put('newIccid', entry.newIccid);
      if (kinds.includes('imei')) put('newImei', entry.newImei);
      put('note', entry.note);
      put('customer', extras.customer);
      put('ratePlan', extras.ratePlan);
      put('ratePool', extras.ratePool);
      put('effectiveDate', extras.effectiveDate);
      return cells;
    });
}
