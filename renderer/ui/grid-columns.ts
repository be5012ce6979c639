import type { ReactNode } from 'react';
import { copiedRows, type Copied } from '../lib/clipboard';

export interface Column<Row> {
  readonly key: string;
  readonly heading: string;
  /** No narrower than this. */
  readonly minPx: number;
  /** Its share of what is left over; without it the column keeps its width. */
  readonly grow?: number;
  readonly align?: 'end';
  /** Left out where the window is too narrow for all columns. */
  readonly optional?: true;
  cell(row: Row): ReactNode;
  /** Plain text for the clipboard, in one cell or several: digits stay digits. */
  text(row: Row): string | readonly string[];
  /** What an editor of the cell begins with; a column without it can't be edited. */
  raw?(row: Row): string;
  /** The gravest thing that was found about the cell; null: nothing. */
  mark?(row: Row): CellMark | null;
  /** The list can be sorted by this column, and knows it by this name. */
  readonly sortKey?: string;
}

/** How grave what was found about a cell is. */
export type CellMark = 'error' | 'warning' | 'info';

const COLUMN_GAP_PX = 12;
const ROW_PADDING_PX = 14;

export interface GridLayout<Row> {
  readonly columns: readonly Column<Row>[];
  /** CSS grid tracks. */
  readonly template: string;
  /** A narrower window scrolls sideways. */
  readonly minPx: number;
}

/** Which columns fit, and how wide they are. */
export function layoutColumns<Row>(columns: readonly Column<Row>[], widthPx: number): GridLayout<Row> {
  const fits = needsPx(columns) <= widthPx;
  const shown = fits ? columns : columns.filter((column) => column.optional !== true);
  return {
    columns: shown,
    template: shown
      .map(({ minPx, grow }) => (grow === undefined ? `${minPx}px` : `minmax(${minPx}px, ${grow}fr)`))
      .join(' '),
    minPx: needsPx(shown),
  };
}

function needsPx<Row>(columns: readonly Column<Row>[]): number {
  const gapsPx = Math.max(0, columns.length - 1) * COLUMN_GAP_PX;
  return columns.reduce((sum, column) => sum + column.minPx, 2 * ROW_PADDING_PX + gapsPx);
}

/**
 * The rows from one index to another, with every column. A row whose page was never loaded is not invented: the caller
 * tells how many there are.
 */
export function copyOfRows<Row>(
  columns: readonly Column<Row>[],
  row: (index: number) => Row | null,
  from: number,
  to: number,
): { readonly copied: Copied; readonly rows: number } {
  const rows: string[][] = [];
  for (let index = from; index <= to; index += 1) {
    const value = row(index);
    if (value !== null) rows.push(columns.flatMap((column) => column.text(value)));
  }
  return { copied: copiedRows(rows), rows: rows.length };
}
