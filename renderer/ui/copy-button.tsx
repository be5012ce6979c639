import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { copyText } from '../lib/clipboard';

/** Copies, and says whether it did. */
export function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [said, setSaid] = useState<string | null>(null);
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={
        said === null ? <IconCopy size={14} aria-hidden="true" /> : <IconCheck size={14} aria-hidden="true" />
      }
      onClick={() => setSaid(copyText(text) ? 'Copied' : 'The window could not copy')}
      onBlur={() => setSaid(null)}
    >
      <span role="status">{said ?? label}</span>
    </Button>
  );
}
