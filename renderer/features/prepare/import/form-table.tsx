import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { ANY_LINE } from '../../../../shared/contract/lines';
import { changedKinds, type ChangeType } from '../../../../shared/domain/change';
import { cleanIdentifier } from '../../../../shared/domain/clean-identifier';
import { useCall } from '../../../api';
import card from './card.module.css';
import classes from './form-table.module.css';
import { EMPTY_ENTRY, LINE_FIELD_WORDS, lineFieldOf, newHint, type FormEntry } from './form.rules';
import { lineWords } from './line-holder';

interface FormTableProps {
  readonly entries: readonly FormEntry[];
  readonly changeType: ChangeType;
  onChange(entries: readonly FormEntry[]): void;
}

/** A few; more come as a list. */
const MOST_ENTRIES = 50;
const LONGEST = 200;

/** The lines, one below the other; the last field of a line leads on to a new one. */
export function FormTable({ entries, changeType, onChange }: FormTableProps) {
  const table = useRef<HTMLDivElement>(null);
  const shown = useRef(entries.length);
  useEffect(() => {
    // A line that was added has the keyboard.
    if (entries.length > shown.current) focusEntry(table.current, entries.length - 1);
    shown.current = entries.length;
  }, [entries.length]);
  const add = (): void => {
    if (entries.length < MOST_ENTRIES) onChange([...entries, EMPTY_ENTRY]);
  };
  return (
    <section ref={table} aria-label="Lines to change" className={`${card.card} ${classes.table}`}>
      {entries.map((entry, index) => (
        <EntryFields
          key={index}
          no={index + 1}
          entry={entry}
          changeType={changeType}
          onChange={(changed) => onChange(entries.map((one, at) => (at === index ? changed : one)))}
          onNext={() => (index === entries.length - 1 ? add() : focusEntry(table.current, index + 1))}
          {...(entries.length > 1 ? { onRemove: () => onChange(entries.filter((_, at) => at !== index)) } : {})}
        />
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        disabled={entries.length >= MOST_ENTRIES}
        onClick={add}
        className={classes.add}
      >
        {entries.length >= MOST_ENTRIES ? 'More lines: paste a list' : 'Another line'}
      </Button>
    </section>
  );
}

function focusEntry(table: HTMLElement | null, index: number): void {
  table?.querySelectorAll<HTMLElement>('[data-entry]')[index]?.querySelector('input')?.focus();
}

interface EntryFieldsProps {
  readonly no: number;
  readonly entry: FormEntry;
  readonly changeType: ChangeType;
  onChange(entry: FormEntry): void;
  onNext(): void;
  /** Absent: it is the only one. */
  onRemove?(): void;
}

function EntryFields({ no, entry, changeType, onChange, onNext, onRemove }: EntryFieldsProps) {
  const kinds = (['iccid', 'imei'] as const).filter((kind) => changedKinds(changeType).includes(kind));
  const inputs = [
    { key: 'line', label: 'Line now', hint: null },
    ...kinds.map((kind) => {
      const key = kind === 'iccid' ? ('newIccid' as const) : ('newImei' as const);
      return { key, label: kind === 'iccid' ? 'New ICCID' : 'New IMEI', hint: newHint(kind, entry[key]) };
    }),
    { key: 'note', label: 'Note', hint: null },
  ] as const;
  return (
    <div className={classes.entry} data-entry={no}>
      <span className={classes.no}>{no}</span>
      {inputs.map(({ key, label, hint }, index) => (
        <div key={key} className={classes.field} data-key={key}>
          <TextInput
            size="xs"
            label={no === 1 ? label : undefined}
            aria-label={`${label}, ${no}`}
            placeholder={key === 'line' ? 'ICCID, IMEI, MDN or line number' : undefined}
            maxLength={LONGEST}
            spellCheck={false}
            autoFocus={no === 1 && key === 'line'}
            classNames={{ input: key === 'note' ? '' : card.mono }}
            value={entry[key]}
            onChange={(event) => onChange({ ...entry, [key]: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
              event.preventDefault();
              const fields = event.currentTarget.closest('[data-entry]')?.querySelectorAll('input');
              if (index === inputs.length - 1) onNext();
              else fields?.[index + 1]?.focus();
            }}
          />
          {key === 'line' ? <KnownLine text={entry.line} /> : <Hint words={hint} />}
        </div>
      ))}
      {onRemove === undefined ? null : (
        <button type="button" className={classes.remove} aria-label={`Remove line ${no}`} onClick={onRemove}>
          ✕
        </button>
      )}
    </div>
  );
}

function Hint({ words }: { readonly words: string | null }) {
  return (
    <p className={classes.hint} data-tone="warn">
      {words === null ? '' : `! ${words}`}
    </p>
  );
}

/** Which line is meant, as soon as it is clear. */
function KnownLine({ text }: { readonly text: string }) {
  const [wanted] = useDebouncedValue(cleanIdentifier(text).text, 200);
  const field = lineFieldOf(wanted);
  const found = useCall('lines.find', /^\d+$/.test(wanted) ? { ...ANY_LINE, text: wanted, limit: 20 } : undefined);
  if (wanted === '') return <p className={classes.hint} />;
  const name = LINE_FIELD_WORDS[field];
  if (!/^\d+$/.test(wanted)) return <Hint words="not a number of a line" />;
  if (found.value === null || found.loading) return <p className={classes.hint}>{name} …</p>;
  const line = found.value.find(
    (one) => one.iccid === wanted || one.imei === wanted || one.mdn === wanted || String(one.id) === wanted,
  );
  return line === undefined ? (
    <Hint words={`no line has this ${name}`} />
  ) : (
    <p className={classes.hint} data-tone="done" title={lineWords(line)}>
      ✓ {name} of {lineWords(line)}
    </p>
  );
}
