import classes from './identifier.module.css';

interface IdentifierProps {
  readonly value: string | null | undefined;
  /** Digits that differ from this one are set apart by weight. */
  readonly comparedWith?: string | null | undefined;
}

/** An identifier in groups, for reading only: copied it is plain digits, since the gaps are margins. */
export function Identifier({ value, comparedWith }: IdentifierProps) {
  if (value === null || value === undefined || value === '') return <span className={classes.none}>unknown</span>;
  // What is no number is shown as it was read: groups would give it a form that it does not have.
  if (!/^\d+$/.test(value)) return <span className={classes.identifier}>{value}</span>;
  return (
    <span className={classes.identifier}>
      {groups(value).map(({ at, text }) => (
        <span key={at} className={classes.group}>
          {comparedWith === undefined || comparedWith === null ? text : compared(text, comparedWith, at)}
        </span>
      ))}
    </span>
  );
}

/** Runs of digits that are the same or differ, so that a row makes few elements. */
function compared(text: string, other: string, at: number) {
  const runs: { changed: boolean; text: string; from: number }[] = [];
  for (const [index, digit] of [...text].entries()) {
    const changed = digit !== other[at + index];
    const last = runs.at(-1);
    if (last?.changed === changed) last.text += digit;
    else runs.push({ changed, text: digit, from: index });
  }
  return runs.map((run) =>
    run.changed ? (
      <strong key={run.from} className={classes.changed}>
        {run.text}
      </strong>
    ) : (
      run.text
    ),
  );
}

/** Fours, as on the card; a telephone number as it is spoken: three, three, four. */
function groups(text: string): readonly { at: number; text: string }[] {
  const starts = text.length === 10 ? [0, 3, 6] : Array.from({ length: Math.ceil(text.length / 4) }, (_, i) => i * 4);
  return starts.map((at, index) => ({ at, text: text.slice(at, starts[index + 1]) }));
}
