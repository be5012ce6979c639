import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconShieldCheck } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { AuditVerdict } from '../../../shared/contract/audit';
import { auditStreamSchema, type AuditEntry, type AuditStream } from '../../../shared/domain/audit';
import { api, useAction, usePages } from '../../api';
import { useRoute } from '../../lib/route';
import { exact } from '../../lib/time';
import { ErrorPanel } from '../../ui/error-panel';
import { FilterInput } from '../../ui/filter-input';
import type { Column } from '../../ui/grid-columns';
import { RowsView } from '../../ui/rows-view';
import { Empty, Screen } from '../../ui/screen';
import classes from './audit-screen.module.css';
import { ChainStatus } from './chain-status';
import { inOneLine } from './details';
import { EntryFacts } from './entry-facts';
import { STREAM_WORDS } from './stream-words';

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'at', heading: 'time', minPx: 172, cell: (entry) => exact(entry.at), text: (entry) => entry.at },
  { key: 'actor', heading: 'who', minPx: 84, cell: (entry) => entry.actor, text: (entry) => entry.actor },
  { key: 'action', heading: 'what', minPx: 140, cell: (entry) => entry.action, text: (entry) => entry.action },
  {
    key: 'row',
    heading: 'row',
    minPx: 44,
    align: 'end',
    cell: (entry) => entry.row ?? '',
    text: (entry) => String(entry.row ?? ''),
  },
  {
    key: 'details',
    heading: 'details',
    minPx: 160,
    grow: 1,
    cell: (entry) => <span className={classes.details}>{inOneLine(entry.details)}</span>,
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
  const entries = usePages(load);
  const { verdict, busy, error, verify, close } = useVerify();
  const isFiltered = wanted !== '' || stream !== null;
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
          <Button leftSection={<IconShieldCheck size={16} aria-hidden="true" />} loading={busy} onClick={verify}>
            Check the chains
          </Button>
        </>
      }
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={verify} onClose={close} />}
      <div role="status" className={classes.live}>
        {verdict === null ? null : <ChainStatus verdict={verdict} onClose={close} />}
      </div>
      <div className={classes.filters}>
        <FilterInput
          label="Search the trail"
          placeholder="Any part of a number, name, action or code"
          width={420}
          value={text}
          onChange={(value) => {
            setOpenIndex(null);
            setText(value);
          }}
        />
        <Select
          size="xs"
          aria-label="Kind of entries"
          placeholder="All kinds"
          clearable
          w={190}
          data={auditStreamSchema.options.map((value) => ({ value, label: STREAM_WORDS[value] }))}
          value={stream}
          onChange={(value) => {
            setOpenIndex(null);
            setStream(auditStreamSchema.nullable().parse(value));
          }}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      </div>
      <RowsView
        label="Audit entries"
        what="the trail"
        rows={entries}
        columns={COLUMNS}
        list={`${wanted} ${stream} ${change}`}
        empty={
          isFiltered ? (
            <Empty title="No entry has this">Search for less, or take the filter away.</Empty>
          ) : (
            <Empty title="No entries yet">Whatever is done here from now on is written down.</Empty>
          )
        }
        openIndex={openIndex}
        onOpen={setOpenIndex}
        story={(entry) => ({ title: entry.action, body: <EntryFacts entry={entry} /> })}
      />
    </Screen>
  );
}

function useVerify() {
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const { busy, error, run, clear } = useAction();
  return {
    verdict,
    busy,
    error,
    verify: () =>
      run(async () => {
        setVerdict(null);
        setVerdict(await api.call('audit.verify', null));
      }),
    close: () => {
      setVerdict(null);
      clear();
    },
  };
}
