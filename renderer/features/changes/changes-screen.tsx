import { useCallback } from 'react';
import type { BulkChange } from '../../../shared/contract/changes';
import { api, useEvent, usePages } from '../../api';
import { digits } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { CHANGE_WORDS } from '../../lib/status-words';
import { ago } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { RowsGrid, type Column } from '../../ui/rows-grid';
import { Empty, Loading, Screen } from '../../ui/screen';
import { ChangeView } from './change-view';

/** Every bulk change of this desktop, or one of them. */
export function ChangesScreen({ changeId }: { readonly changeId: number | null }) {
  return changeId === null ? <ChangeList /> : <ChangeView key={changeId} changeId={changeId} />;
}

const COLUMNS: readonly Column<BulkChange>[] = [
  { key: 'id', heading: 'change', width: '64px', align: 'end', cell: (one) => one.id, text: (one) => String(one.id) },
  { key: 'name', heading: 'name', width: 'minmax(160px, 1.4fr)', cell: (one) => one.name, text: (one) => one.name },
  {
    key: 'provider',
    heading: 'service provider',
    width: 'minmax(120px, 1fr)',
    cell: (one) => one.providerName,
    text: (one) => one.providerName,
  },
  { key: 'type', heading: 'type', width: '150px', cell: (one) => one.changeType, text: (one) => one.changeType },
  {
    key: 'status',
    heading: 'status',
    width: '150px',
    cell: (one) => <Badge tone={CHANGE_WORDS[one.status].tone}>{CHANGE_WORDS[one.status].word}</Badge>,
    text: (one) => CHANGE_WORDS[one.status].word,
  },
  {
    key: 'rows',
    heading: 'rows',
    width: '70px',
    align: 'end',
    cell: (one) => digits(one.rows),
    text: (one) => String(one.rows),
  },
  {
    key: 'done',
    heading: 'processed',
    width: '80px',
    align: 'end',
    cell: (one) => digits(one.counts.byStatus.processed ?? 0),
    text: (one) => String(one.counts.byStatus.processed ?? 0),
  },
  { key: 'by', heading: 'by', width: '90px', cell: (one) => one.createdBy, text: (one) => one.createdBy },
  { key: 'at', heading: 'made', width: '120px', cell: (one) => ago(one.createdAt), text: (one) => one.createdAt },
];

const load = (page: { limit: number; offset: number }) =>
  api.call('changes.list', page).then(({ total, changes }) => ({ total, rows: changes }));

function ChangeList() {
  const { go } = useRoute();
  const pages = usePages(load);
  useEvent('changes.progressed', pages.reload);
  const open = useCallback(
    (index: number) => {
      const change = pages.row(index);
      if (change !== null) go({ screen: 'changes', changeId: change.id });
    },
    [pages, go],
  );
  return (
    <Screen title="Changes" about="Every bulk change that was sent from this desktop, newest first">
      {pages.error !== null ? (
        <ErrorPanel story={pages.error.story} correlationId={pages.error.correlationId} onRetry={pages.reload} />
      ) : pages.total === null ? (
        <Loading what="changes" />
      ) : pages.total === 0 ? (
        <Empty title="No changes yet">Prepare a list and send it: it becomes a change here.</Empty>
      ) : (
        <RowsGrid
          label="Changes"
          columns={COLUMNS}
          total={pages.total}
          row={pages.row}
          onShow={pages.show}
          onOpen={open}
          onClose={() => undefined}
          openIndex={null}
        />
      )}
    </Screen>
  );
}
