import { Button, Group, Menu, Modal, Text, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import { api, useAction } from '../../api';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { ErrorPanel } from '../../ui/error-panel';

/** Rename and delete. */
export function DraftMenu({ draft }: { readonly draft: Draft }) {
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const close = (): void => setDialog(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" aria-label="More for this draft" px={10}>
            <IconDots size={16} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog('rename')}>Rename …</Menu.Item>
          <Menu.Item c="var(--state-bad)" onClick={() => setDialog('delete')}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' ? <RenameDialog draft={draft} onClose={close} /> : null}
      {dialog === 'delete' ? <DeleteDialog draft={draft} onClose={close} /> : null}
    </>
  );
}

interface DialogProps {
  readonly draft: Draft;
  onClose(): void;
}

function RenameDialog({ draft, onClose }: DialogProps) {
  const [name, setName] = useState(draft.name);
  const { busy, error, run } = useAction();
  return (
    <Modal opened onClose={onClose} title="Rename the draft">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(async () => {
            await api.call('drafts.rename', { draftId: draft.id, name: name.trim() });
            onClose();
          });
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
            Rename
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function DeleteDialog({ draft, onClose }: DialogProps) {
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  return (
    <Modal opened onClose={onClose} title="Delete the draft?">
      <Text size="sm">
        {plural(draft.rows, 'row')} of {draft.providerName} in “{draft.name}” are removed from this desktop. The file
        that they came from stays as it is. This can’t be undone.
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
          Delete {plural(draft.rows, 'row')}
        </Button>
      </Group>
    </Modal>
  );
}
