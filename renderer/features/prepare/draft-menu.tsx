import { Button, Group, Menu, Text, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useRef, useState, type RefObject } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import { api, useAction } from '../../api';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { Dialog } from '../../ui/dialog';
import { ErrorPanel } from '../../ui/error-panel';

/** More rows, new identifiers, rename and delete. */
export function DraftMenu({ draft }: { readonly draft: Draft }) {
  const { go } = useRoute();
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => setDialog(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button ref={opener} variant="default" aria-label="More for this draft" px={10}>
            <IconDots size={16} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => go({ screen: 'prepare', draftId: draft.id, way: 'form' })}>Add lines …</Menu.Item>
          <Menu.Item onClick={() => go({ screen: 'prepare', draftId: draft.id, way: 'fill' })}>
            Fill in new identifiers …
          </Menu.Item>
          <Menu.Item onClick={() => setDialog('rename')}>Rename …</Menu.Item>
          <Menu.Item c="var(--state-bad)" onClick={() => setDialog('delete')}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'rename' ? <RenameDialog draft={draft} opener={opener} onClose={close} /> : null}
      {dialog === 'delete' ? <DeleteDialog draft={draft} opener={opener} onClose={close} /> : null}
    </>
  );
}

interface DialogProps {
  readonly draft: Draft;
  readonly opener: RefObject<HTMLElement | null>;
  onClose(): void;
}

function RenameDialog({ draft, opener, onClose }: DialogProps) {
  const [name, setName] = useState(draft.name);
  const { busy, error, run } = useAction();
  return (
    <Dialog title="Rename the draft" opener={opener} onClose={onClose}>
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
    </Dialog>
  );
}

function DeleteDialog({ draft, opener, onClose }: DialogProps) {
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  return (
    <Dialog title="Delete the draft?" opener={opener} onClose={onClose}>
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
    </Dialog>
  );
}
