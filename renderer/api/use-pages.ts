import { useCallback, useEffect, useRef, useState } from 'react';
import { asContractError, type ContractError } from './client';

const PAGE_ROWS = 200;
/** Pages kept around the one that is looked at: memory stays small whatever the list's length. */
const PAGES_KEPT = 12;

export interface Pages<Row> {
  /** Rows there are in all; null until the first page came. */
  readonly total: number | null;
  readonly error: ContractError | null;
  /** The row at an index; null while its page is on the way. */
  row(index: number): Row | null;
  /** The screen now shows these rows. */
  show(firstIndex: number, lastIndex: number): void;
  reload(): void;
}

/**
 * A long list, page by page. `load` must keep its identity as long as it asks for the same list: a new one starts over.
 */
export function usePages<Row>(
  load: (page: { limit: number; offset: number }) => Promise<{ total: number; rows: readonly Row[] }>,
): Pages<Row> {
  const [, setVersion] = useState(0);
  const [total, setTotal] = useState<number | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const pages = useRef(new Map<number, readonly Row[]>());
  const asked = useRef(new Set<number>());
  const generation = useRef(0);
  const visible = useRef<readonly [number, number]>([0, 0]);

  const ask = useCallback(
    (page: number) => {
      if (asked.current.has(page)) return;
      asked.current.add(page);
      const mine = generation.current;
      load({ limit: PAGE_ROWS, offset: page * PAGE_ROWS }).then(
        (answer) => {
          if (generation.current !== mine) return;
          pages.current.set(page, answer.rows);
          forgetFar(pages.current, asked.current, page);
          setTotal(answer.total);
          setError(null);
          setVersion((before) => before + 1);
        },
        (reason: unknown) => {
          asked.current.delete(page);
          if (generation.current === mine) setError(asContractError(reason));
        },
      );
    },
    [load],
  );

  const askVisible = useCallback(() => {
    const [first, last] = visible.current;
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page += 1) ask(page);
  }, [ask]);

  /** Rows that are shown stay until their new page has come. */
  const reload = useCallback(() => {
    generation.current += 1;
    asked.current.clear();
    askVisible();
  }, [askVisible]);

  useEffect(() => {
    pages.current.clear();
    visible.current = [0, 0];
    setTotal(null);
    reload();
  }, [load, reload]);

  return {
    total,
    error,
    row: (index) => pages.current.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null,
    show: useCallback(
      (firstIndex, lastIndex) => {
        visible.current = [firstIndex, lastIndex];
        askVisible();
      },
      [askVisible],
    ),
    reload,
  };
}

function forgetFar<Row>(pages: Map<number, readonly Row[]>, asked: Set<number>, near: number): void {
  if (pages.size <= PAGES_KEPT) return;
  const farthest = [...pages.keys()].reduce((worst, page) =>
    Math.abs(page - near) > Math.abs(worst - near) ? page : worst,
  );
  pages.delete(farthest);
  asked.delete(farthest);
}
