import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { may, useCall, useEvent, useSession } from '../../../api';
import { digits, plural } from '../../../lib/numbers';
import { readingWords } from '../../../lib/reading-words';
import { useRoute } from '../../../lib/route';
import { Ago } from '../../../ui/ago';
import { ErrorPanel } from '../../../ui/error-panel';
import { FilterInput } from '../../../ui/filter-input';
import { Loading, Screen } from '../../../ui/screen';
import { ColumnsMenu, useChosenColumns } from './columns-menu';
import { usualFields } from './draft-columns';
import { DraftMenu } from './draft-menu';
import { DraftRows } from './draft-rows';
import classes from './draft-view.module.css';
import { FindingWays } from './finding-ways';
import { FindingsStrip } from './findings-strip';
import { useListChoice, type Shown } from './list-filter';
import { PlanView } from './plan-view';
import { Recheck } from './recheck';
import { SendDialog } from './send-dialog';
import { MOST_NAMED, TOO_MANY, useDraftRows } from './use-draft-rows';
import { useDraftWork, useUndoKeys } from './use-draft-work';
import { WorkBar } from './work-bar';

/** One draft: its verdicts, the work on them, the dry run, and the way out. */
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

interface OpenDraftProps {
  readonly draft: Draft;
  readonly back: { readonly label: string; readonly go: () => void };
}

function OpenDraft({ draft, back }: OpenDraftProps) {
  const [isPlan, setIsPlan] = useState(false);
  if (isPlan) return <PlanView draft={draft} onClose={() => setIsPlan(false)} />;
  return (
    <Screen
      title={draft.name}
      back={back}
      about={
        <>
          {draft.providerName} · {draft.changeType} · {plural(draft.rows, 'row')} · checked against lines as of{' '}
          <Ago at={draft.mirrorAt} />
          <br />
          {whereItIsFrom(draft)}
        </>
      }
      actions={
        <>
          <Recheck draft={draft} />
          <DraftMenu draft={draft} />
          <Button variant="default" onClick={() => setIsPlan(true)} disabled={draft.valid + draft.warning === 0}>
            Dry run
          </Button>
          <Send draft={draft} onPlan={() => setIsPlan(true)} />
        </>
      }
    >
      <Verdicts draft={draft} />
    </Screen>
  );
}

/** The file, where the name of the draft does not tell it, and how it was read. */
function whereItIsFrom({ name, sourceName, reading }: Draft): string {
  const blankLines = reading?.blankLines ?? 0;
  return [
    ...(sourceName === name ? [] : [sourceName]),
    ...(reading === null ? [] : [`read as ${readingWords(reading)}`]),
    ...(blankLines === 0 ? [] : [`${plural(blankLines, 'blank line')} left out`]),
  ].join(' · ');
}

/** The rows with their verdicts, and everything that is done to them. */
function Verdicts({ draft }: { readonly draft: Draft }) {
  const list = useListChoice(draft.error > 0 ? 'error' : 'all');
  const { choice } = list;
  const further = useChosenColumns((state) => state.fields);
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const [refusal, setRefusal] = useState<string | null>(null);
  const rows = useDraftRows(draft.id, choice);
  const work = useDraftWork(draft, { onRows: rows.show, onList: rows.showAnew });
  useUndoKeys(work);
  useEvent('drafts.listChanged', () => {
    // What was done here is shown in its place; the list must not move under the person's hands.
    if (!work.isActing()) rows.showAnew();
  });
  const tick = (numbers: readonly number[]): void => {
    const isAll = numbers.every((row) => ticked.has(row));
    const after = new Set(isAll ? [...ticked].filter((row) => !numbers.includes(row)) : [...ticked, ...numbers]);
    setRefusal(after.size > MOST_NAMED ? TOO_MANY : null);
    if (after.size <= MOST_NAMED) setTicked(after);
  };
  const isNarrowed = choice.shown !== 'all' || choice.finding !== null || choice.text !== '';
  return (
    <>
      {draft.sharing ? (
        <p className={classes.sharing} role="status">
          This draft is being handed over: it can be looked at, not changed. It leaves this desktop as soon as the
          central database can be reached.
        </p>
      ) : null}
      <div className={classes.filters}>
        <SegmentedControl<Shown>
          size="xs"
          aria-label="Rows to show"
          value={choice.shown}
          onChange={list.show}
          data={[
            { value: 'all', label: `All ${digits(draft.rows)}` },
            { value: 'error', label: `Errors ${digits(draft.error)}` },
            { value: 'warning', label: `Warnings ${digits(draft.warning)}` },
            { value: 'valid', label: `Valid ${digits(draft.valid)}` },
            { value: 'excluded', label: `Left out ${digits(draft.excluded)}` },
          ]}
        />
        <div className={classes.narrow}>
          <FilterInput
            label="Filter rows"
            placeholder="Filter by number, customer, note"
            width={280}
            value={choice.text}
            onChange={list.find}
          />
          <ColumnsMenu draft={draft} shown={further ?? usualFields(draft, rows.rows.row(0))} />
        </div>
      </div>
      <FindingsStrip findings={draft.findings} chosen={choice.finding} onChoose={list.only} />
      <FindingWays
        work={work}
        chosen={choice.finding}
        onOnly={list.only}
        onFind={(text) => {
          list.all();
          list.find(text);
        }}
      />
      {draft.error + draft.warning === 0 && draft.rows > 0 ? (
        <p className={classes.fine} role="status">
          <span aria-hidden="true">✓ </span>Every row is fine. The next step is to send them.
        </p>
      ) : null}
      <WorkBar
        work={refusal === null ? work : { ...work, note: refusal }}
        list={rows}
        ticked={ticked}
        isOut={choice.shown === 'excluded'}
        isNarrowed={isNarrowed}
        onUntick={() => setTicked(new Set())}
      />
      {work.error === null ? null : <ErrorPanel error={work.error} onClose={work.clearError} />}
      <DraftRows
        work={work}
        list={rows}
        choice={choice}
        ticked={ticked}
        onTick={tick}
        onRefuse={setRefusal}
        onSort={list.sortBy}
      />
    </>
  );
}

function Send({ draft, onPlan }: { readonly draft: Draft; readonly onPlan: () => void }) {
  const { session } = useSession();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const sendable = draft.valid + draft.warning;
  const allowed = may(session, 'changes.submit');
  const reason = !allowed
    ? `The role ${session?.role} may not send. An operator who signs in on this desktop can.`
    : draft.sharing
      ? 'The draft is being handed over.'
      : 'Every row has an error. Mend the rows, or correct the file and import it again.';
  const isOpenable = allowed && sendable > 0 && !draft.sharing;
  return (
    <>
      <Tooltip label={reason} disabled={isOpenable} multiline w={260}>
        <Button
          ref={button}
          leftSection={<IconSend size={16} aria-hidden="true" />}
          data-disabled={!isOpenable}
          aria-disabled={!isOpenable}
          onClick={() => setOpen(isOpenable)}
        >
          {sendable === 0 ? 'Nothing to send' : `Send ${plural(sendable, 'change')} …`}
        </Button>
      </Tooltip>
      {open ? <SendDialog draft={draft} opener={button} onPlan={onPlan} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
