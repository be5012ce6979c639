import type { DraftRow } from '../../../shared/contract/drafts';
import { VERDICT_WORDS } from '../../lib/status-words';
import { Badge } from '../../ui/badge';
import { Pair, pairText } from '../../ui/pair';
import type { Column } from '../../ui/rows-grid';
import { Identifier } from '../../ui/identifier';
import { worstWords } from './finding-words';

export const DRAFT_COLUMNS: readonly Column<DraftRow>[] = [
  {
    key: 'line',
    heading: 'line',
    width: '52px',
    align: 'end',
    cell: (row) => row.line,
    text: (row) => String(row.line),
  },
  {
    key: 'mdn',
    heading: 'MDN',
    width: '112px',
    cell: (row) => <Identifier value={row.mdn} />,
    text: (row) => row.mdn ?? '',
  },
  {
    key: 'pair',
    heading: 'now → new',
    width: 'minmax(400px, 1.4fr)',
    cell: (row) => <Pair from={row.old} to={row.new} />,
    text: (row) => pairText(row.old, row.new),
  },
  {
    key: 'verdict',
    heading: 'verdict',
    width: 'minmax(200px, 1fr)',
    cell: (row) => <Badge tone={VERDICT_WORDS[row.verdict].tone}>{worstWords(row)}</Badge>,
    text: (row) => worstWords(row),
  },
];
