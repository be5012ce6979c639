import { NativeSelect } from '@mantine/core';
import type { ImportColumn, ImportPreview } from '../../../../shared/contract/imports';
import { fieldSchema, type Field } from '../../../../shared/domain/finding';
import { FIELD_WORDS } from '../../../lib/field-words';
import { plural } from '../../../lib/numbers';
import { Ago } from '../../../ui/ago';
import { Badge } from '../../../ui/badge';
import card from './card.module.css';
import classes from './mapping-columns.module.css';
import { columnWords, shownColumns } from './mapping.rules';

interface MappingColumnsProps {
  readonly preview: ImportPreview;
  readonly choices: ReadonlyMap<number, Field | null>;
  onChoose(column: number, field: Field | null): void;
}

/** A table of more columns is no list of swaps; what is needed of it stands in the first ones. */
const MOST_SHOWN = 200;
const SAMPLES_SHOWN = 3;

/** What each column means: heading, cells, field, and how sure that is. */
export function MappingColumns({ preview, choices, onChoose }: MappingColumnsProps) {
  const columns = shownColumns(preview.columns);
  const more = columns.length - MOST_SHOWN;
  return (
    <section aria-label="Columns" className={card.card}>
      <h2 className={card.title}>What the columns mean</h2>
      <div className={card.scroll}>
        <table className={`${card.table} ${classes.columns}`}>
          <thead>
            <tr>
              <th scope="col">Column of the list</th>
              <th scope="col">First cells</th>
              <th scope="col">Means</th>
              <th scope="col">How sure</th>
            </tr>
          </thead>
          <tbody>
            {columns.slice(0, MOST_SHOWN).map((column) => (
              <ColumnRow
                key={column.column}
                column={column}
                choice={choices.get(column.column)}
                saved={preview.savedMapping}
                onChoose={onChoose}
              />
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 ? <p className={card.hint}>{plural(more, 'more column')} to the right are left out.</p> : null}
    </section>
  );
}

interface ColumnRowProps {
  readonly column: ImportColumn;
  readonly choice: Field | null | undefined;
  readonly saved: ImportPreview['savedMapping'];
  onChoose(column: number, field: Field | null): void;
}

const LEFT_OUT = '';

function ColumnRow({ column, choice, saved, onChoose }: ColumnRowProps) {
  const { tone, word, because } = columnWords(column, choice);
  const name = column.heading.trim() === '' ? `Column ${column.column + 1}` : column.heading;
  const field = choice === undefined ? column.field : choice;
  return (
    <tr>
      <th scope="row" className={classes.heading}>
        {name}
      </th>
      <td className={card.mono}>
        {column.samples.slice(0, SAMPLES_SHOWN).map((sample, index) => (
          <div key={index} className={classes.sample}>
            {sample}
          </div>
        ))}
        {column.samples.length === 0 ? <span className={card.hint}>all blank</span> : null}
      </td>
      <td>
        <NativeSelect
          size="xs"
          aria-label={`What “${name}” means`}
          value={field ?? LEFT_OUT}
          data={[
            { value: LEFT_OUT, label: 'left out' },
            ...fieldSchema.options.map((option) => ({ value: option, label: FIELD_WORDS[option] })),
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onChoose(column.column, value === LEFT_OUT ? null : fieldSchema.parse(value));
          }}
        />
      </td>
      <td>
        <Badge tone={tone}>{word}</Badge>
        <div className={card.hint}>
          {choice === undefined && column.why === 'saved' && saved !== null ? (
            <>
              from <Ago at={saved.at} /> by {saved.by}
            </>
          ) : (
            because
          )}
        </div>
      </td>
    </tr>
  );
}
