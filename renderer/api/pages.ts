import { asContractError, type ContractError } from './client';

const PAGE_ROWS = 200;
/** Pages kept around the one that is looked at: memory stays small whatever the list's length. */
const PAGES_KEPT = 12;

/** Must ask for the same list every time. */
export type LoadPage<Row> = (page: {
  limit: number;
  offset: number;
}) => Promise<{ total: number; rows: readonly Row[] }>;

/** A long list, page by page: only what is looked at is asked for. */
export interface PageStore<Row> {
  /** Rows there are in all; null until the first page came. */
  total(): number | null;
  error(): ContractError | null;
  /** The row at an index; null while its page is on the way. */
  row(index: number): Row | null;
  /** The screen now shows these rows. */
  show(firstIndex: number, lastIndex: number): void;
  /** Puts other rows in the place of those that are held: they keep their places until the list is asked for again. */
  change(update: (row: Row) => Row): void;
  /** Asks again for what is shown; rows stay until their new page has come. */
  reload(): void;
  stop(): void;
}

export function createPages<Row>(load: LoadPage<Row>, onMove: () => void): PageStore<Row> {
  const pages = new Map<number, readonly Row[]>();
  const fresh = new Set<number>();
  let underWay = 0;
  let again = false;
  let stopped = false;
  let total: number | null = null;
  let error: ContractError | null = null;
  let visible: readonly [number, number] = [0, 0];

  function ask(page: number): void {
    if (fresh.has(page)) return;
    fresh.add(page);
    underWay += 1;
    load({ limit: PAGE_ROWS, offset: page * PAGE_ROWS }).then(
      (answer) => {
        pages.set(page, answer.rows);
        farFrom(page, [...pages.keys()]).forEach((far) => pages.delete(far) && fresh.delete(far));
        total = answer.total;
        error = null;
        settle();
      },
      (reason: unknown) => {
        fresh.delete(page);
        error = asContractError(reason);
        settle();
      },
    );
  }

  function settle(): void {
    underWay -= 1;
    if (stopped) return;
    onMove();
    if (underWay === 0 && again) renew();
  }

  /** Answers that come slower than the news still reach the screen: the next round begins when this one has ended. */
  function renew(): void {
    again = underWay > 0;
    if (again) return;
    fresh.clear();
    askVisible();
  }

  function askVisible(): void {
    const [first, last] = visible;
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page += 1) ask(page);
  }

  return {
    total: () => total,
    error: () => error,
    row: (index) => pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS] ?? null,
    show(firstIndex, lastIndex) {
      visible = [firstIndex, lastIndex];
      askVisible();
    },
    change(update) {
      for (const [page, rows] of pages) pages.set(page, rows.map(update));
      onMove();
    },
    reload: renew,
    stop: () => void (stopped = true),
  };
}

/** Pages to forget: the farthest ones, when there are too many. */
function farFrom(near: number, held: readonly number[]): readonly number[] {
  const byDistance = [...held].sort((one, other) => Math.abs(one - near) - Math.abs(other - near));
  return byDistance.slice(PAGES_KEPT);
}
