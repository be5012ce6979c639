import { Button } from '@mantine/core';
import { IconFileImport, type Icon } from '@tabler/icons-react';
import { useRef } from 'react';

interface FileButtonProps {
  readonly label: string;
  /** Read by screen readers of the field behind the button. */
  readonly field: string;
  readonly variant: 'filled' | 'default';
  readonly icon?: Icon;
  onFile(file: File): void;
}

/** Lists as they come: texts with any separator, and workbooks. */
const ACCEPTED = '.csv,.tsv,.tab,.txt,.xlsx,.xlsm,text/csv,text/plain';

/** Opens the system's dialog for a list. */
export function FileButton({ label, field, variant, icon: ButtonIcon = IconFileImport, onFile }: FileButtonProps) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        variant={variant}
        leftSection={<ButtonIcon size={16} aria-hidden="true" />}
        onClick={() => chooser.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={chooser}
        type="file"
        accept={ACCEPTED}
        aria-label={field}
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
