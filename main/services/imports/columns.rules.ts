import { SURE, type ImportColumn, type MappedColumn } from '../../../shared/contract/imports';
import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import type { Field } from '../../../shared/domain/finding';
import { recogniseIdentifier, type IdentifierKind } from '../../../shared/domain/recognise';
import { columnMissing, columnTwice, headingUnknown } from './columns.refusals';
import { recogniseHeading, similarHeading, type Heading } from './headings.rules';

/** Where each field stands in a row, and what the list changes. */
export interface Columns {
  readonly index: Readonly<Partial<Record<Field, number>>>;
  readonly headings: readonly string[];
  readonly changeType: ChangeType;
}

export interface ColumnsRequest {
  readonly sourceName: string;
  readonly map: readonly MappedColumn[];
  readonly changeType: ChangeType | null;
  /** Heading key → field, as somebody mapped such a file before. */
  readonly saved?: ReadonlyMap<string, Field | null>;
}

const NEW_FIELD = { iccid: 'newIccid', imei: 'newImei' } as const;
const LINE_FIELDS: readonly Field[] = ['oldIccid', 'oldImei', 'mdn', 'deviceId'];
const KIND_OF: Readonly<Partial<Record<Field, IdentifierKind>>> = {
  oldIccid: 'iccid',
  newIccid: 'iccid',
  oldImei: 'imei',
  newImei: 'imei',
  mdn: 'mdn',
};
/** Rows above the headings, such as a title or the name of the customer. */
const SEARCHED_ROWS = 20;
const SHOWN_SAMPLES = 5;
const JUDGED_SAMPLES = 50;

/** How sure a proposal is, by what it rests on. */
const CONFIDENCE = {
  heading: 1,
  /** The heading says one thing and the cells another. */
  headingAgainstCells: SURE,
  similarWithCells: 0.9,
  similar: 0.6,
  content: 0.5,
} as const;

/**
 * The row with most recognised headings; the first row that is not blank when none has any; -1: all are blank, or the
 * first row is a row of the list already.
 */
export function findHeadingRow(rows: readonly (readonly string[])[], request: Pick<ColumnsRequest, 'map'>): number {
  const mapped = new Set(request.map.flatMap(({ column }) => (typeof column === 'string' ? [plain(column)] : [])));
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
  const first = rows[best] ?? [];
  return bestCount === 0 && first.some((cell) => recogniseIdentifier(cell) !== null) ? -1 : best;
}

/** Names for the columns of a list that has no headings. */
export function numberedHeadings(rows: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(0, ...rows.map((cells) => cells.length));
  return Array.from({ length: width }, (_, index) => `Column ${index + 1}`);
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
  return settleColumns(proposeColumns(headings, sample, request), sample, request);
}

/** What is taken of the proposals: all that are sure. @throws failed `column-twice`, `column-missing` */
export function settleColumns(
  columns: readonly ImportColumn[],
  sample: readonly (readonly string[])[],
  request: Pick<ColumnsRequest, 'sourceName' | 'changeType'>,
): Columns {
  const headings = columns.map(({ heading }) => heading);
  const index: Partial<Record<Field, number>> = {};
  for (const { column, field, confidence } of columns) {
    if (field === null || confidence < SURE) continue;
    const before = index[field];
    if (before !== undefined) throw columnTwice(headings, before, column, field, request);
    index[field] = column;
  }
  const changeType = request.changeType ?? deriveType(index, sample);
  const missing = changeType === null ? null : missingOf(changeType, index);
  if (changeType === null || missing !== null) {
    throw columnMissing(missing ?? 'a new ICCID or a new IMEI', columns, request);
  }
  return { index, headings, changeType };
}

/**
 * What every column seems to be: what the person said, what was saved for such a file, what the heading says, what it
 * almost says, what its cells look like; in this order.
 * @throws usage `heading-unknown`
 */
export function proposeColumns(
  headings: readonly string[],
  sample: readonly (readonly string[])[],
  request: ColumnsRequest,
): readonly ImportColumn[] {
  const decided = decidedOf(headings, request);
  const taken = new Set([...decided.values()].flatMap(({ field }) => (field === null ? [] : [field])));
  const kinds = headings.map((_, column) => kindOfColumn(sample, column));
  const known = headings.map((heading, column): Known => {
    const choice = decided.get(column);
    if (choice !== undefined) return { heading: null, ...choice, confidence: 1 };
    return recognised(heading, kinds[column] ?? null, taken);
  });
  resolveLone(known);
  if (!known.some(({ why }) => why === 'mapped')) proposeByContent(known, kinds, request.changeType);
  return headings.map((heading, column) => {
    const { field, confidence, why } = known[column] ?? UNKNOWN;
    return { column, heading: shown(heading), samples: samplesOf(sample, column), field, confidence, why };
  });
}

interface Known {
  readonly heading: Heading | null;
  field: Field | null;
  confidence: number;
  why: ImportColumn['why'];
}
const UNKNOWN: Known = { heading: null, field: null, confidence: 0, why: 'none' };

/** Columns that a person decided about, now or for an earlier file with these headings. */
function decidedOf(
  headings: readonly string[],
  request: ColumnsRequest,
): ReadonlyMap<number, { readonly field: Field | null; readonly why: 'mapped' | 'saved' }> {
  const decided = new Map<number, { readonly field: Field | null; readonly why: 'mapped' | 'saved' }>();
  for (const [column, key] of headingKeys(headings).entries()) {
    const field = request.saved?.get(key);
    if (field !== undefined) decided.set(column, { field, why: 'saved' });
  }
  for (const { column, field } of request.map) {
    const places =
      typeof column === 'number'
        ? [column].filter((place) => place < headings.length)
        : headings.flatMap((heading, place) => (plain(heading) === plain(column) ? [place] : []));
    if (places.length === 0) throw headingUnknown(column, headings, request);
    for (const place of places) decided.set(place, { field, why: 'mapped' });
  }
  return decided;
}

function recognised(heading: string, kind: IdentifierKind | null, taken: ReadonlySet<Field>): Known {
  const exact = recogniseHeading(heading);
  const found = exact ?? similarHeading(heading);
  // What a person mapped by hand counts more than what a heading seems to say.
  if (found === null || (found.kind === 'field' && taken.has(found.field))) return { ...UNKNOWN };
  const expected = found.kind === 'field' ? KIND_OF[found.field] : found.identifier;
  const agrees = kind === null ? null : kind === expected;
  const confidence =
    exact === null
      ? agrees === true
        ? CONFIDENCE.similarWithCells
        : CONFIDENCE.similar
      : agrees === false && expected !== undefined
        ? CONFIDENCE.headingAgainstCells
        : CONFIDENCE.heading;
  const field = found.kind === 'field' ? found.field : null;
  return { heading: found, field, confidence, why: exact === null ? 'similar' : 'heading' };
}

/** A lone "ICCID" beside a "new …" column names the line as it is now. Without one it may mean either. */
function resolveLone(known: readonly Known[]): void {
  const named = new Set(known.map(({ field }) => field));
  const hasNew = named.has('newIccid') || named.has('newImei');
  for (const one of known) {
    if (one.heading?.kind !== 'lone') continue;
    const old = one.heading.identifier === 'iccid' ? 'oldIccid' : 'oldImei';
    if (hasNew && !named.has(old)) one.field = old;
    else Object.assign(one, UNKNOWN);
  }
}

/**
 * Proposals for columns that only their cells tell of: of two columns of one kind the first is the old and the second
 * the new one; a single one is new where the line is named otherwise, else old.
 */
function proposeByContent(
  known: readonly Known[],
  kinds: readonly (IdentifierKind | null)[],
  changeType: ChangeType | null,
): void {
  const has = (field: Field): boolean => known.some((one) => one.field === field);
  const free = (kind: IdentifierKind): readonly Known[] =>
    known.filter(({ field, why }, column) => kinds[column] === kind && field === null && why === 'none');
  const propose = (one: Known | undefined, field: Field): void => {
    if (one !== undefined && !has(field)) Object.assign(one, { field, confidence: CONFIDENCE.content, why: 'content' });
  };
  propose(free('mdn')[0], 'mdn');
  for (const [kind, old, fresh] of [
    ['iccid', 'oldIccid', 'newIccid'],
    ['imei', 'oldImei', 'newImei'],
  ] as const) {
    const [first, second] = free(kind);
    if (first === undefined) continue;
    const isAsked = changeType === null || changedKinds(changeType).includes(kind);
    const named = LINE_FIELDS.some(has);
    if (second === undefined && named && isAsked) propose(first, has(fresh) ? old : fresh);
    else if (has(old)) propose(first, fresh);
    else {
      propose(first, old);
      propose(second, fresh);
    }
  }
}

function kindOfColumn(sample: readonly (readonly string[])[], column: number): IdentifierKind | null {
  const cells = sample
    .slice(0, JUDGED_SAMPLES)
    .map((row) => row[column] ?? '')
    .filter((cell) => cell.trim() !== '');
  const counts = new Map<IdentifierKind, number>();
  for (const cell of cells) {
    const kind = recogniseIdentifier(cell);
    if (kind !== null) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most !== undefined && most[1] * 2 > cells.length ? most[0] : null;
}

function samplesOf(sample: readonly (readonly string[])[], column: number): string[] {
  return sample
    .map((row) => (row[column] ?? '').trim())
    .filter((cell) => cell !== '')
    .slice(0, SHOWN_SAMPLES)
    .map((cell) => (cell.length > 60 ? `${cell.slice(0, 59)}…` : cell));
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

/**
 * A name for each column that stays the same in the next file of this kind, wherever the column stands then. The second
 * of two equal headings gets a number.
 */
export function headingKeys(headings: readonly string[]): readonly string[] {
  const times = new Map<string, number>();
  return headings.map((heading) => {
    const name = plain(heading);
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return time === 1 ? name : `${name} #${time}`;
  });
}

export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function plain(heading: string): string {
  return heading.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

function shown(heading: string): string {
  return heading.trim();
}
