import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import type { Reading } from '../../../shared/domain/clean-identifier';
import { cleanIdentifier } from '../../../shared/domain/clean-identifier';
import { fieldSchema, type Field, type Finding } from '../../../shared/domain/finding';
import { makeFinding, type FindingCode } from '../../../shared/domain/finding-catalogue';
import { readIccid } from '../../../shared/domain/iccid';
import { readImei } from '../../../shared/domain/imei';
import { readMdn } from '../../../shared/domain/mdn';
import { recogniseIdentifier, type IdentifierKind } from '../../../shared/domain/recognise';
import type { Columns } from './columns.rules';
import type { SourceRow } from './csv-reader';
import { readEffectiveDate } from './effective-date.rules';

export type LineField = 'deviceId' | 'oldIccid' | 'oldImei' | 'mdn';
export const LINE_FIELDS: readonly LineField[] = ['deviceId', 'oldIccid', 'oldImei', 'mdn'];
export type NewField = 'newIccid' | 'newImei';

/** What a row says, before the lines are looked at. */
export interface FormRow {
  readonly row: number;
  readonly line: number;
  readonly deviceId: number | null;
  /** Cleaned, or as it stands where it can't be read; null: the cell is empty or there is no such column. */
  readonly text: Readonly<Record<Exclude<LineField, 'deviceId'> | NewField, string | null>>;
  /** New identifiers that can be sent as they are. */
  readonly sound: Readonly<Record<NewField, string | null>>;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  readonly note: string | null;
  readonly findings: Finding[];
  /** What is odd about an identifier that names the line: taken back when the line really has it. */
  readonly oldFindings: readonly Finding[];
  /** New identifiers that look rounded, though their check digit is right. */
  readonly doubtful: readonly NewField[];
}

export interface RowContext {
  readonly columns: Columns;
  readonly defaults: RowDefaults;
}

/** What rows get that name none of their own. */
export type RowDefaults = Readonly<Partial<Record<'customer' | 'ratePlan' | 'ratePool' | 'effectiveDate', string>>>;

export function defaultsOf({ customer, ratePlan, ratePool, effectiveDate }: RowDefaults): RowDefaults {
  return {
    ...(customer === undefined ? {} : { customer }),
    ...(ratePlan === undefined ? {} : { ratePlan }),
    ...(ratePool === undefined ? {} : { ratePool }),
    ...(effectiveDate === undefined ? {} : { effectiveDate }),
  };
}

const KIND_OF: Readonly<Record<Exclude<LineField, 'deviceId'> | NewField, IdentifierKind>> = {
  oldIccid: 'iccid',
  newIccid: 'iccid',
  oldImei: 'imei',
  newImei: 'imei',
  mdn: 'mdn',
};
const NAMES: Readonly<Record<IdentifierKind, string>> = {
  iccid: 'an ICCID',
  imei: 'an IMEI',
  mdn: 'a telephone number',
  eid: 'an EID',
  meid: 'a MEID',
  imsi: 'an IMSI',
};
const LONGEST_TEXT = 200;

/** Reads one row by itself: cells, formats, damage. Every finding, not only the first. */
export function readRow(source: SourceRow, row: number, context: RowContext): FormRow {
  const { columns, defaults } = context;
  if (isHeading(source, columns)) return headingRow(source, row);
  const cell = (field: Field): string => {
    const index = columns.index[field];
    return index === undefined ? '' : (source.cells[index] ?? '');
  };
  const findings: Finding[] = [];
  const oldFindings: Finding[] = [];
  noteShape(source, columns, findings);

  const deviceId = readDeviceId(cell('deviceId'), findings);
  const oldIccid = readOld('oldIccid', cell('oldIccid'), readIccid, oldFindings);
  const oldImei = readOld('oldImei', cell('oldImei'), readImei, oldFindings);
  const mdn = readOld('mdn', cell('mdn'), readMdn, oldFindings);
  const fresh = readNew(cell, columns.changeType, findings);
  const namesLine = deviceId !== null || oldIccid !== null || oldImei !== null || mdn !== null;
  if (!namesLine && cell('deviceId').trim() === '') {
    findings.push(makeFinding('old-missing', null));
  }
  const date = cell('effectiveDate').trim() || (defaults.effectiveDate ?? '').trim();
  const effectiveDate = date === '' ? null : readEffectiveDate(date);
  if (effectiveDate === null && date !== '') {
    findings.push(makeFinding('effective-date-invalid', 'effectiveDate', { seen: date }));
  }
  const named = (field: 'customer' | 'ratePlan' | 'ratePool'): string | null =>
    tidy(cell(field)) ?? tidy(defaults[field] ?? '');
  return {
    row,
    line: source.lineNo,
    deviceId,
    text: { oldIccid, oldImei, mdn, newIccid: fresh.text.newIccid, newImei: fresh.text.newImei },
    sound: fresh.sound,
    customer: named('customer'),
    ratePlan: named('ratePlan'),
    ratePool: named('ratePool'),
    effectiveDate: effectiveDate ?? (date === '' ? null : cut(date)),
    note: tidy(cell('note')),
    findings,
    oldFindings,
    doubtful: fresh.doubtful,
  };
}

function noteShape(source: SourceRow, columns: Columns, findings: Finding[]): void {
  const { cells } = source;
  const { headings } = columns;
  if (source.malformed) findings.push(makeFinding('quotes-malformed', null));
  if (cells.length <= headings.length) return;
  const surplus = cells.slice(headings.length).find((text) => text.trim() !== '');
  if (surplus !== undefined) findings.push(makeFinding('too-many-cells', null, { seen: surplus }));
}

function isHeading({ cells }: SourceRow, { index, headings }: Columns): boolean {
  for (const field of fieldSchema.options) {
    const column = index[field];
    if (column !== undefined && (cells[column] ?? '').trim() !== (headings[column] ?? '').trim()) return false;
  }
  return true;
}

/** A list that was put together from several: this row means no line, and each of its cells would be a finding. */
function headingRow({ lineNo }: SourceRow, row: number): FormRow {
  return {
    row,
    line: lineNo,
    deviceId: null,
    text: { oldIccid: null, oldImei: null, mdn: null, newIccid: null, newImei: null },
    sound: { newIccid: null, newImei: null },
    customer: null,
    ratePlan: null,
    ratePool: null,
    effectiveDate: null,
    note: null,
    findings: [makeFinding('heading-repeated', null)],
    oldFindings: [],
    doubtful: [],
  };
}

function readDeviceId(raw: string, findings: Finding[]): number | null {
  if (raw.trim() === '') return null;
  const { text, repairs } = cleanIdentifier(raw);
  // A number of ours, counted up from 1, not an identifier of the carrier's.
  if (!/^[1-9]\d{0,14}$/.test(text)) {
    const kind = recogniseIdentifier(raw);
    findings.push(makeFinding('device-id-invalid', 'deviceId', { seen: raw }));
    if (kind !== null) findings.push(wrongKind('deviceId', raw, kind, 'the number of a line'));
    return null;
  }
  for (const repair of repairs) findings.push(makeFinding(repair, 'deviceId', { seen: raw }));
  return Number(text);
}

type IdentifierReading = Reading<string, { readonly code: FindingCode }, FindingCode>;

/** An identifier that names the line; most lists have but one column of them. */
function readOld(
  field: Exclude<LineField, 'deviceId'>,
  raw: string,
  read: (raw: string) => IdentifierReading,
  findings: Finding[],
): string | null {
  return raw === '' ? null : note(field, raw, read(raw), findings);
}

/** Notes everything about one identifier. @returns its text for display and look-up; null when the cell is empty */
function note(
  field: Exclude<LineField, 'deviceId'> | NewField,
  raw: string,
  reading: IdentifierReading,
  findings: Finding[],
): string | null {
  if (raw.trim() === '') return null;
  for (const repair of reading.repairs) findings.push(makeFinding(repair, field, { seen: raw }));
  for (const warning of reading.warnings) {
    // Both are said only together with what makes them matter.
    if (warning === 'digits-doubtful') continue;
    if (warning === 'iccid-ambiguous' && !reading.warnings.includes('iccid-check-digit')) continue;
    findings.push(makeFinding(warning, field, { seen: raw }));
  }
  if (reading.result.ok) return reading.result.value;
  findings.push(makeFinding(reading.result.error.code, field, { seen: raw }));
  const kind = recogniseIdentifier(raw);
  // An IMSI has no check digit: a mistyped IMEI whose first digits are some country's would pass for one.
  const mayBeTypingError = kind === 'imsi' && KIND_OF[field] === 'imei';
  if (kind !== null && kind !== KIND_OF[field] && !mayBeTypingError) {
    findings.push(wrongKind(field, raw, kind, NAMES[KIND_OF[field]]));
  }
  const { text } = cleanIdentifier(raw);
  return text === '' ? null : cut(text);
}

function wrongKind(field: Field, seen: string, kind: IdentifierKind, expected: string): Finding {
  return makeFinding('wrong-kind', field, { seen, message: `The cell holds ${NAMES[kind]}, not ${expected}` });
}

const NEW_KINDS = [
  ['iccid', 'newIccid'],
  ['imei', 'newImei'],
] as const;

function readNew(
  cell: (field: Field) => string,
  changeType: ChangeType,
  findings: Finding[],
): Pick<FormRow, 'sound' | 'doubtful'> & { readonly text: Record<NewField, string | null> } {
  const text: Record<NewField, string | null> = { newIccid: null, newImei: null };
  const sound: Record<NewField, string | null> = { newIccid: null, newImei: null };
  const doubtful: NewField[] = [];
  const kinds = changedKinds(changeType);
  for (const [kind, field] of NEW_KINDS) {
    const raw = cell(field);
    if (!kinds.includes(kind)) {
      if (raw.trim() !== '') findings.push(makeFinding('new-value-ignored', field, { seen: raw }));
      continue;
    }
    const reading: IdentifierReading = kind === 'iccid' ? readIccid(raw) : readImei(raw);
    text[field] = note(field, raw, reading, findings);
    if (reading.result.ok) {
      sound[field] = reading.result.value;
      if (reading.warnings.includes('digits-doubtful')) doubtful.push(field);
    } else if (text[field] === null) findings.push(makeFinding('new-missing', field));
  }
  return { text, sound, doubtful };
}

/** Blanks at either end, two beside each other, or other white space. */
const UNTIDY = /^\s|\s$|\s\s|[^\S ]/;

function tidy(raw: string): string | null {
  if (raw === '') return null;
  const text = UNTIDY.test(raw) ? raw.replace(/\s+/g, ' ').trim() : raw;
  return text === '' ? null : cut(text);
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}
