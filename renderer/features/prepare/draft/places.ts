import { PAGE_LIMIT, type DraftFilter, type DraftRow } from '../../../../shared/contract/drafts';
import type { Api } from '../../../api';
import { IN_ORDER } from './list-filter';

export const EVERY_ROW: DraftFilter = { verdict: null, finding: null, text: '', excluded: 'any' };

/** Steps in which a row is found: each one passes over all gaps that the one before met. */
const MOST_STEPS = 40;

/**
 * Where a row stands in the list of all rows. Rows may be missing in between, since they were sent or undone: numbers only
 * grow, so going back by what is too much never goes too far.
 * @returns null: it is not there any more
 */
export async function indexOfRow(api: Pick<Api, 'call'>, draftId: number, row: number): Promise<number | null> {
  let index = row - 1;
  for (let step = 0; step < MOST_STEPS && index >= 0; step += 1) {
    const page = await api.call('drafts.rows', { draftId, filter: EVERY_ROW, sort: IN_ORDER, limit: 1, offset: index });
    const there = page.rows[0];
    if (there === undefined) index = Math.min(index, page.total) - 1;
    else if (there.row === row) return index;
    else if (there.row < row) return null;
    else index -= there.row - row;
  }
  return null;
}

/** The row and those beside it, in the order of the list. */
export async function rowsAround(
  api: Pick<Api, 'call'>,
  draftId: number,
  row: number,
  { before, after }: { readonly before: number; readonly after: number },
): Promise<readonly DraftRow[]> {
  const index = await indexOfRow(api, draftId, row);
  if (index === null) return [];
  const offset = Math.max(0, index - before);
  const limit = Math.min(PAGE_LIMIT, index - offset + 1 + after);
  const { rows } = await api.call('drafts.rows', { draftId, filter: EVERY_ROW, sort: IN_ORDER, limit, offset });
  return rows;
}

/** The first rows with a finding, in the order of the list. */
export async function rowsWith(api: Pick<Api, 'call'>, draftId: number, finding: string) {
  const filter: DraftFilter = { ...EVERY_ROW, finding, excluded: 'no' };
  return api.call('drafts.rows', { draftId, filter, sort: IN_ORDER, limit: PAGE_LIMIT, offset: 0 });
}
