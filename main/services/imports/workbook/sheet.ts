import { LONGEST_ROW_CHARS, MOST_COLUMNS, refuseFile } from '../refusals';
import { columnOf, numberText, unescaped, type NumberFormat } from './cells.rules';
import { readXml } from './xml';
import type { Archive } from './zip';

/** A cell whose text is kept among the shared ones; it is looked up when the row is given out. */
export interface SheetContext {
  readonly archive: Archive;
  readonly sourceName: string;
  readonly formats: readonly NumberFormat[];
  readonly date1904: boolean;
  /** Undefined: the workbook has no such text. */
  sharedText(index: number): string | undefined;
}

export interface SheetRow {
  readonly cells: readonly string[];
  /** From 1, as the sheet numbers it. */
  readonly rowNo: number;
}

export interface SheetReading {
  onRow(row: SheetRow): void;
  /** After each piece; true: enough. */
  pause(readBytes: number): Promise<boolean> | boolean;
}

const LAST_ROW = 1_048_576;

/**
 * Reads the rows of a sheet in their order, every cell as the text that a person sees or typed.
 * @throws failed `workbook-damaged`, `row-too-wide`, `row-too-long`
 */
export async function readSheet(context: SheetContext, part: string, reading: SheetReading): Promise<void> {
  const { archive, sourceName } = context;
  const opened = await archive.open(part);
  if (opened === null) throw refuseFile('workbook-damaged', sourceName, `its part "${part}" is missing`);
  const builder = createRowBuilder(context, (row) => reading.onRow(row));
  await readXml(opened.stream, sourceName, { ...builder, pause: (readBytes) => reading.pause(readBytes) });
}

interface RowBuilder {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

interface Cell {
  column: number;
  type: string;
  style: number;
  value: string;
  inline: string;
  formula: string;
}

function createRowBuilder(context: SheetContext, onRow: (row: SheetRow) => void): RowBuilder {
  let rowNo = 0;
  let cells: string[] = [];
  let chars = 0;
  let cell: Cell | null = null;
  let into: 'value' | 'inline' | 'formula' | null = null;
  let inPhonetic = false;
  let nextColumn = 0;

  const openRow = (stated: string | undefined): void => {
    const number = stated === undefined ? rowNo + 1 : Number(stated);
    // Programs read rows by place or by number; where both differ nobody knows which is meant.
    if (!Number.isInteger(number) || number <= rowNo || number > LAST_ROW) {
      throw refuseFile('workbook-damaged', context.sourceName, `its rows are out of order after row ${rowNo}`);
    }
    rowNo = number;
    cells = [];
    chars = 0;
    nextColumn = 0;
  };

  const closeCell = (closed: Cell): void => {
    const text = textOf(closed, context);
    if (text === '') return;
    chars += text.length;
    const where = `${context.sourceName}, row ${rowNo}`;
    if (chars > LONGEST_ROW_CHARS) throw refuseFile('row-too-long', where);
    if (closed.column >= MOST_COLUMNS) {
      if (text.trim() !== '') throw refuseFile('row-too-wide', where, `column ${closed.column + 1} is filled`);
      return;
    }
    while (cells.length < closed.column) cells.push('');
    cells[closed.column] = text;
  };

  return {
    open(name, attributes) {
      switch (name) {
        case 'row':
          return openRow(attributes.r);
        case 'c':
          cell = cellOf(attributes, nextColumn);
          nextColumn = cell.column + 1;
          return;
        case 'rPh':
          inPhonetic = true;
          return;
        default:
          into = cell === null ? null : (TEXTS[name] ?? null);
      }
    },
    text(text) {
      if (cell !== null && into !== null && !inPhonetic) cell[into] += text;
    },
    close(name) {
      if (name === 'rPh') inPhonetic = false;
      else if (name in TEXTS) into = null;
      else if (name === 'c' && cell !== null) {
        closeCell(cell);
        cell = null;
      } else if (name === 'row') onRow({ cells, rowNo });
    },
  };
}

const TEXTS: Readonly<Record<string, 'value' | 'inline' | 'formula'>> = { v: 'value', t: 'inline', f: 'formula' };

function cellOf(attributes: Readonly<Record<string, string>>, nextColumn: number): Cell {
  const column = attributes.r === undefined ? nextColumn : (columnOf(attributes.r) ?? nextColumn);
  const { t: type = 'n', s: style = '0' } = attributes;
  return { column, type, style: Number(style), value: '', inline: '', formula: '' };
}

function textOf(cell: Cell, context: SheetContext): string {
  const { type, value, inline, formula } = cell;
  // A program wrote the formula and nobody has worked it out yet. The formula itself may be text: ="8914…".
  if (value === '' && inline === '' && formula !== '') return `=${formula}`;
  switch (type) {
    case 's': {
      const text = context.sharedText(Number(value));
      if (text !== undefined) return text;
      throw refuseFile('workbook-damaged', context.sourceName, `its text number ${value} is missing`);
    }
    case 'inlineStr':
      return unescaped(inline);
    case 'str':
      return unescaped(value);
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'e':
      return value;
    case 'd':
      return value.slice(0, 10);
    default:
      return value === '' ? '' : numberText(value, context.formats[cell.style] ?? 'plain', context.date1904);
  }
}
