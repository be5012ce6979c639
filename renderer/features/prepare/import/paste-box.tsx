import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { ProviderSelect } from './provider-select';
import classes from './paste-box.module.css';

const EXAMPLE = 'Old ICCID\tNew ICCID\n89148000000000000001\t89148000000000000019';

/** Rows from a spreadsheet, a mail or a ticket; read like a file. */
export function PasteBox({ onText }: { onText(text: string): void }) {
  const [text, setText] = useState('');
  const isBlank = text.trim() === '';
  return (
    <form
      className={classes.box}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBlank) onText(text);
      }}
    >
      <div className={classes.head}>
        <ProviderSelect />
        <p className={classes.hint}>
          Paste rows with or without headings, in any order of columns. Cells may be separated by tabs, commas,
          semicolons or pipes. Copy from a spreadsheet only while its columns are formatted as text: digits that it has
          rounded are gone.
        </p>
      </div>
      <Textarea
        label="Rows"
        autoFocus
        rows={14}
        resize="vertical"
        spellCheck={false}
        placeholder={EXAMPLE}
        classNames={{ input: classes.text }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      <div className={classes.actions}>
        <Button type="submit" disabled={isBlank}>
          Check the rows
        </Button>
        <span className={classes.hint}>Ctrl+Enter does the same.</span>
      </div>
    </form>
  );
}
