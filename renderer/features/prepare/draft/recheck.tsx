import { Button, Group, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { api, useAction, useSession } from '../../../api';
import { Ago } from '../../../ui/ago';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import { Differences, type RecheckResult } from './differences';

/** Checks again what the lines or open changes may have moved since, and lists the differences. */
export function Recheck({ draft }: { readonly draft: Draft }) {
  const mirrorAt = useSession(({ status }) => status?.mirrorAt ?? null);
  const [result, setResult] = useState<RecheckResult | null>(null);
  const { busy, error, run, clear } = useAction();
  const button = useRef<HTMLButtonElement>(null);
  const isBehind = mirrorAt !== null && (draft.mirrorAt === null || mirrorAt > draft.mirrorAt);
  const close = (): void => {
    setResult(null);
    clear();
  };
  return (
    <>
      <Tooltip
        multiline
        w={280}
        label={
          <>
            The verdicts rest on the lines as of <Ago at={draft.mirrorAt} />. The local copy is of <Ago at={mirrorAt} />
            .
          </>
        }
      >
        <Button
          ref={button}
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden="true" />}
          loading={busy}
          disabled={draft.sharing}
          onClick={() => run(async () => setResult(await api.call('drafts.recheck', { draftId: draft.id })))}
        >
          {isBehind ? 'Check again: lines moved' : 'Check again'}
        </Button>
      </Tooltip>
      {result === null && error === null ? null : (
        <Dialog title="Checked again" size="lg" opener={button} onClose={close}>
          {error === null ? null : <ErrorPanel error={error} />}
          {result === null ? null : <Differences result={result} />}
          <Group justify="flex-end" mt="md">
            <Button data-autofocus onClick={close}>
              Close
            </Button>
          </Group>
        </Dialog>
      )}
    </>
  );
}
