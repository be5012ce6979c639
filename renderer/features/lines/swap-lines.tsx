import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useRef, useState, type RefObject } from 'react';
import type { LineFilter } from '../../../shared/contract/lines';
import type { SessionInfo } from '../../../shared/contract/session';
import { changeTypeSchema, type ChangeType } from '../../../shared/domain/change';
import type { Line } from '../../../shared/domain/line';
import { api, may, useAction, useSession } from '../../api';
import { TYPE_WORDS } from '../../lib/field-words';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { stampNow } from '../../lib/time';
import { Dialog } from '../../ui/dialog';
import { ErrorPanel } from '../../ui/error-panel';

export interface FoundLines {
  readonly filter: LineFilter;
  readonly lines: readonly Line[];
  /** There are more than are shown. */
  readonly isCut: boolean;
}

/** Starts a change of the lines that the filter lets through. */
export function SwapLines({ found }: { readonly found: FoundLines }) {
  const { session } = useSession();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const allowed = may(session, 'drafts.edit');
  const reason = allowed
    ? 'Search for lines, or filter them, first.'
    : `The role ${session?.role} may not prepare changes.`;
  const isReady = allowed && found.lines.length > 0;
  return (
    <>
      <Tooltip label={reason} disabled={isReady}>
        <Button
          ref={button}
          variant="default"
          leftSection={<IconArrowsExchange size={16} aria-hidden="true" />}
          data-disabled={!isReady}
          aria-disabled={!isReady}
          onClick={() => setOpen(isReady)}
        >
          Change these lines …
        </Button>
      </Tooltip>
      {open && session !== null ? (
        <SwapDialog
          found={found}
          providers={providersOf(found, session)}
          opener={button}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}

type Provider = SessionInfo['providers'][number];

function providersOf({ filter, lines }: FoundLines, session: SessionInfo): readonly Provider[] {
  if (filter.providerUid !== null) return session.providers.filter(({ uid }) => uid === filter.providerUid);
  return session.providers.filter(({ name }) => lines.some(({ provider }) => provider === name));
}

interface SwapDialogProps {
  readonly found: FoundLines;
  readonly providers: readonly Provider[];
  readonly opener: RefObject<HTMLElement | null>;
  onClose(): void;
}

function SwapDialog({ found, providers, opener, onClose }: SwapDialogProps) {
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  const [providerUid, setProviderUid] = useState(providers[0]?.uid ?? '');
  const [changeType, setChangeType] = useState<ChangeType>('ChangeICCID');
  const [onlyActive, setOnlyActive] = useState(true);
  const [name, setName] = useState(() => `Chosen lines ${stampNow()}`);
  const provider = providers.find(({ uid }) => uid === providerUid);
  const own = found.lines.filter((line) => line.provider === provider?.name);
  const active = own.filter(({ status }) => status === 'active');
  const asksStatus = found.filter.status === null && (found.isCut || active.length < own.length);
  const taken = asksStatus && onlyActive ? active : own;
  const lines = found.isCut ? byFilter(found.filter, asksStatus && onlyActive) : { ids: taken.map(({ id }) => id) };
  const make = async (): Promise<void> => {
    const draft = await api.call('drafts.fromLines', { name: name.trim(), providerUid, changeType, lines });
    go({ screen: 'prepare', draftId: draft.id, way: 'fill' });
  };
  return (
    <Dialog title="Change these lines" opener={opener} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(make);
        }}
      >
        <Stack gap="sm">
          {providers.length < 2 ? null : (
            <NativeSelect
              label="Lines of"
              value={providerUid}
              data={providers.map(({ uid, name: label }) => ({ value: uid, label }))}
              onChange={(event) => setProviderUid(event.currentTarget.value)}
            />
          )}
          <NativeSelect
            label="What changes"
            value={changeType}
            data={changeTypeSchema.options.map((value) => ({ value, label: TYPE_WORDS[value] }))}
            onChange={(event) => setChangeType(changeTypeSchema.parse(event.currentTarget.value))}
          />
          <TextInput
            label="Name of the draft"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {asksStatus ? (
            <Checkbox
              label={found.isCut ? 'Only active lines' : `Only active lines: ${active.length} of ${own.length}`}
              checked={onlyActive}
              onChange={(event) => setOnlyActive(event.currentTarget.checked)}
            />
          ) : null}
          <Text size="sm">
            {found.isCut
              ? 'Every line that fits the filter becomes a row, also those that are not on the screen, up to 100,000.'
              : `${plural(taken.length, 'line')} of ${provider?.name ?? 'no service provider'} become rows of a new draft.`}{' '}
            The new identifiers are pasted or scanned next.
          </Text>
          {error === null ? null : <ErrorPanel error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              data-autofocus
              loading={busy}
              disabled={name.trim() === '' || (!found.isCut && taken.length === 0)}
            >
              {found.isCut ? 'Make a draft of them' : `Make a draft of ${plural(taken.length, 'line')}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function byFilter({ text, status, customer, ratePlan }: LineFilter, onlyActive: boolean) {
  return {
    text: text.replace(/[\s\-.()+]/g, ''),
    status: onlyActive ? ('active' as const) : status,
    customer,
    ratePlan,
  };
}
