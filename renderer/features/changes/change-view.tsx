import { Button, SegmentedControl } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BulkChange, ChangeProgress } from '../../../shared/contract/changes';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { api, may, useCall, useEvent, usePages, useSession } from '../../api';
import { partsOf } from '../../lib/change-parts';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { CHANGE_WORDS, ROW_WORDS } from '../../lib/status-words';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { ProgressBar } from '../../ui/progress-bar';
import { RowsView } from '../../ui/rows-view';
import { Empty, Loading, Screen } from '../../ui/screen';
import { rowColumns } from './change-columns';
import classes from './change-view.module.css';
import { RowStory } from './row-story';
import { SaveReport } from './save-report';

interface ChangeViewProps {
  readonly changeId: number;
  /** Rows to show first. */
  readonly only: DeviceChangeStatus | null;
}

/** One change: how far it is, its rows, and each row's story. */
export function ChangeView({ changeId, only }: ChangeViewProps) {
  const { go } = useRoute();
  const change = useCall('changes.get', { changeId });
  const [progress, setProgress] = useState<ChangeProgress | null>(null);
  useEvent('changes.progressed', (moved) => {
    if (moved.changeId !== changeId) return;
    setProgress(moved);
    // Times and the like, which progress does not tell, are settled when the change begins and ends.
    if (moved.status !== 'processing') change.reload();
  });
  const back = { label: 'All changes', go: () => go({ screen: 'changes', changeId: null }) };
  if (change.error !== null) {
    return (
      <Screen title={`Change ${changeId}`} back={back}>
        <ErrorPanel error={change.error} onRetry={change.reload} />
      </Screen>
    );
  }
  if (change.value === null) return <Loading what={`change ${changeId}`} />;
  const shown =
    progress === null ? change.value : { ...change.value, status: progress.status, counts: progress.counts };
  return <OpenChange change={shown} firstOnly={only} back={back} />;
}

interface OpenChangeProps {
  readonly change: BulkChange;
  readonly firstOnly: DeviceChangeStatus | null;
  readonly back: { readonly label: string; readonly go: () => void };
}

function OpenChange({ change, firstOnly, back }: OpenChangeProps) {
  const { session } = useSession();
  const { go } = useRoute();
  const { tone, word } = CHANGE_WORDS[change.status];
  const parts = partsOf(change.counts);
  return (
    <Screen
      title={
        <span className={classes.title}>
          Change {change.id} <Badge tone={tone}>{word}</Badge>
        </span>
      }
      back={back}
      about={
        <>
          {change.name} · {change.changeType} · {change.providerName} · {plural(change.rows, 'line')} · sent{' '}
          <Ago at={change.createdAt} /> by {change.createdBy}
          {change.endedAt === null ? null : (
            <>
              {' '}
              · ended <Ago at={change.endedAt} />
            </>
          )}
        </>
      }
      actions={
        <>
          {may(session, 'audit.read') ? (
            <Button variant="default" onClick={() => go({ screen: 'audit', change: change.uid })}>
              Audit trail
            </Button>
          ) : null}
          {may(session, 'reports.read') ? <SaveReport changeId={change.id} /> : null}
        </>
      }
    >
      <div className={classes.progress}>
        <ProgressBar label={`Change ${change.id}`} parts={parts} />
        <p className={classes.words} role="status" aria-label="Progress">
          {parts
            .filter((part) => part.rows > 0)
            .map((part) => `${digits(part.rows)} ${part.word}`)
            .join(' · ')}
        </p>
      </div>
      <ChangeRows change={change} firstOnly={firstOnly} />
    </Screen>
  );
}

function ChangeRows({ change, firstOnly }: Pick<OpenChangeProps, 'change' | 'firstOnly'>) {
  const [only, setOnly] = useState(firstOnly);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const load = useCallback(
    (page: { limit: number; offset: number }) => api.call('changes.rows', { changeId: change.id, only, ...page }),
    [change.id, only],
  );
  const rows = usePages(load);
  const { reload } = rows;
  // The counts moved: so did rows.
  const counts = JSON.stringify(change.counts);
  const loadedFor = useRef(counts);
  useEffect(() => {
    if (loadedFor.current === counts) return;
    loadedFor.current = counts;
    reload();
  }, [counts, reload]);
  const present = (Object.keys(ROW_WORDS) as DeviceChangeStatus[]).filter(
    (status) => (change.counts.byStatus[status] ?? 0) > 0 || status === only,
  );
  const { columns, rowPx } = rowColumns(change);
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Rows to show"
        className={classes.filter}
        value={only ?? 'all'}
        onChange={(value) => {
          setOpenIndex(null);
          setOnly(value === 'all' ? null : value);
        }}
        data={[
          { value: 'all', label: `All ${digits(change.rows)}` },
          ...present.map((status) => ({
            value: status,
            label: `${ROW_WORDS[status].word} ${digits(change.counts.byStatus[status] ?? 0)}`,
          })),
        ]}
      />
      <RowsView
        label="Rows of the change"
        what="rows"
        rows={rows}
        columns={columns}
        rowPx={rowPx}
        list={only ?? 'all'}
        empty={<Empty title="No row is in this state now">Choose another state.</Empty>}
        openIndex={openIndex}
        onOpen={setOpenIndex}
        story={(row) => ({ title: `Row ${row.row}`, body: <RowStory row={row} change={change} /> })}
      />
    </>
  );
}
