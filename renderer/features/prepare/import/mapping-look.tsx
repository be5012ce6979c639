import { NativeSelect, Radio } from '@mantine/core';
import { delimiterSchema, encodingSchema, type ImportPreview, type Look } from '../../../../shared/contract/imports';
import { changeTypeSchema } from '../../../../shared/domain/change';
import type { ImportQuestion } from '../../../api';
import { TYPE_WORDS } from '../../../lib/field-words';
import { DELIMITER_WORDS, ENCODING_WORDS } from '../../../lib/reading-words';
import card from './card.module.css';
import classes from './mapping-look.module.css';

interface MappingLookProps {
  readonly preview: ImportPreview;
  readonly question: ImportQuestion;
  readonly busy: boolean;
  onRevise(change: Partial<ImportQuestion>): void;
}

/** How the file is read; all of it was found out, and all of it can be said better. */
export function MappingLook({ preview, question, busy, onRevise }: MappingLookProps) {
  const { look } = question;
  const read = (change: Partial<Look>): void =>
    // Another sheet or separator makes other columns and other headings.
    onRevise({ look: { ...look, headingRow: null, ...change }, choices: new Map() });
  return (
    <section aria-label="How it is read" aria-busy={busy} className={card.card}>
      <h2 className={card.title}>How it is read</h2>
      {preview.sheets.length === 0 ? null : (
        <NativeSelect
          size="xs"
          label="Sheet"
          value={preview.sheet ?? ''}
          data={preview.sheets.map(({ name, hidden }) => ({ value: name, label: hidden ? `${name} (hidden)` : name }))}
          onChange={(event) => read({ sheet: event.currentTarget.value })}
        />
      )}
      {preview.encoding === null ? null : (
        <EncodingChoice preview={preview} onChoose={(encoding) => onRevise({ look: { ...look, encoding } })} />
      )}
      {preview.delimiter === null ? null : (
        <NativeSelect
          size="xs"
          label="Cells are separated by"
          value={preview.delimiter}
          data={delimiterSchema.options.map((value) => ({ value, label: DELIMITER_WORDS[value] }))}
          onChange={(event) => read({ delimiter: delimiterSchema.parse(event.currentTarget.value) })}
        />
      )}
      {preview.continues === null ? (
        <NativeSelect
          size="xs"
          label="What changes"
          value={question.changeType ?? ''}
          data={[
            { value: '', label: 'as the columns say' },
            ...changeTypeSchema.options.map((value) => ({ value, label: TYPE_WORDS[value] })),
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onRevise({ changeType: value === '' ? null : changeTypeSchema.parse(value) });
          }}
        />
      ) : null}
    </section>
  );
}

interface EncodingChoiceProps {
  readonly preview: ImportPreview;
  onChoose(encoding: Look['encoding']): void;
}

/** Where a line tells encodings apart, the person sees what each would make of it. */
function EncodingChoice({ preview, onChoose }: EncodingChoiceProps) {
  if (preview.encodings.length === 0) {
    return (
      <NativeSelect
        size="xs"
        label="Encoding"
        value={preview.encoding ?? ''}
        data={encodingSchema.options.map((value) => ({ value, label: ENCODING_WORDS[value] }))}
        onChange={(event) => onChoose(encodingSchema.parse(event.currentTarget.value))}
      />
    );
  }
  return (
    <fieldset className={classes.encodings}>
      <legend>Encoding: choose the one that reads right</legend>
      {preview.encodings.map(({ encoding, sample }) => (
        <Radio
          key={encoding}
          size="xs"
          name="encoding"
          label={ENCODING_WORDS[encoding]}
          description={sample}
          checked={encoding === preview.encoding}
          onChange={() => onChoose(encoding)}
        />
      ))}
    </fieldset>
  );
}
