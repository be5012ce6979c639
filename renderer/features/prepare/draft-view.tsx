import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSend } from '@tabler/icons-react';
import { useCallback, useRef, useState } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import type { Verdict } from '../../../shared/domain/finding';
import { api, may, useCall, useEvent, usePages, useSession } from '../../api';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { Ago } from '../../ui/ago';
import { ErrorPanel } from '../../ui/error-panel';
import { FilterInput } from '../../ui/filter-input';
import { RowsView } from '../../ui/rows-view';
import { Empty, Loading, Screen } from '../../ui/screen';
import { draftColumns } from './draft-columns';
import { DraftMenu } from './draft-menu';
import classes from './draft-view.module.css';
import { FindingsStrip } from './findings-strip';
import { RowFindings } from './row-findings';
import { SendDialog } from './send-dialog';

/** The verdict grid of one draft. */
export function DraftView({ draftId }: { readonly draftId: number }) {
  const { go } = useRoute();
  const draft = useCall('drafts.get', { draftId });
  useEvent('drafts.listChanged', draft.reload);
  const back = { label: 'All drafts', go: () => go({ screen: 'prepare', draftId: null }) };
  if (draft.error !== null) {
    return (
      <Screen title="Draft" back={back}>
        <ErrorPanel error={draft.error} onRetry={draft.reload} />
      </Screen>
    );
  }
  return draft.value === null ? <Loading what="the draft" /> : <OpenDraft draft={draft.value} back={back} />;
}

type Shown = Verdict | 'all';

interface OpenDraftProps {
  readonly draft: Draft;
  readonly back: { readonly label: string; readonly go: () => void };
}

function OpenDraft({ draft, back }: OpenDraftProps) {
  const [shown, setShown] = useState<Shown>(draft.error > 0 ? 'error' : 'all');
  const [text, setText] = useState('');
  const [finding, setFinding] = useState<string | null>(null);
  return (
    <Screen
      title={draft.name}
      back={back}
      about={
        <>
          {draft.providerName} · {draft.changeType} · {plural(draft.rows, 'row')} · checked against lines as of{' '}
          <Ago at={draft.mirrorAt} />
        </>
      }
      actions={
        <>
          <DraftMenu draft={draft} />
          <Send draft={draft} />
        </>
      }
    >
      <div className={classes.filters}>
        <SegmentedControl
          size="xs"
          aria-label="Rows to show"
          value={shown}
          onChange={(value) => setShown(value)}
          data={[
            { value: 'all', label: `All ${digits(draft.rows)}` },
            { value: 'error', label: `Errors ${digits(draft.error)}` },
            { value: 'warning', label: `Warnings ${digits(draft.warning)}` },
            { value: 'valid', label: `Valid ${digits(draft.valid)}` },
          ]}
        />
        <FilterInput
          label="Filter rows"
          placeholder="Filter by number, customer, note"
          width={280}
          value={text}
          onChange={(value) => {
            setFinding(null);
            setText(value);
          }}
        />
      </div>
      <FindingsStrip
        findings={draft.findings}
        chosen={finding}
        onChoose={(code) => {
          setShown('all');
          setText('');
          setFinding(code);
        }}
      />
      {draft.error + draft.warning === 0 ? (
        <p className={classes.fine} role="status">
          <span aria-hidden="true">✓ </span>Every row is fine. The next step is to send them.
        </p>
      ) : null}
      <DraftRows draft={draft} shown={shown} finding={finding} text={text} />
    </Screen>
  );
}

function Send({ draft }: { readonly draft: Draft }) {
  const { session } = useSession();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const sendable = draft.valid + draft.warning;
  const allowed = may(session, 'changes.submit');
  const reason = !allowed
    ? `The role ${session?.role} may not send. An operator who signs in on this desktop can.`
    : 'Every row has an error. Correct the file and import it again.';
  return (
    <>
      <Tooltip label={reason} disabled={allowed && sendable > 0} multiline w={260}>
        <Button
          ref={button}
          leftSection={<IconSend size={16} aria-hidden="true" />}
          data-disabled={!allowed || sendable === 0}
          aria-disabled={!allowed || sendable === 0}
          onClick={() => setOpen(allowed && sendable > 0)}
        >
          {sendable === 0 ? 'Nothing to send' : `Send ${plural(sendable, 'change')} …`}
        </Button>
      </Tooltip>
      {open ? <SendDialog draft={draft} opener={button} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface DraftRowsProps {
  readonly draft: Draft;
  readonly shown: Shown;
  readonly finding: string | null;
  readonly text: string;
}

function DraftRows({ draft, shown, finding, text }: DraftRowsProps) {
  const [filter] = useDebouncedValue(text, 150);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const list = `${shown} ${finding ?? ''} ${filter}`;
  const [openList, setOpenList] = useState(list);
  if (openList !== list) {
    // Another list: the open row's place in the old one means nothing.
    setOpenList(list);
    setOpenIndex(null);
  }
  const load = useCallback(
    (page: { limit: number; offset: number }) =>
      api.call('drafts.rows', {
        draftId: draft.id,
        filter: { verdict: shown === 'all' ? null : shown, finding, text: filter, excluded: 'any' },
        sort: { by: 'row', direction: 'ascending' },
        ...page,
      }),
    [draft.id, shown, finding, filter],
  );
  const rows = usePages(load);
  const columns = draftColumns(draft, rows.row(0));
  return (
    <RowsView
      label="Rows of the draft"
      what="rows"
      rows={rows}
      columns={columns.columns}
      rowPx={columns.rowPx}
      list={list}
      empty={<Empty title="No row fits">Take the filter away to see all rows.</Empty>}
      openIndex={openIndex}
      onOpen={setOpenIndex}
      story={(row) => ({
        title: `Line ${row.line} of the file`,
        body: <RowFindings row={row} mirrorAt={draft.mirrorAt} />,
      })}
    />
  );
}
