import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { useRoute } from '../../../lib/route';
import { ContinueImport } from './continue-import';
import { CopyDialog, DeleteDialog, RenameDialog, ShareDialog } from './draft-dialogs';
import { ExportDialog } from './export-dialog';

type Opened = 'rename' | 'copy' | 'share' | 'delete' | 'csv' | 'xlsx';

/** What can be done with the draft as a whole. */
export function DraftMenu({ draft }: { readonly draft: Draft }) {
  const { go } = useRoute();
  const [opened, setOpened] = useState<Opened | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const dialog = { draft, opener, onClose: () => setOpened(null) };
  const hasProblems = draft.error + draft.warning > 0;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button ref={opener} variant="default" aria-label="More for this draft" px={10}>
            <IconDots size={16} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item disabled={!hasProblems} onClick={() => setOpened('xlsx')}>
            Export problem rows as a workbook …
          </Menu.Item>
          <Menu.Item disabled={!hasProblems} onClick={() => setOpened('csv')}>
            Export problem rows as CSV …
          </Menu.Item>
          <Menu.Item disabled={draft.sharing} onClick={() => chooser.current?.click()}>
            Import the corrected rows …
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={draft.sharing} onClick={() => go({ screen: 'prepare', draftId: draft.id, way: 'form' })}>
            Add lines …
          </Menu.Item>
          <Menu.Item disabled={draft.sharing} onClick={() => go({ screen: 'prepare', draftId: draft.id, way: 'fill' })}>
            Fill in new identifiers …
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item disabled={draft.sharing} onClick={() => setOpened('rename')}>
            Rename …
          </Menu.Item>
          <Menu.Item onClick={() => setOpened('copy')}>Copy …</Menu.Item>
          <Menu.Item onClick={() => setOpened('share')}>Hand over …</Menu.Item>
          <Menu.Divider />
          <Menu.Item c="var(--state-bad)" onClick={() => setOpened('delete')}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ContinueImport draft={draft} chooser={chooser} opener={opener} />
      {opened === 'rename' ? <RenameDialog {...dialog} /> : null}
      {opened === 'copy' ? <CopyDialog {...dialog} /> : null}
      {opened === 'share' ? <ShareDialog {...dialog} /> : null}
      {opened === 'delete' ? <DeleteDialog {...dialog} /> : null}
      {opened === 'csv' || opened === 'xlsx' ? <ExportDialog {...dialog} format={opened} /> : null}
    </>
  );
}
