import { Button, Group, Menu, SegmentedControl, Text } from '@mantine/core';
import { IconArrowLeft, IconFileDownload } from '@tabler/icons-react';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { BulkChange, ChangeProgress, DeviceChangeRow } from '../../../shared/contract/changes';
import type { SavedReport } from '../../../shared/contract/reports';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { api, asContractError, may, useCall, useEvent, usePages, useSession, type ContractError } from '../../api';
import { partsOf } from '../../lib/change-parts';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { CHANGE_WORDS, ROW_WORDS } from '../../lib/status-words';
import { ago, exact } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { Identifier } from '../../ui/identifier';
import { Pair, pairText } from '../../ui/pair';
import { ProgressBar } from '../../ui/progress-bar';
import { RowsGrid, type Column } from '../../ui/rows-grid';
import { Empty, Loading, Screen, SidePanel, Split } from '../../ui/screen';
import classes from './change-view.module.css';
import { RowStory } from './row-story';

/** One change: how far it is, its rows, and each row's story. */
export function ChangeView({ changeId }: { readonly changeId: number }) {
  const { go } = useRoute();
  const change = useCall('changes.get', { changeId });
  const [progress, setProgress] = useState<ChangeProgress | null>(null);
  useEvent('changes.progressed', (moved) => {
    if (moved.changeId !== changeId) return;
    setProgress(moved);
    if (moved.status !== 'processing') change.reload();
  });
  const back = (
    <Button
      variant="default"
      leftSection={<IconArrowLeft size={16} />}
      onClick={() => go({ screen: 'changes', changeId: null })}
    >
      All changes
    </Button>
  );
  if (change.error !== null) {
    return (
      <Screen title={`Change ${changeId}`} actions={back}>
        <ErrorPanel story={change.error.story} correlationId={change.error.correlationId} onRetry={change.reload} />
      </Screen>
    );
  }
  if (change.value === null) return <Loading what={`change ${changeId}`} />;
  const shown =
    progress === null ? change.value : { ...change.value, status: progress.status, counts: progress.counts };
  return <OpenChange change={shown} back={back} />;
}

function OpenChange({ change, back }: { readonly change: BulkChange; readonly back: ReactNode }) {
  const { session } = useSession();
  const { go } = useRoute();
  const { tone, word } = CHANGE_WORDS[change.status];
  const parts = partsOf(change.counts);
  const words = parts.filter((part) => part.rows > 0).map((part) => `${digits(part.rows)} ${part.word}`);
  return (
    <Screen
      title={
        <Group gap="sm" component="span">
          Change {change.id} <Badge tone={tone}>{word}</Badge>
        </Group>
      }
      about={
        <>
          {change.name} · {change.changeType} · {change.providerName} · {plural(change.rows, 'line')} ·{' '}
          <span title={exact(change.createdAt)}>
            sent {ago(change.createdAt)} by {change.createdBy}
          </span>
        </>
      }
      actions={
        <>
          {back}
          {may(session, 'audit.read') ? (
            <Button variant="default" onClick={() => go({ screen: 'audit', change: change.uid })}>
              Audit trail
            </Button>
          ) : null}
          <SaveReport changeId={change.id} />
        </>
      }
    >
      <div className={classes.progress}>
        <ProgressBar label={`Change ${change.id}`} parts={parts} />
        <Text size="sm" role="status" aria-live="polite">
          {words.join(' · ')}
        </Text>
      </div>
      <ChangeRows change={change} />
    </Screen>
  );
}

const COLUMNS: readonly Column<DeviceChangeRow>[] = [
  { key: 'row', heading: 'row', width: '52px', align: 'end', cell: (row) => row.row, text: (row) => String(row.row) },
  {
    key: 'mdn',
    heading: 'MDN',
    width: '112px',
    cell: (row) => <Identifier value={row.mdn} />,
    text: (row) => row.mdn ?? '',
  },
  {
    key: 'pair',
    heading: 'old → new',
    width: 'minmax(400px, 1.4fr)',
    cell: (row) => <Pair from={row.old} to={row.new} />,
    text: (row) => pairText(row.old, row.new),
  },
  {
    key: 'status',
    heading: 'status',
    width: 'minmax(170px, 1fr)',
    cell: (row) => (
      <>
        <Badge tone={ROW_WORDS[row.status].tone}>{ROW_WORDS[row.status].word}</Badge>{' '}
        <span className={classes.why}>{row.needsPerson ? 'for you to decide' : (row.error?.code ?? '')}</span>
      </>
    ),
    text: (row) => `${row.status}\t${row.error?.code ?? ''}`,
  },
];

function ChangeRows({ change }: { readonly change: BulkChange }) {
  const [only, setOnly] = useState<DeviceChangeStatus | null>(null);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const load = useCallback(
    (page: { limit: number; offset: number }) => api.call('changes.rows', { changeId: change.id, only, ...page }),
    [change.id, only],
  );
  const pages = usePages(load);
  const { reload } = pages;
  // The counts moved: so did rows.
  const counts = JSON.stringify(change.counts);
  useEffect(() => reload(), [counts, reload]);
  const open = openIndex === null ? null : pages.row(openIndex);
  const present = (Object.keys(ROW_WORDS) as DeviceChangeStatus[]).filter(
    (status) => (change.counts.byStatus[status] ?? 0) > 0 || status === only,
  );
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="Rows to show"
        className={classes.filter}
        value={only ?? 'all'}
        onChange={(value) => {
          setOpenIndex(null);
          setOnly(value === 'all' ? null : (value as DeviceChangeStatus));
        }}
        data={[
          { value: 'all', label: `All ${digits(change.rows)}` },
          ...present.map((status) => ({
            value: status,
            label: `${ROW_WORDS[status].word} ${digits(change.counts.byStatus[status] ?? 0)}`,
          })),
        ]}
      />
      {pages.error !== null ? (
        <ErrorPanel story={pages.error.story} correlationId={pages.error.correlationId} onRetry={pages.reload} />
      ) : pages.total === null ? (
        <Loading what="rows" />
      ) : pages.total === 0 ? (
        <Empty title="No row is in this state now">Choose another state.</Empty>
      ) : (
        <Split>
          <RowsGrid
            label="Rows of the change"
            columns={COLUMNS}
            total={pages.total}
            row={pages.row}
            onShow={pages.show}
            onOpen={setOpenIndex}
            onClose={() => setOpenIndex(null)}
            openIndex={openIndex}
          />
          {open === null ? null : (
            <SidePanel title={`Row ${open.row}`} onClose={() => setOpenIndex(null)}>
              <RowStory row={open} change={change} />
            </SidePanel>
          )}
        </Split>
      )}
    </>
  );
}

function SaveReport({ changeId }: { readonly changeId: number }) {
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const save = (format: 'pdf' | 'csv' | 'json'): void => {
    setBusy(true);
    setError(null);
    api
      .call('reports.save', { changeId, format })
      .then(setSaved, (reason: unknown) => setError(asContractError(reason)))
      .finally(() => setBusy(false));
  };
  return (
    <div className={classes.report}>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button leftSection={<IconFileDownload size={16} />} loading={busy}>
            Save report
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('pdf')}>PDF, for people</Menu.Item>
          <Menu.Item onClick={() => save('csv')}>CSV, for spreadsheets</Menu.Item>
          <Menu.Item onClick={() => save('json')}>JSON, for programs</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {saved === null && error === null ? null : (
        <div className={classes.saved} role="status">
          {error === null ? null : <ErrorPanel story={error.story} correlationId={error.correlationId} />}
          {saved === null ? null : <Saved report={saved} onClose={() => setSaved(null)} />}
        </div>
      )}
    </div>
  );
}

function Saved({ report, onClose }: { readonly report: SavedReport; readonly onClose: () => void }) {
  return (
    <>
      <Text size="sm" fw={600}>
        Report saved
      </Text>
      <Text size="sm" className={classes.place}>
        {report.place}
      </Text>
      <Text size="xs" c="dimmed" className={classes.place}>
        {plural(report.rows, 'row')} · SHA-256 {report.sha256}
      </Text>
      <Group gap="xs" mt={8}>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void api.call('app.showSavedFile', { savedId: report.savedId })}
        >
          Show in folder
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClose}>
          Close
        </Button>
      </Group>
    </>
  );
}
