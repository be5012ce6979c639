import { SegmentedControl } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Draft, DraftRow } from '../../../../shared/contract/drafts';
import { api, asContractError, useCall, type ContractError } from '../../../api';
import { digits, plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { ErrorPanel } from '../../../ui/error-panel';
import { Empty, Loading, Screen } from '../../../ui/screen';
import { FillByPaste } from './fill-by-paste';
import { FillByScan } from './fill-by-scan';
import { waitingRows } from './fill.rules';

/** More rows than a person pastes or scans for: they come from a list. */
const MOST_ROWS = 10_000;
const ROWS_AT_ONCE = 500;

/** New identifiers for the rows of a draft that wait for them: pasted as a column, or scanned. */
export function FillScreen({ draftId }: { readonly draftId: number }) {
  const { go } = useRoute();
  const draft = useCall('drafts.get', { draftId });
  const [way, setWay] = useState<'paste' | 'scan'>('paste');
  const toDraft = (): void => go({ screen: 'prepare', draftId });
  const { rows, error } = useAllRows(draft.value);
  const failed = draft.error ?? error;
  return (
    <Screen
      title="Fill in new identifiers"
      back={{ label: 'To the draft', go: toDraft }}
      about={draft.value === null ? undefined : <About draft={draft.value} rows={rows} />}
    >
      {failed !== null ? (
        <ErrorPanel error={failed} />
      ) : draft.value !== null && draft.value.rows > MOST_ROWS ? (
        <Empty title={`The draft has ${digits(draft.value.rows)} rows`}>
          At most {digits(MOST_ROWS)} can be filled in here. Export the rows, fill them in there, and import that list:
          it goes on with this draft.
        </Empty>
      ) : draft.value === null || rows === null ? (
        <Loading what="the rows" />
      ) : (
        <>
          <SegmentedControl
            size="xs"
            aria-label="How the numbers come"
            value={way}
            onChange={setWay}
            data={[
              { value: 'paste', label: 'Paste a column' },
              { value: 'scan', label: 'Scan' },
            ]}
            style={{ alignSelf: 'flex-start' }}
          />
          {way === 'paste' ? (
            <FillByPaste draft={draft.value} rows={rows} onDone={toDraft} />
          ) : (
            <FillByScan draft={draft.value} rows={rows} onDone={toDraft} />
          )}
        </>
      )}
    </Screen>
  );
}

function About({ draft, rows }: { readonly draft: Draft; readonly rows: readonly DraftRow[] | null }) {
  const waiting = rows === null ? null : waitingRows(rows, draft.changeType).length;
  return (
    <>
      {draft.name} · {draft.providerName} · {plural(draft.rows, 'row')}
      {waiting === null
        ? ''
        : waiting === 0
          ? ', none waits'
          : `, ${digits(waiting)} ${waiting === 1 ? 'waits' : 'wait'} for a new identifier`}
    </>
  );
}

/** All rows that are not left out, in the order of the list. */
function useAllRows(draft: Draft | null): {
  readonly rows: readonly DraftRow[] | null;
  readonly error: ContractError | null;
} {
  const [rows, setRows] = useState<readonly DraftRow[] | null>(null);
  const [error, setError] = useState<ContractError | null>(null);
  const draftId = draft === null || draft.rows > MOST_ROWS ? null : draft.id;
  useEffect(() => {
    if (draftId === null) return;
    let left = false;
    loadAll(draftId).then(
      (loaded) => {
        if (!left) setRows(loaded);
      },
      (reason: unknown) => {
        if (!left) setError(asContractError(reason));
      },
    );
    return () => {
      left = true;
    };
  }, [draftId]);
  return { rows, error };
}

async function loadAll(draftId: number): Promise<readonly DraftRow[]> {
  const all: DraftRow[] = [];
  for (;;) {
    const page = await api.call('drafts.rows', {
      draftId,
      filter: { verdict: null, finding: null, text: '', excluded: 'no' },
      sort: { by: 'row', direction: 'ascending' },
      limit: ROWS_AT_ONCE,
      offset: all.length,
    });
    all.push(...page.rows);
    if (page.rows.length < ROWS_AT_ONCE) return all;
  }
}
