import { Button, Group, Text, Textarea } from '@mantine/core';
import { useState, type RefObject } from 'react';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { plural } from '../../../lib/numbers';
import { Dialog } from '../../../ui/dialog';
import { shortWords } from './finding-words';

const SHORTEST_REASON = 3;

interface ReasonDialogProps {
  readonly code: string;
  readonly rows: number;
  readonly opener: RefObject<HTMLElement | null>;
  onAccept(reason: string): void;
  onClose(): void;
}

/** Taking responsibility for a finding: what it means, and why it is all right here. */
export function ReasonDialog({ code, rows, opener, onAccept, onClose }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const rule = findingRule(code);
  return (
    <Dialog title={`Accept “${shortWords(code)}” in ${plural(rows, 'row')}`} opener={opener} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onAccept(reason.trim());
          onClose();
        }}
      >
        {rule === undefined ? null : (
          <Text size="sm" mb="xs">
            {rule.meaning}. {rule.remedy}
          </Text>
        )}
        <Textarea
          label="Why it is all right"
          description="Kept with your name in the audit trail. It can be taken back with Undo."
          data-autofocus
          maxLength={500}
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={reason.trim().length < SHORTEST_REASON}>
            Accept in {plural(rows, 'row')}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
