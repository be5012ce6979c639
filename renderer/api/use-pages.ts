import { useCallback, useEffect, useRef, useState } from 'react';
import { createPages, type LoadPage, type PageStore } from './pages';
import type { ContractError } from './client';

export interface Pages<Row> {
  /** Rows there are in all; null until the first page came. */
  readonly total: number | null;
  readonly error: ContractError | null;
  /** The row at an index; null while its page is on the way. */
  row(index: number): Row | null;
  /** The screen now shows these rows. */
  show(firstIndex: number, lastIndex: number): void;
  /** Puts other rows in the place of those that are held: they keep their places until the list is asked for again. */
  change(update: (row: Row) => Row): void;
  reload(): void;
}

/**
 * A long list on the screen. `load` must keep its identity as long as it asks for the same list: a new one starts over,
 * and the old rows stay until the first new ones have come.
 */
export function usePages<Row>(load: LoadPage<Row>): Pages<Row> {
  // A new object for every move, so that the screen is drawn again.
  const [shown, setShown] = useState<{ readonly store: PageStore<Row> } | null>(null);
  const newest = useRef<PageStore<Row> | null>(null);
  useEffect(() => {
    const store = createPages(load, () => setShown({ store }));
    newest.current = store;
    store.show(0, 0);
    return store.stop;
  }, [load]);
  return {
    total: shown?.store.total() ?? null,
    error: shown?.store.error() ?? null,
    row: (index) => shown?.store.row(index) ?? null,
    show: useCallback((firstIndex, lastIndex) => newest.current?.show(firstIndex, lastIndex), []),
    change: useCallback((update) => newest.current?.change(update), []),
    reload: useCallback(() => newest.current?.reload(), []),
  };
}
