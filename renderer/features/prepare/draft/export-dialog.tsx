import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { SavedReport } from '../../../../shared/contract/reports';
import type { Verdict } from '../../../../shared/domain/finding';
import { api, useAction } from '../../../api';
import { plural } from '../../../lib/numbers';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import type { DraftDialogProps } from './draft-dialogs';

interface ExportDialogProps extends DraftDialogProps {
  readonly format: 'csv' | 'xlsx';
}

const NAMES = { csv: 'CSV file', xlsx: 'workbook' } as const;

/** Problem rows with their reasons, to be corrected elsewhere; importing the file goes on with this draft. */
export function ExportDialog({ draft, format, opener, onClose }: ExportDialogProps) {
  const [withWarnings, setWithWarnings] = useState(draft.error === 0);
  const [saved, setSaved] = useState<SavedReport | null>(null);
  const { busy, error, run } = useAction();
  const rows = draft.error + (withWarnings ? draft.warning : 0);
  const verdicts: Verdict[] = ['error', ...(withWarnings ? (['warning'] as const) : [])];
  const save = async (): Promise<void> => {
    const file = await api.call('drafts.exportProblems', { draftId: draft.id, verdicts, format });
    if (file !== null) setSaved(file);
  };
  return (
    <Dialog
      title={saved === null ? `Export problem rows as a ${NAMES[format]}` : '✓ Problem rows saved'}
      opener={opener}
      onClose={onClose}
    >
      {saved === null ? (
        <Stack gap="sm">
          <Text size="sm">
            Each row comes with its reasons and what to do{format === 'xlsx' ? '; the cells at fault are coloured' : ''}
            . Correct the cells, keep the columns that begin with “Swapdesk”, and import the file again: it goes on with
            this draft.
          </Text>
          {draft.warning > 0 && draft.error > 0 ? (
            <Checkbox
              label={`Also ${plural(draft.warning, 'row')} with warnings`}
              checked={withWarnings}
              onChange={(event) => setWithWarnings(event.currentTarget.checked)}
            />
          ) : null}
          {error === null ? null : <ErrorPanel error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button data-autofocus loading={busy} disabled={rows === 0} onClick={() => run(save)}>
              Export {plural(rows, 'row')} …
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {plural(saved.rows, 'row')} in <span data-testid="place">{saved.place}</span>
          </Text>
          {error === null ? null : <ErrorPanel error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button
              variant="default"
              onClick={() =>
                run(async () => {
                  await api.call('app.showSavedFile', { savedId: saved.savedId });
                })
              }
            >
              Show in folder
            </Button>
            <Button data-autofocus onClick={onClose}>
              Close
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
