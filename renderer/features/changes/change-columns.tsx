import type { BulkChange, DeviceChangeRow } from '../../../shared/contract/changes';
import { changedKinds } from '../../../shared/domain/change';
import { digits } from '../../lib/numbers';
import { CHANGE_WORDS, ROW_WORDS } from '../../lib/status-words';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import type { Column } from '../../ui/grid-columns';
import { Identifier } from '../../ui/identifier';
import { Pair, pairTexts } from '../../ui/pair';
import classes from './change-view.module.css';

export const CHANGE_COLUMNS: readonly Column<BulkChange>[] = [
  { key: 'id', heading: 'change', minPx: 52, align: 'end', cell: (one) => one.id, text: (one) => String(one.id) },
  { key: 'name', heading: 'name', minPx: 150, grow: 2, cell: (one) => one.name, text: (one) => one.name },
  {
    key: 'provider',
    heading: 'service provider',
    minPx: 120,
    grow: 1,
    cell: (one) => one.providerName,
    text: (one) => one.providerName,
  },
  {
    key: 'type',
    heading: 'type',
    minPx: 142,
    optional: true,
    cell: (one) => one.changeType,
    text: (one) => one.changeType,
  },
  {
    key: 'status',
    heading: 'status',
    minPx: 142,
    cell: (one) => <Badge tone={CHANGE_WORDS[one.status].tone}>{CHANGE_WORDS[one.status].word}</Badge>,
    text: (one) => CHANGE_WORDS[one.status].word,
  },
  {
    key: 'rows',
    heading: 'lines',
    minPx: 56,
    align: 'end',
    cell: (one) => digits(one.rows),
    text: (one) => String(one.rows),
  },
  {
    key: 'done',
    heading: 'processed',
    minPx: 66,
    align: 'end',
    cell: (one) => digits(one.counts.byStatus.processed ?? 0),
    text: (one) => String(one.counts.byStatus.processed ?? 0),
  },
  { key: 'by', heading: 'by', minPx: 64, optional: true, cell: (one) => one.createdBy, text: (one) => one.createdBy },
  { key: 'at', heading: 'sent', minPx: 106, cell: (one) => <Ago at={one.createdAt} />, text: (one) => one.createdAt },
];

const ROW_COLUMNS: readonly Column<DeviceChangeRow>[] = [
  { key: 'row', heading: 'row', minPx: 44, align: 'end', cell: (row) => row.row, text: (row) => String(row.row) },
  {
    key: 'mdn',
    heading: 'MDN',
    minPx: 98,
    cell: (row) => <Identifier value={row.mdn} />,
    text: (row) => row.mdn ?? '',
  },
  {
    key: 'pair',
    heading: 'old → new',
    minPx: 384,
    cell: (row) => <Pair from={row.old} to={row.new} />,
    text: (row) => pairTexts(row.old, row.new),
  },
  {
    key: 'status',
    heading: 'status',
    minPx: 124,
    grow: 1,
    cell: (row) => (
      <>
        <Badge tone={ROW_WORDS[row.status].tone}>{ROW_WORDS[row.status].word}</Badge>
        <span className={classes.why}>{row.needsPerson ? 'for you to decide' : (row.error?.code ?? '')}</span>
      </>
    ),
    text: (row) => [row.status, row.error?.code ?? ''],
  },
];

const BOTH_COLUMNS = ROW_COLUMNS.map((column) =>
  column.key === 'pair' ? { ...column, heading: 'old → new: ICCID above, IMEI below' } : column,
);
const ONE_LINE_PX = 34;
const TWO_LINES_PX = 52;

export function rowColumns({ changeType }: Pick<BulkChange, 'changeType'>) {
  return changedKinds(changeType).length > 1
    ? { columns: BOTH_COLUMNS, rowPx: TWO_LINES_PX }
    : { columns: ROW_COLUMNS, rowPx: ONE_LINE_PX };
}
