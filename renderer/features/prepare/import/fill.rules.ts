import type { DraftRow } from '../../../../shared/contract/drafts';
import { changedKinds, type ChangeType } from '../../../../shared/domain/change';
import { cleanIdentifier } from '../../../../shared/domain/clean-identifier';
import { recogniseIdentifier } from '../../../../shared/domain/recognise';

export type NewField = 'newIccid' | 'newImei';
type Cells = Readonly<Partial<Record<NewField, string>>>;

/** What pasted numbers would become. Nothing is filled in while there is a problem. */
export interface Fill {
  readonly rows: readonly { readonly row: DraftRow; readonly cells: Cells }[];
  /** By which the numbers find their rows: a number of the line beside each, or their order alone. */
  readonly by: 'line' | 'order';
  readonly problem: string | null;
}

/** In this order a person writes them where both change. */
const ALL_NEW: readonly NewField[] = ['newIccid', 'newImei'];

export function newFields(changeType: ChangeType): readonly NewField[] {
  const kinds = changedKinds(changeType);
  return ALL_NEW.filter((field) => kinds.includes(field === 'newIccid' ? 'iccid' : 'imei'));
}

/** Rows that wait for a new identifier. */
export function waitingRows(rows: readonly DraftRow[], changeType: ChangeType): readonly DraftRow[] {
  return rows.filter((row) => changedKinds(changeType).some((kind) => row.new[kind] === undefined));
}

/**
 * Pairs pasted numbers with rows: by the line's own number where each row of the text has one before the new ones, else by
 * their order, and then only when there are as many as rows that wait.
 */
export function planFill(text: string, rows: readonly DraftRow[], changeType: ChangeType): Fill {
  const fields = newFields(changeType);
  const table = tableOf(text);
  const widths = new Set(table.map((cells) => cells.length));
  const width = table[0]?.length ?? 0;
  const refuse = (problem: string): Fill => ({ rows: [], by: 'order', problem });
  if (table.length === 0) return { rows: [], by: 'order', problem: null };
  if (widths.size > 1 || width < fields.length || width > fields.length + 1) {
    return refuse(
      `Each row needs ${fields.length === 1 ? 'one new number' : 'the new ICCID and the new IMEI'}, alone or after a number of its line.`,
    );
  }
  return width === fields.length ? byOrder(table, rows, fields, changeType) : byLine(table, rows, fields);
}

function byOrder(
  table: readonly (readonly string[])[],
  rows: readonly DraftRow[],
  fields: readonly NewField[],
  changeType: ChangeType,
): Fill {
  const waiting = waitingRows(rows, changeType);
  const filled = waiting
    .slice(0, table.length)
    .map((row, index) => ({ row, cells: cellsOf(table[index] ?? [], fields) }));
  const problem =
    table.length === waiting.length
      ? null
      : `${table.length} were pasted, and ${waiting.length} rows wait. One too many or too few would shift all that follow: paste as many, or put a number of the line before each.`;
  return { rows: filled, by: 'order', problem };
}

function byLine(table: readonly (readonly string[])[], rows: readonly DraftRow[], fields: readonly NewField[]): Fill {
  const known = new Map<string, DraftRow>();
  for (const row of rows) {
    for (const name of [row.old.iccid, row.old.imei, row.mdn, row.deviceId === null ? null : String(row.deviceId)]) {
      if (name !== null && name !== undefined) known.set(name, row);
    }
  }
  const found: { row: DraftRow; cells: Cells }[] = [];
  const missing: string[] = [];
  for (const [name = '', ...cells] of table) {
    const row = known.get(cleanIdentifier(name).text);
    if (row === undefined) missing.push(name);
    else found.push({ row, cells: cellsOf(cells, fields) });
  }
  const twice = found.find(({ row }, index) => found.findIndex((other) => other.row === row) !== index);
  const problem =
    missing.length > 0
      ? `No row of the draft is for ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}.`
      : twice !== undefined
        ? `The row of line ${twice.row.line} is named twice.`
        : null;
  return { rows: found, by: 'line', problem };
}

function cellsOf(cells: readonly string[], fields: readonly NewField[]): Cells {
  const [first = '', second = ''] = cells;
  // A card and a device say themselves which is which.
  const isSwapped =
    fields.length === 2 && recogniseIdentifier(first) === 'imei' && recogniseIdentifier(second) === 'iccid';
  const ordered = isSwapped ? [second, first] : cells;
  return Object.fromEntries(fields.map((field, index) => [field, (ordered[index] ?? '').trim()]));
}

/** Rows and cells of pasted text; a first row without any digit is one of headings. */
function tableOf(text: string): readonly (readonly string[])[] {
  const rows = text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(/[\t;,|]/).map((cell) => cell.trim()));
  return rows[0]?.some((cell) => /\d/.test(cell)) === false ? rows.slice(1) : rows;
}
