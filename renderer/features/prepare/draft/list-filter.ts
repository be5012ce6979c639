import { useState } from 'react';
import type { DraftFilter, DraftRow } from '../../../../shared/contract/drafts';
import type { Field, Verdict } from '../../../../shared/domain/finding';

/** What of a draft is shown: one of the kinds of rows, narrowed by a finding or a text. */
export type Shown = Verdict | 'all' | 'excluded';

export interface ListSort {
  readonly by: 'row' | 'verdict' | Field;
  readonly direction: 'ascending' | 'descending';
}

export interface ListChoice {
  readonly shown: Shown;
  readonly finding: string | null;
  readonly text: string;
  readonly sort: ListSort;
}

export const IN_ORDER: ListSort = { by: 'row', direction: 'ascending' };

export function filterOf({ shown, finding, text }: Omit<ListChoice, 'sort'>): DraftFilter {
  return {
    verdict: shown === 'all' || shown === 'excluded' ? null : shown,
    finding,
    text,
    excluded: shown === 'excluded' ? 'only' : 'no',
  };
}

/** Whether a row that was judged anew still belongs to the list. Its text is not asked: only main knows what it searches. */
export function stillFits(row: DraftRow, { verdict, finding, excluded }: DraftFilter): boolean {
  if (excluded !== 'any' && row.excluded !== (excluded === 'only')) return false;
  if (verdict !== null && row.verdict !== verdict) return false;
  return finding === null || row.findings.some(({ code }) => code === finding);
}

/** Ascending, descending, and back to the order of the list. */
export function nextSort(sort: ListSort, by: ListSort['by']): ListSort {
  if (sort.by !== by) return { by, direction: 'ascending' };
  return sort.direction === 'ascending' && by !== 'row' ? { by, direction: 'descending' } : nextOf(sort, by);
}

function nextOf({ direction }: ListSort, by: ListSort['by']): ListSort {
  if (by === 'row') return { by, direction: direction === 'ascending' ? 'descending' : 'ascending' };
  return IN_ORDER;
}

/** The person's choice of what is shown. Each choice takes back what would make the list empty by surprise. */
export function useListChoice(first: Shown) {
  const [choice, setChoice] = useState<ListChoice>({ shown: first, finding: null, text: '', sort: IN_ORDER });
  return {
    choice,
    show: (shown: Shown) => setChoice((now) => ({ ...now, shown, finding: null })),
    find: (text: string) => setChoice((now) => ({ ...now, finding: null, text })),
    only: (finding: string | null) => setChoice((now) => ({ ...now, shown: 'all', text: '', finding })),
    sortBy: (by: ListSort['by']) => setChoice((now) => ({ ...now, sort: nextSort(now.sort, by) })),
    all: () => setChoice((now) => ({ ...now, shown: 'all', text: '', finding: null })),
  };
}
