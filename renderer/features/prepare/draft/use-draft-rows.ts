import { useDebouncedValue } from '@mantine/hooks';
import { useCallback, useMemo, useState } from 'react';
import { PAGE_LIMIT, type DraftFilter, type DraftRow } from '../../../../shared/contract/drafts';
import { api, usePages, type Pages } from '../../../api';
import { filterOf, stillFits, type ListChoice } from './list-filter';

/** More rows than these are named one by one in no act: a filter names them better. */
export const MOST_NAMED = 10_000;
export const TOO_MANY = 'At most 10,000 rows at once: narrow the list, then leave out all that it shows.';

export interface DraftRowsList {
  readonly rows: Pages<DraftRow>;
  readonly filter: DraftFilter;
  /** Another text is another list. */
  readonly key: string;
  /**
   * Rows that were judged anew since and no longer belong to the list, or now do. The list stands still under the person's
   * hands until it is shown anew.
   */
  readonly outdated: number;
  /** Shows rows as they are now, in their places. */
  show(rows: readonly DraftRow[]): void;
  showAnew(): void;
  /** Numbers of the rows from one index of the list to another. Null: too many to be named one by one. */
  numbers(from: number, to: number): Promise<readonly number[] | null>;
}

const NO_MOVES = { key: '', rows: new Set<number>() };

/** The rows of a draft as the person has chosen to see them. */
export function useDraftRows(draftId: number, choice: ListChoice): DraftRowsList {
  const [text] = useDebouncedValue(choice.text, 150);
  const { shown, finding, sort } = choice;
  const filter = useMemo(() => filterOf({ shown, finding, text }), [shown, finding, text]);
  const load = useCallback(
    (page: { limit: number; offset: number }) => api.call('drafts.rows', { draftId, filter, sort, ...page }),
    [draftId, filter, sort],
  );
  const rows = usePages(load);
  const key = `${shown} ${finding ?? ''} ${text} ${sort.by} ${sort.direction}`;
  const [moves, setMoves] = useState<{ readonly key: string; readonly rows: ReadonlySet<number> }>(NO_MOVES);
  const outdated = moves.key === key ? moves.rows.size : 0;
  const { row: rowAt, show: showPages, reload } = rows;
  const showAnew = (): void => {
    setMoves(NO_MOVES);
    reload();
  };

  return {
    rows: {
      ...rows,
      show(first, last) {
        showPages(first, last);
        // A page that comes later has the places of the list as it is now: both would not fit together.
        if (outdated > 0 && (rowAt(first) === null || rowAt(last) === null)) showAnew();
      },
    },
    filter,
    key,
    outdated,
    show(changed) {
      const now = new Set(moves.key === key ? moves.rows : []);
      const byNumber = new Map(changed.map((row) => [row.row, row]));
      const there = new Set<number>();
      rows.change((row) => {
        const after = byNumber.get(row.row);
        if (after !== undefined) there.add(row.row);
        return after ?? row;
      });
      for (const row of changed) {
        if (stillFits(row, filter) === there.has(row.row)) now.delete(row.row);
        else now.add(row.row);
      }
      setMoves({ key, rows: now });
    },
    showAnew,
    async numbers(from, to) {
      if (to - from >= MOST_NAMED) return null;
      const held = Array.from({ length: to - from + 1 }, (_, offset) => rows.row(from + offset));
      const known = held.flatMap((row) => (row === null ? [] : [row.row]));
      if (known.length === held.length) return known;
      const numbers: number[] = [];
      for (let offset = from; offset <= to; offset += PAGE_LIMIT) {
        const page = await load({ limit: Math.min(PAGE_LIMIT, to - offset + 1), offset });
        numbers.push(...page.rows.map(({ row }) => row));
      }
      return numbers;
    },
  };
}
