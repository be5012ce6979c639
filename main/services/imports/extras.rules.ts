import type { Columns } from './columns.rules';

/** The columns that mean nothing to us: kept, so that a list of problem rows comes back as the person knows it. */
export interface Extras {
  /** As JSON; null: every column has a meaning. */
  readonly headings: string | null;
  /** The cells of a row under these headings, as JSON; null: all are blank. */
  cells(row: readonly string[]): string | null;
}

const MOST_COLUMNS_KEPT = 50;
const LONGEST_CELL = 500;

export function extrasOf({ headings, index }: Columns): Extras {
  const known = new Set<number>(Object.values(index));
  const places = headings
    .flatMap((heading, column) => (known.has(column) || heading.trim() === '' ? [] : [column]))
    .slice(0, MOST_COLUMNS_KEPT);
  if (places.length === 0) return { headings: null, cells: () => null };
  return {
    headings: JSON.stringify(places.map((column) => headings[column])),
    cells(row) {
      const cells = places.map((column) => (row[column] ?? '').slice(0, LONGEST_CELL));
      return cells.every((cell) => cell.trim() === '') ? null : JSON.stringify(cells);
    },
  };
}
