import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import { usageError, workFailed } from '../../../shared/domain/fault';
import type { Field } from '../../../shared/domain/finding';
import { recogniseHeading } from './headings.rules';

/** Where each field stands in a row, and what the list changes. */
export interface Columns {
  readonly index: Readonly<Partial<Record<Field, number>>>;
  readonly headings: readonly string[];
  readonly changeType: ChangeType;
}

export interface ColumnsRequest {
  readonly sourceName: string;
  readonly map: Readonly<Record<string, Field>>;
  readonly changeType: ChangeType | null;
}

const NEW_FIELD = { iccid: 'newIccid', imei: 'newImei' } as const;
const LINE_FIELDS: readonly Field[] = ['oldIccid', 'oldImei', 'mdn', 'deviceId'];
/** Rows above the headings, such as a title or the name of the customer. */
const SEARCHED_ROWS = 20;

/** The row with most recognised headings; the first row that is not blank when none has any; -1: all are blank. */
export function findHeadingRow(rows: readonly (readonly string[])[], request: ColumnsRequest): number {
  const mapped = new Set(Object.keys(request.map).map(plain));
  let best = -1;
  let bestCount = 0;
  for (const [index, cells] of rows.slice(0, SEARCHED_ROWS).entries()) {
    if (isBlank(cells)) continue;
    if (best === -1) best = index;
    const count = cells.filter((cell) => mapped.has(plain(cell)) || recogniseHeading(cell) !== null).length;
    if (count > bestCount) {
      best = index;
      bestCount = count;
    }
  }
  return best;
}

/**
 * Decides which column is which and what the list changes.
 *
 * @param sample some of the rows below: a column for new IMEIs that is empty makes no change of IMEIs
 * @throws usage `heading-unknown` when `--map` names a heading that is not there; failed `column-twice`,
 * `column-missing`, each naming what was found and how to map it
 */
export function chooseColumns(
  headings: readonly string[],
  sample: readonly (readonly string[])[],
  request: ColumnsRequest,
): Columns {
  const fields = fieldsOf(headings, request);
  const index: Partial<Record<Field, number>> = {};
  for (const [column, field] of fields.entries()) {
    if (field === null) continue;
    const before = index[field];
    if (before !== undefined) throw columnTwice(headings, before, column, field, request);
    index[field] = column;
  }
  const changeType = request.changeType ?? deriveType(index, sample);
  const missing = changeType === null ? null : missingOf(changeType, index);
  if (changeType === null || missing !== null) {
    throw columnMissing(missing ?? 'a new ICCID or a new IMEI', headings, fields, request);
  }
  return { index, headings, changeType };
}

function fieldsOf(headings: readonly string[], request: ColumnsRequest): readonly (Field | null)[] {
  const mapped = new Map(Object.entries(request.map).map(([heading, field]) => [plain(heading), field]));
  for (const heading of Object.keys(request.map)) {
    if (!headings.some((found) => plain(found) === plain(heading))) throw headingUnknown(heading, headings, request);
  }
  const taken = new Set(mapped.values());
  const recognised = headings.map((heading) => {
    const field = mapped.get(plain(heading));
    if (field !== undefined) return { kind: 'field', field } as const;
    const known = recogniseHeading(heading);
    // What a person mapped by hand counts more than what a heading seems to say.
    return known?.kind === 'field' && taken.has(known.field) ? null : known;
  });
  const named = new Set(recognised.flatMap((heading) => (heading?.kind === 'field' ? [heading.field] : [])));
  const hasNew = named.has('newIccid') || named.has('newImei');
  return recognised.map((heading) => {
    if (heading === null) return null;
    if (heading.kind === 'field') return heading.field;
    // A lone "ICCID" beside a "new …" column names the line as it is now. Without one it may mean either.
    const old = heading.identifier === 'iccid' ? 'oldIccid' : 'oldImei';
    return hasNew && !named.has(old) ? old : null;
  });
}

function deriveType(
  index: Readonly<Partial<Record<Field, number>>>,
  sample: readonly (readonly string[])[],
): ChangeType | null {
  const { newIccid, newImei } = index;
  if (newIccid === undefined) return newImei === undefined ? null : 'ChangeIMEI';
  if (newImei === undefined) return 'ChangeICCID';
  const filled = (column: number): boolean => sample.some((cells) => (cells[column] ?? '').trim() !== '');
  const [iccids, imeis] = [filled(newIccid), filled(newImei)];
  if (iccids === imeis) return 'ChangeIMEIandICCID';
  return iccids ? 'ChangeICCID' : 'ChangeIMEI';
}

function missingOf(changeType: ChangeType, index: Readonly<Partial<Record<Field, number>>>): string | null {
  for (const kind of changedKinds(changeType)) {
    if (index[NEW_FIELD[kind]] === undefined) return `the new ${kind.toUpperCase()}`;
  }
  const namesLine = LINE_FIELDS.some((field) => index[field] !== undefined);
  return namesLine ? null : 'the line (current ICCID, current IMEI, MDN or line number)';
}

function columnMissing(
  missing: string,
  headings: readonly string[],
  fields: readonly (Field | null)[],
  request: ColumnsRequest,
): Error {
  const found = headings.flatMap((heading, column) => {
    if (heading.trim() === '') return [];
    const field = fields[column] ?? null;
    return [`"${shown(heading)}"${field === null ? '' : ` (${field})`}`];
  });
  const example = headings.find((heading, column) => heading.trim() !== '' && (fields[column] ?? null) === null);
  return workFailed({
    code: 'column-missing',
    what: `The file has no column for ${missing}`,
    where: request.sourceName,
    why: found.length === 0 ? 'its first row is empty' : `the headings are ${found.slice(0, 20).join(', ')}`,
    todo: `Say which heading is meant: --map "${shown(example ?? 'Heading')}=${fieldFor(missing)}".`,
  });
}

function fieldFor(missing: string): Field {
  if (missing.startsWith('the line')) return 'oldIccid';
  return missing.includes('ICCID') ? 'newIccid' : 'newImei';
}

function columnTwice(
  headings: readonly string[],
  first: number,
  second: number,
  field: Field,
  request: ColumnsRequest,
): Error {
  const name = (column: number): string => `"${shown(headings[column] ?? '')}" (column ${column + 1})`;
  return workFailed({
    code: 'column-twice',
    what: `Two columns mean the same field ${field}`,
    where: `${request.sourceName}: ${name(first)} and ${name(second)}`,
    todo: 'Rename or remove one of them, or say with --map which one is meant.',
  });
}

function headingUnknown(heading: string, headings: readonly string[], request: ColumnsRequest): Error {
  return usageError({
    code: 'heading-unknown',
    what: `The file has no heading "${shown(heading)}"`,
    where: request.sourceName,
    why: `the headings are ${headings
      .slice(0, 20)
      .map((found) => `"${shown(found)}"`)
      .join(', ')}`,
    todo: 'Correct --map.',
  });
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function plain(heading: string): string {
  return heading.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

function shown(heading: string): string {
  const text = heading.trim().replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
