import { Button, Group, SegmentedControl } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import type { ImportDefaults } from '../../../../shared/contract/imports';
import { changeTypeSchema, type ChangeType } from '../../../../shared/domain/change';
import { api, useAction, useCall } from '../../../api';
import { plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { stampNow } from '../../../lib/time';
import { ErrorPanel } from '../../../ui/error-panel';
import { Loading, Screen } from '../../../ui/screen';
import classes from './form-screen.module.css';
import { FormTable } from './form-table';
import { EMPTY_ENTRY, isEmpty, rowsOf, type FormEntry } from './form.rules';
import { MappingDefaults } from './mapping-defaults';
import { useProviderChoice } from './provider-choice';
import { ProviderSelect } from './provider-select';

/** One or a few lines by hand, into a new draft or at the end of one that is there. */
export function FormScreen({ draftId }: { readonly draftId: number | null }) {
  const { go } = useRoute();
  const draft = useCall('drafts.get', draftId === null ? undefined : { draftId });
  const { provider } = useProviderChoice();
  const back = {
    label: draftId === null ? 'All ways in' : 'To the draft',
    go: () => go({ screen: 'prepare', draftId }),
  };
  const target = draftId === null ? provider : draft.value;
  return (
    <Screen
      title={draftId === null ? 'Type a few lines' : 'Add lines to the draft'}
      back={back}
      about={draft.value === null ? undefined : `${draft.value.name} · ${draft.value.providerName}`}
    >
      {draft.error !== null ? (
        <ErrorPanel error={draft.error} onRetry={draft.reload} />
      ) : target === null ? (
        draftId === null ? (
          <p>There is no service provider that you may see.</p>
        ) : (
          <Loading what="the draft" />
        )
      ) : (
        <Form draft={draft.value} providerUid={draft.value?.providerUid ?? provider?.uid ?? ''} />
      )}
    </Screen>
  );
}

interface FormProps {
  /** Null: a new one. */
  readonly draft: Draft | null;
  readonly providerUid: string;
}

const NOTHING: ImportDefaults = { customer: null, ratePlan: null, ratePool: null, effectiveDate: null };
const SHORT_TYPE_WORDS: Readonly<Record<ChangeType, string>> = {
  ChangeICCID: 'New SIM',
  ChangeIMEI: 'New device',
  ChangeIMEIandICCID: 'Both',
};

function Form({ draft, providerUid }: FormProps) {
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  const [chosenType, setChosenType] = useState<ChangeType>('ChangeICCID');
  const [entries, setEntries] = useState<readonly FormEntry[]>([EMPTY_ENTRY]);
  const [extras, setExtras] = useState(NOTHING);
  const form = useRef<HTMLFormElement>(null);
  const changeType = draft?.changeType ?? chosenType;
  const typed = entries.filter((entry) => !isEmpty(entry)).length;
  const add = async (): Promise<void> => {
    const into = draft === null ? { name: `Typed ${stampNow()}`, providerUid, changeType } : { draftId: draft.id };
    const moved = await api.call('drafts.addRows', { into, rows: rowsOf(entries, changeType, extras) });
    go({ screen: 'prepare', draftId: moved.draft.id });
  };
  return (
    <form
      ref={form}
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed > 0) run(add);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
      }}
    >
      {draft === null ? (
        <div className={classes.settings}>
          <ProviderSelect />
          <SegmentedControl
            size="xs"
            aria-label="What changes"
            value={chosenType}
            onChange={setChosenType}
            data={changeTypeSchema.options.map((value) => ({ value, label: SHORT_TYPE_WORDS[value] }))}
          />
        </div>
      ) : null}
      <div className={classes.split}>
        <FormTable entries={entries} changeType={changeType} onChange={setEntries} />
        <div className={classes.narrow}>
          <MappingDefaults
            title="For all these lines"
            providerUid={providerUid}
            defaults={extras}
            onChange={setExtras}
          />
        </div>
      </div>
      {error === null ? null : <ErrorPanel error={error} />}
      <Group gap="sm">
        <Button type="submit" loading={busy} disabled={typed === 0}>
          {typed === 0
            ? 'Check the lines'
            : draft === null
              ? `Make a draft of ${plural(typed, 'line')}`
              : `Add ${plural(typed, 'line')}`}
        </Button>
        <span className={classes.hint}>Enter goes on to the next line, Ctrl+Enter is done.</span>
      </Group>
    </form>
  );
}
