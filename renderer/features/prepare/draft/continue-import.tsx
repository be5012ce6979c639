import { Button, Group, Text } from '@mantine/core';
import { useState, type RefObject } from 'react';
import type { Draft } from '../../../../shared/contract/drafts';
import { AS_FOUND, type ImportProgress as Progress, type ImportSource } from '../../../../shared/contract/imports';
import { api, useAction, useEvent } from '../../../api';
import { plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import { ImportProgress } from '../../../ui/import-progress';
import { useFileDrop } from '../../../ui/use-file-drop';

interface ContinueImportProps {
  readonly draft: Draft;
  readonly chooser: RefObject<HTMLInputElement | null>;
  readonly opener: RefObject<HTMLElement | null>;
}

interface Running {
  readonly source: ImportSource;
  readonly progress: Progress | null;
  readonly stopping: boolean;
}

/** Corrected problem rows, chosen or dropped on the window: they take the place of the rows that they came from. */
export function ContinueImport({ draft, chooser, opener }: ContinueImportProps) {
  const { go } = useRoute();
  const [running, setRunning] = useState<Running | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const { error, run, clear } = useAction();
  useEvent('imports.progressed', (progress) =>
    setRunning((now) => (now?.source.sourceId === progress.sourceId ? { ...now, progress } : now)),
  );
  const start = async (file: File): Promise<void> => {
    const source = await api.sourceOf(file);
    setRunning({ source, progress: null, stopping: false });
    try {
      const {
        draftId,
        replaced,
        error: errors,
      } = await api.call('imports.start', {
        sourceId: source.sourceId,
        providerUid: draft.providerUid,
        changeType: null,
        look: AS_FOUND,
        map: [],
        defaults: { customer: null, ratePlan: null, ratePool: null, effectiveDate: null },
        continueDraftId: draft.id,
      });
      if (draftId !== draft.id) return go({ screen: 'prepare', draftId });
      const left =
        errors === 0 ? 'No row has an error now.' : `${plural(errors, 'row')} of the draft still have errors.`;
      setTold(`${plural(replaced ?? 0, 'row')} of this draft were taken from ${source.name}. ${left}`);
    } finally {
      setRunning(null);
    }
  };
  const importFile = (file: File): void => {
    if (!draft.sharing) run(() => start(file));
  };
  useFileDrop(importFile);
  const stop = (): void => {
    if (running === null) return;
    setRunning({ ...running, stopping: true });
    // What comes of it is told by the import itself.
    api.call('imports.cancel', { sourceId: running.source.sourceId }).catch(() => undefined);
  };
  const close = (): void => {
    if (running !== null) return stop();
    setTold(null);
    clear();
  };
  return (
    <>
      <input
        ref={chooser}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,text/csv"
        aria-label="Corrected rows to import"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
          if (file !== undefined) importFile(file);
        }}
      />
      {running === null && told === null && error === null ? null : (
        <Dialog title="Corrected rows" size="lg" opener={opener} onClose={close}>
          {running === null ? null : (
            <ImportProgress
              {...running.source}

              progress={running.progress}
              stopping={running.stopping}
              onStop={stop}
            />
          )}
          {error === null ? null : <ErrorPanel error={error} />}
          {told === null ? null : (
            <Text size="sm" role="status">
              {told} It can be taken back with Undo.
            </Text>
          )}
          {running === null ? (
            <Group justify="flex-end" mt="md">
              <Button data-autofocus onClick={close}>
                Close
              </Button>
            </Group>
          ) : null}
        </Dialog>
      )}
    </>
  );
}
