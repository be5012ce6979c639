import type { ChangeType } from '../../../shared/domain/change';
import { fieldSchema, type Field } from '../../../shared/domain/finding';
import type { Columns } from './columns.rules';
import type { SourceRow } from './csv-reader';

/**
 * The cells of a stored row. Most cells are shown as they were read and are kept once, in the row's own columns; `raw`
 * keeps the others: what was repaired, what can't be read, what is empty where the row shows the line's own value.
 */
export type Cells = Readonly<Partial<Record<Field, string>>>;

/** One row as it was read or typed, whatever order its columns had. */
export interface RowSource {
  readonly cells: Cells;
  /** A quotation mark stands where none belongs. */
  readonly malformed: boolean;
  /** A cell beyond the headings. */
  readonly surplus: string | null;
}

/** The columns of a list by field, with their headings; null: unknown, what is stored counts as what was read. */
export type Headings = Readonly<Partial<Record<Field, string>>> | null;

/** Longer cells are refused by every rule; their beginning is enough to show them. */
const LONGEST_CELL = 500;
/** These are read again as they are stored: tidied or cut, they stay the same. */
const TEXTS: ReadonlySet<Field> = new Set(['customer', 'ratePlan', 'ratePool', 'effectiveDate', 'note']);

/** What the row's own columns show, by field. */
export type ShownCells = Readonly<Record<Exclude<Field, 'deviceId'>, string | null>> & {
  readonly deviceId: number | null;
};

export function packRaw(
  { cells, malformed, surplus }: RowSource,
  stored: ShownCells,
  headings: Headings,
): string | null {
  let raw: Record<string, string> | null = null;
  for (const field of fieldSchema.options) {
    const read = cells[field] ?? '';
    const cell = read.trim() === '' ? '' : read;
    const implied = impliedCell(field, stored, headings);
    if (cell === implied || (cell !== '' && implied !== '' && TEXTS.has(field))) continue;
    (raw ??= {})[field] = cell.slice(0, LONGEST_CELL);
  }
  if (malformed) (raw ??= {})['#malformed'] = '1';
  if (surplus !== null) (raw ??= {})['#surplus'] = surplus.slice(0, LONGEST_CELL);
  return raw === null ? null : JSON.stringify(raw);
}

/** `packRaw` for the rows of one file. Nearly every row stands in the file as it is shown: nothing is made for these. */
export function rawPacker(columns: Columns): (source: SourceRow, stored: ShownCells) => string | null {
  const headings = headingsOf(columns);
  const read = fieldSchema.options.flatMap((field) => {
    const column = columns.index[field];
    return column === undefined ? [] : [{ field, column }];
  });
  const isShown = ({ cells, malformed }: SourceRow, stored: ShownCells): boolean => {
    if (malformed || cells.length > columns.headings.length) return false;
    for (const { field, column } of read) {
      if ((cells[column] ?? '') !== String(stored[field] ?? '')) return false;
    }
    return true;
  };
  return (source, stored) => (isShown(source, stored) ? null : packRaw(sourceOf(source, columns), stored, headings));
}

export function unpackRaw(json: string | null, stored: ShownCells, headings: Headings): RowSource {
  const raw = json === null ? {} : (JSON.parse(json) as Readonly<Record<string, string>>);
  const cells: Partial<Record<Field, string>> = {};
  for (const field of fieldSchema.options) {
    const cell = raw[field] ?? impliedCell(field, stored, headings);
    if (cell !== '') cells[field] = cell;
  }
  return { cells, malformed: raw['#malformed'] !== undefined, surplus: raw['#surplus'] ?? null };
}

function impliedCell(field: Field, stored: ShownCells, headings: Headings): string {
  return headings === null || headings[field] !== undefined ? String(stored[field] ?? '') : '';
}

export function headingsOf({ index, headings }: Columns): Readonly<Partial<Record<Field, string>>> {
  return Object.fromEntries(Object.entries(index).map(([field, column]) => [field, headings[column] ?? '']));
}

/** Every field has a column, in one order for all lists; those that the file lacks have no heading. */
export function columnsOf(headings: Headings, changeType: ChangeType): Columns {
  const index = Object.fromEntries(fieldSchema.options.map((field, column) => [field, column]));
  return { index, headings: fieldSchema.options.map((field) => headings?.[field] ?? ''), changeType };
}

/** The row as `readRow` takes it, with the columns of `columnsOf`. */
export function sourceRowOf({ cells, malformed, surplus }: RowSource, lineNo: number): SourceRow {
  const texts = fieldSchema.options.map((field) => cells[field] ?? '');
  return { cells: surplus === null ? texts : [...texts, surplus], lineNo, malformed };
}

/** The row as it stands in the file. */
function sourceOf({ cells, malformed }: SourceRow, { index, headings }: Columns): RowSource {
  const byField: Partial<Record<Field, string>> = {};
  for (const field of fieldSchema.options) {
    const column = index[field];
    const cell = column === undefined ? undefined : cells[column];
    if (cell !== undefined) byField[field] = cell;
  }
  const surplus =
    cells.length <= headings.length ? undefined : cells.slice(headings.length).find((text) => text.trim() !== '');
  return { cells: byField, malformed, surplus: surplus ?? null };
}
