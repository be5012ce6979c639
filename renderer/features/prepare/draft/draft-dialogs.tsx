import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import { useState, type RefObject } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { api, useAction } from '../../../api';
import { plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';

export interface DraftDialogProps {
  readonly draft: Draft;
  readonly opener: RefObject<HTMLElement | null>;
  onClose(): void;
}

export function RenameDialog({ draft, opener, onClose }: DraftDialogProps) {
  return (
    <NameDialog
      title="Rename the draft"
      first={draft.name}
      action="Rename"
      opener={opener}
      onClose={onClose}
      onName={async (name) => {
        await api.call('drafts.rename', { draftId: draft.id, name });
        onClose();
      }}
    />
  );
}

export function CopyDialog({ draft, opener, onClose }: DraftDialogProps) {
  const { go } = useRoute();
  const rows = draft.rows + draft.excluded;
  return (
    <NameDialog
      title="Copy the draft"
      first={`${draft.name}, copy`.slice(-200)}
      action={`Copy ${plural(rows, 'row')}`}
      opener={opener}
      onClose={onClose}
      onName={async (name) => {
        const copy = await api.call('drafts.copy', { draftId: draft.id, name });
        onClose();
        go({ screen: 'prepare', draftId: copy.id });
      }}
    />
  );
}

interface NameDialogProps extends Omit<DraftDialogProps, 'draft'> {
  readonly title: string;
  readonly first: string;
  readonly action: string;
  onName(name: string): Promise<void>;
}

function NameDialog({ title, first, action, opener, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(first);
  const { busy, error, run } = useAction();
  return (
    <Dialog title={title} opener={opener} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(() => onName(name.trim()));
        }}
      >
        <TextInput
          label="Name"
          data-autofocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {error === null ? null : <ErrorPanel error={error} />}
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={name.trim() === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}

export function ShareDialog({ draft, opener, onClose }: DraftDialogProps) {
  const { go } = useRoute();
  const [note, setNote] = useState('');
  const { busy, error, run } = useAction();
  const rows = draft.rows + draft.excluded;
  return (
    <Dialog title="Hand the draft over" opener={opener} onClose={onClose}>
      <Text size="sm" mb="xs">
        “{draft.name}” leaves this desktop with its {plural(rows, 'row')}, edits and reasons. Whoever may prepare for{' '}
        {draft.providerName} sees it on the Prepare screen and can take it over; you too, as long as nobody has.
      </Text>
      <Textarea
        label="What the next person should know"
        data-autofocus
        maxLength={500}
        minRows={2}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {error === null ? null : <ErrorPanel error={error} />}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          Keep it here
        </Button>
        <Button
          loading={busy}
          onClick={() =>
            run(async () => {
              await api.call('drafts.share', { draftId: draft.id, note: note.trim() });
              go({ screen: 'prepare', draftId: null });
            })
          }
        >
          Hand over {plural(rows, 'row')}
        </Button>
      </Group>
    </Dialog>
  );
}

export function DeleteDialog({ draft, opener, onClose }: DraftDialogProps) {
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  const rows = draft.rows + draft.excluded;
  return (
    <Dialog title="Delete the draft?" opener={opener} onClose={onClose}>
      <Text size="sm">
        {plural(rows, 'row')} of {draft.providerName} in “{draft.name}” are removed from this desktop
        {draft.undo === null ? '' : ', with what was changed here'}. The file that they came from stays as it is. This
        can’t be undone.
      </Text>
      {error === null ? null : <ErrorPanel error={error} />}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" data-autofocus onClick={onClose}>
          Keep it
        </Button>
        <Button
          color="red"
          loading={busy}
          onClick={() =>
            run(async () => {
              await api.call('drafts.remove', { draftId: draft.id });
              go({ screen: 'prepare', draftId: null });
            })
          }
        >
          Delete {plural(rows, 'row')}
        </Button>
      </Group>
    </Dialog>
  );
}
