import { Button, Group, Menu, Modal, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconDots, IconSearch, IconSend } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import type { Verdict } from '../../../shared/domain/finding';
import { api, may, useCall, useEvent, usePages, useSession } from '../../api';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { ago } from '../../lib/time';
import { ErrorPanel } from '../../ui/error-panel';
import { Empty, Loading, Screen, SidePanel, Split } from '../../ui/screen';
import { RowsGrid } from '../../ui/rows-grid';
import { DRAFT_COLUMNS } from './draft-columns';
import classes from './draft-view.module.css';
import { FindingsStrip } from './findings-strip';
import { RowFindings } from './row-findings';
import { SendDialog } from './send-dialog';

type Shown = Verdict | 'all';

/** The verdict grid of one draft. */
export function DraftView({ draftId }: { readonly draftId: number }) {
  const { go } = useRoute();
  const draft = useCall('drafts.get', { draftId });
  useEvent('drafts.listChanged', draft.reload);
  if (draft.error !== null) {
    const back = (
      <Button variant="default" onClick={() => go({ screen: 'prepare', draftId: null })}>
        All drafts
      </Button>
    );
    return (
      <Screen title="Prepare" actions={back}>
        <ErrorPanel story={draft.error.story} correlationId={draft.error.correlationId} onRetry={draft.reload} />
      </Screen>
    );
  }
  return draft.value === null ? <Loading what="the draft" /> : <OpenDraft draft={draft.value} />;
}

function OpenDraft({ draft }: { readonly draft: Draft }) {
  const { session } = useSession();
  const [shown, setShown] = useState<Shown>(draft.error > 0 ? 'error' : 'all');
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const sendable = draft.valid + draft.warning;
  return (
    <Screen
      title={draft.name}
      about={`${draft.providerName} · ${draft.changeType} · ${plural(draft.rows, 'row')} · checked against lines as of ${ago(draft.mirrorAt)}`}
      actions={
        <>
          <DraftMenu draft={draft} />
          <Button
            leftSection={<IconSend size={16} />}
            disabled={sendable === 0 || !may(session, 'changes.submit')}
            onClick={() => setSending(true)}
          >
            {sendable === 0 ? 'Nothing to send' : `Send ${plural(sendable, 'change')} …`}
          </Button>
        </>
      }
    >
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label="Rows to show"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[
            { value: 'all', label: `All ${digits(draft.rows)}` },
            { value: 'error', label: `Errors ${digits(draft.error)}` },
            { value: 'warning', label: `Warnings ${digits(draft.warning)}` },
            { value: 'valid', label: `Valid ${digits(draft.valid)}` },
          ]}
        />
        <TextInput
          size="xs"
          w={280}
          aria-label="Filter rows"
          placeholder="Filter by number or finding"
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Group>
      <FindingsStrip
        findings={draft.findings}
        chosen={text}
        onChoose={(code) => {
          setShown('all');
          setText(code);
        }}
      />
      {draft.error === 0 && draft.warning === 0 ? (
        <div className={classes.fine} role="status">
          ✓ Every row is fine.
        </div>
      ) : null}
      <DraftRows draft={draft} only={shown === 'all' ? null : shown} text={text} />
      {sending ? <SendDialog draft={draft} onClose={() => setSending(false)} /> : null}
    </Screen>
  );
}

function DraftRows({
  draft,
  only,
  text,
}: {
  readonly draft: Draft;
  readonly only: Verdict | null;
  readonly text: string;
}) {
  const [filter] = useDebouncedValue(text, 150);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const load = useCallback(
    (page: { limit: number; offset: number }) =>
      api.call('drafts.rows', { draftId: draft.id, only, text: filter, ...page }),
    [draft.id, only, filter],
  );
  const pages = usePages(load);
  const open = openIndex === null ? null : pages.row(openIndex);
  if (pages.error !== null) {
    return <ErrorPanel story={pages.error.story} correlationId={pages.error.correlationId} onRetry={pages.reload} />;
  }
  if (pages.total === null) return <Loading what="rows" />;
  if (pages.total === 0) return <Empty title="No row fits">Take the filter away to see all rows.</Empty>;
  return (
    <Split>
      <RowsGrid
        label="Rows of the draft"
        columns={DRAFT_COLUMNS}
        total={pages.total}
        row={pages.row}
        onShow={pages.show}
        onOpen={setOpenIndex}
        onClose={() => setOpenIndex(null)}
        openIndex={openIndex}
      />
      {open === null ? null : (
        <SidePanel title={`Line ${open.line} of the file`} onClose={() => setOpenIndex(null)}>
          <RowFindings row={open} mirrorAt={draft.mirrorAt} />
        </SidePanel>
      )}
    </Split>
  );
}

function DraftMenu({ draft }: { readonly draft: Draft }) {
  const { go } = useRoute();
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const [name, setName] = useState(draft.name);
  const close = (): void => setDialog(null);
  return (
    <>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button variant="default" aria-label="More for this draft" px={10}>
            <IconDots size={16} aria-hidden="true" />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setDialog('rename')}>Rename …</Menu.Item>
          <Menu.Item color="red" onClick={() => setDialog('delete')}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={dialog === 'rename'} onClose={close} title="Rename the draft" transitionProps={{ duration: 0 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void api.call('drafts.rename', { draftId: draft.id, name }).then(close);
          }}
        >
          <TextInput
            label="Name"
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button type="submit" disabled={name.trim() === ''}>
              Rename
            </Button>
          </Group>
        </form>
      </Modal>
      <Modal opened={dialog === 'delete'} onClose={close} title="Delete the draft?" transitionProps={{ duration: 0 }}>
        <Text size="sm">
          {plural(draft.rows, 'row')} of {draft.providerName} in “{draft.name}” are removed from this desktop. The file
          that they came from stays as it is. This can’t be undone.
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" data-autofocus onClick={close}>
            Keep it
          </Button>
          <Button
            color="red"
            onClick={() =>
              void api.call('drafts.remove', { draftId: draft.id }).then(() => go({ screen: 'prepare', draftId: null }))
            }
          >
            Delete {plural(draft.rows, 'row')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
