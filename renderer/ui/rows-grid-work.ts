import { useState, type ReactNode } from 'react';
import type { GridPlace } from './rows-grid-keys';

/** What a person may do with the rows of a grid beyond looking at them. With it, cells are current and not only rows. */
export interface GridWork<Row> {
  /** The row's number: it stays while rows around it come and go. */
  keyOf(row: Row): number;
  readonly ticked: ReadonlySet<number>;
  /** Space or a click on the tick: these rows of the list, by index. */
  onTick(from: number, to: number): void;
  /** Delete: these rows of the list, by index. */
  onDelete(from: number, to: number): void;
  /** A cell was typed into, and is another one now. */
  onEdit(row: Row, columnKey: string, text: string): void;
  /** What is to be said of a cell: shown below the grid for the current one, and beside the one under the mouse. */
  about(row: Row, columnKey: string): ReactNode;
  toneOf(row: Row): string | undefined;
}

export interface GridSort {
  readonly by: string;
  readonly direction: 'ascending' | 'descending';
  onSort(by: string): void;
}

/** Rows are searched for so far from where they were. */
const NEAR_ROWS = 400;

interface HeldPlace extends GridPlace {
  /** Key of the current row; null: to be taken from the list. */
  readonly key: number | null;
}

/**
 * Where the person is. Rows that leave or join the list above the current one do not move the place under the person's
 * hands: it stays with its row as long as that is near.
 */
export function useGridPlace<Row>(row: (index: number) => Row | null, total: number, work: GridWork<Row> | undefined) {
  const [place, setPlace] = useState<HeldPlace>({ current: 0, anchor: 0, column: 0, key: null });
  const settled = settle(place, row, total, work);
  if (settled !== place) setPlace(settled);
  return {
    place: settled,
    setPlace: (next: GridPlace) => setPlace({ ...next, key: null }),
  };
}

function settle<Row>(
  place: HeldPlace,
  row: (index: number) => Row | null,
  total: number,
  work: GridWork<Row> | undefined,
): HeldPlace {
  const last = Math.max(0, total - 1);
  if (place.current > last) return { ...place, current: last, anchor: last };
  const here = work === undefined ? null : row(place.current);
  if (here === null || work === undefined) return place;
  const key = work.keyOf(here);
  if (place.key === key) return place;
  if (place.key !== null) {
    for (let distance = 1; distance <= NEAR_ROWS; distance += 1) {
      for (const index of [place.current - distance, place.current + distance]) {
        const there = index < 0 || index >= total ? null : row(index);
        if (there !== null && work.keyOf(there) === place.key) return { ...place, current: index, anchor: index };
      }
    }
  }
  return { ...place, key };
}
