import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconShieldCheck } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { AuditVerdict } from '../../../shared/contract/audit';
import { auditStreamSchema, type AuditEntry, type AuditStream } from '../../../shared/domain/audit';
import { api, asContractError, usePages, type ContractError } from '../../api';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { exact } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { RowsGrid, type Column } from '../../ui/rows-grid';
import { Empty, Fact, Facts, Loading, Screen, SidePanel, Split } from '../../ui/screen';
import classes from './audit-screen.module.css';

const STREAM_WORDS: Readonly<Record<AuditStream, string>> = {
  m2m: 'M2M changes',
  mobility: 'Mobility changes',
  api: 'Calls to the carrier',
  error: 'Errors',
};

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'at', heading: 'time', width: '180px', cell: (entry) => exact(entry.at), text: (entry) => entry.at },
  { key: 'actor', heading: 'who', width: '110px', cell: (entry) => entry.actor, text: (entry) => entry.actor },
  { key: 'action', heading: 'what', width: '190px', cell: (entry) => entry.action, text: (entry) => entry.action },
  {
    key: 'row',
    heading: 'row',
    width: '56px',
    align: 'end',
    cell: (entry) => entry.row ?? '',
    text: (entry) => String(entry.row ?? ''),
  },
  {
    key: 'details',
    heading: 'details',
    width: 'minmax(200px, 1fr)',
    cell: (entry) => <span className={classes.details}>{inOneLine(entry)}</span>,
    text: (entry) => JSON.stringify(entry.details),
  },
];

/** The tamper-evident trail: search it, open an entry, check the chains. */
export function AuditScreen({ change }: { readonly change: string | null }) {
  const { go } = useRoute();
  const [text, setText] = useState('');
  const [stream, setStream] = useState<AuditStream | null>(null);
  const [wanted] = useDebouncedValue(text.trim(), 200);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const load = useCallback(
    (page: { limit: number; offset: number }) =>
      api
        .call('audit.search', { text: wanted, change, stream, ...page })
        .then(({ total, entries }) => ({ total, rows: entries })),
    [wanted, change, stream],
  );
  const pages = usePages(load);
  const open = openIndex === null ? null : pages.row(openIndex);
  return (
    <Screen
      title="Audit"
      about={
        change === null ? 'Everything that was done here, newest first' : 'Everything about one change, newest first'
      }
      actions={
        <>
          {change === null ? null : (
            <Button variant="default" onClick={() => go({ screen: 'audit', change: null })}>
              Whole trail
            </Button>
          )}
          <Verify />
        </>
      }
    >
      <Group gap="sm">
        <TextInput
          aria-label="Search the trail"
          placeholder="Any part of a number, name, action or code"
          leftSection={<IconSearch size={16} />}
          w={420}
          value={text}
          onChange={(event) => {
            setOpenIndex(null);
            setText(event.currentTarget.value);
          }}
        />
        <Select
          aria-label="Kind of entries"
          placeholder="All kinds"
          clearable
          w={200}
          data={auditStreamSchema.options.map((value) => ({ value, label: STREAM_WORDS[value] }))}
          value={stream}
          onChange={(value) => setStream(auditStreamSchema.nullable().parse(value))}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      </Group>
      {pages.error !== null ? (
        <ErrorPanel story={pages.error.story} correlationId={pages.error.correlationId} onRetry={pages.reload} />
      ) : pages.total === null ? (
        <Loading what="the trail" />
      ) : pages.total === 0 ? (
        <Empty title="No entry has this">Search for less, or take the filter away.</Empty>
      ) : (
        <Split>
          <RowsGrid
            label="Audit entries"
            columns={COLUMNS}
            total={pages.total}
            row={pages.row}
            onShow={pages.show}
            onOpen={setOpenIndex}
            onClose={() => setOpenIndex(null)}
            openIndex={openIndex}
          />
          {open === null ? null : (
            <SidePanel title={open.action} onClose={() => setOpenIndex(null)}>
              <EntryFacts entry={open} />
            </SidePanel>
          )}
        </Split>
      )}
    </Screen>
  );
}

function Verify() {
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const [busy, setBusy] = useState(false);
  const verify = (): void => {
    setBusy(true);
    setError(null);
    api
      .call('audit.verify', null)
      .then(setVerdict, (reason: unknown) => setError(asContractError(reason)))
      .finally(() => setBusy(false));
  };
  return (
    <>
      <span role="status">
        {error !== null ? (
          <Badge tone="bad">{error.story.what}</Badge>
        ) : verdict === null ? null : verdict.ok ? (
          <Badge tone="done">
            {plural(verdict.entries, 'entry', 'entries')} in {plural(verdict.chains, 'chain')}: unbroken
          </Badge>
        ) : (
          <Badge tone="bad">
            {verdict.problem} at entry {verdict.seq}: {verdict.detail}
          </Badge>
        )}
      </span>
      <Button leftSection={<IconShieldCheck size={16} />} loading={busy} onClick={verify}>
        Check the chains
      </Button>
    </>
  );
}

function inOneLine(entry: AuditEntry): string {
  return Object.entries(entry.details)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

function EntryFacts({ entry }: { readonly entry: AuditEntry }) {
  return (
    <Facts>
      <Fact label="Time">
        {exact(entry.at)} ({entry.at})
      </Fact>
      <Fact label="Who">{entry.actor}</Fact>
      <Fact label="Kind">{STREAM_WORDS[entry.stream]}</Fact>
      {entry.change === null ? null : <Fact label="Change">{entry.change}</Fact>}
      {entry.row === null ? null : <Fact label="Row">{entry.row}</Fact>}
      {entry.deviceId === null ? null : <Fact label="Line">{entry.deviceId}</Fact>}
      {entry.correlationId === null ? null : <Fact label="Correlation id">{entry.correlationId}</Fact>}
      <Fact label="Details">
        <pre className={classes.json}>{JSON.stringify(entry.details, null, 2)}</pre>
      </Fact>
      <Fact label={`Entry ${entry.seq} of chain`}>{entry.chain}</Fact>
      <Fact label="Hash">
        <span className={classes.hash}>{entry.hash}</span>
      </Fact>
      <Fact label="Hash of the entry before">
        <span className={classes.hash}>{entry.prevHash}</span>
      </Fact>
    </Facts>
  );
}
