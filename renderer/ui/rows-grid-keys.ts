/** Where the person is: a row, the other end of a range, and with cells a column. */
export interface GridPlace {
  readonly current: number;
  readonly anchor: number;
  readonly column: number;
}

/** @returns the row that a key leads to, which may lie outside the list; null: it is no such key */
export function rowStep(key: string, current: number, total: number, pageRows: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return current + pageRows;
    case 'PageUp':
      return current - pageRows;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}

/** @returns the column that a key leads to; null: it is no such key */
export function columnStep(key: string, column: number, columns: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(columns - 1, column + 1);
    case 'ArrowLeft':
      return Math.max(0, column - 1);
    default:
      return null;
  }
}

/** A key that writes something: typing it on a cell begins an editor with it. */
export function isTyped(key: string): boolean {
  return [...key].length === 1 && key !== ' ';
}

/**
 * The next or previous cell that can be edited, over the ends of rows.
 * @param editable by column
 * @returns null: at the end of the list
 */
export function editableBeside(
  place: Pick<GridPlace, 'current' | 'column'>,
  editable: readonly boolean[],
  total: number,
  by: 1 | -1,
): Pick<GridPlace, 'current' | 'column'> | null {
  if (!editable.includes(true)) return null;
  let { current, column } = place;
  for (;;) {
    column += by;
    if (column < 0 || column >= editable.length) {
      current += by;
      column = by === 1 ? 0 : editable.length - 1;
    }
    if (current < 0 || current >= total) return null;
    if (editable[column] === true) return { current, column };
  }
}
