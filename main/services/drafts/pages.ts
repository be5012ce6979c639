import type { LocalDb } from '../../localdb/types';
import { rowsOf } from './drafts.repo';
import { numbersOfPage, orderedRows, versionOf } from './pages.repo';
import type { Draft, DraftRow, RowFilter, RowPage } from './types';

export interface DraftPages {
  page(draft: Draft, page: RowPage): Promise<{ readonly total: number; readonly rows: readonly DraftRow[] }>;
}

interface Order {
  readonly key: string;
  readonly rows: Int32Array;
}

/** Orders that are kept: what is looked at, and what one goes back to. A million rows take 4 MB. */
const KEPT_ORDERS = 4;
/** Nearer pages are skipped to in the index; farther ones cost less from an order that is made once. */
const NEAR_ROWS = 5_000;

/**
 * Pages of any filter and sort. The plain list is read from the index; any other order is made once, kept as row numbers,
 * and made anew when the draft changes: after that a page at any depth is 200 look-ups by key.
 */
export function createDraftPages({ read }: Pick<LocalDb, 'read'>): DraftPages {
  let orders: readonly Order[] = [];

  const orderOf = async (draft: Draft, { filter, sort }: RowPage): Promise<Int32Array> => {
    const key = JSON.stringify([draft.id, await versionOf(read, draft.id), filter, sort]);
    const known = orders.find((order) => order.key === key);
    const order = known ?? { key, rows: await orderedRows(read, draft.id, filter, sort) };
    orders = [order, ...orders.filter((one) => one.key !== key)].slice(0, KEPT_ORDERS);
    return order.rows;
  };

  return {
    async page(draft, page) {
      const { filter, sort, limit, offset } = page;
      const plain = plainFilter(draft, filter);
      if (plain !== null && sort.by === 'row' && sort.direction === 'ascending' && offset < NEAR_ROWS) {
        const numbers = await numbersOfPage(read, draft.id, plain.filter, { limit, offset });
        return { total: plain.total, rows: await inOrder(numbers, draft) };
      }
      const order = await orderOf(draft, page);
      return { total: order.length, rows: await inOrder([...order.subarray(offset, offset + limit)], draft) };
    },
  };

  async function inOrder(numbers: readonly number[], draft: Draft): Promise<readonly DraftRow[]> {
    const rows = new Map((await rowsOf(read, draft.id, numbers)).map((row) => [row.row, row]));
    return numbers.flatMap((number) => rows.get(number) ?? []);
  }
}

/** A filter that one index answers, with the number of its rows; null: it looks into the rows themselves. */
function plainFilter(
  draft: Draft,
  { verdict, finding, text, excluded }: RowFilter,
): { readonly filter: Pick<RowFilter, 'verdict' | 'excluded'>; readonly total: number } | null {
  if (finding !== null || text.trim() !== '') return null;
  if (draft.excluded === 0 && excluded === 'any') return plainFilter(draft, { verdict, finding, text, excluded: 'no' });
  if (excluded === 'no' && verdict !== null) return { filter: { verdict, excluded }, total: draft[verdict] };
  if (verdict !== null) return null;
  // All rows of the draft stand in the order of its key.
  if (excluded === 'no' && draft.excluded === 0) return { filter: { verdict, excluded: 'any' }, total: draft.rows };
  return excluded === 'any' ? { filter: { verdict, excluded }, total: draft.rows + draft.excluded } : null;
}
