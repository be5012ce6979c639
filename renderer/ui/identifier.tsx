import classes from './identifier.module.css';

interface IdentifierProps {
  readonly value: string | null | undefined;
  /** Digits that differ from this one are set apart by weight. */
  readonly comparedWith?: string | null | undefined;
}

/** An identifier in groups of four, for reading only: copied it is plain digits, since the gaps are margins. */
export function Identifier({ value, comparedWith }: IdentifierProps) {
  if (value === null || value === undefined || value === '') return <span className={classes.none}>unknown</span>;
  return (
    <span className={classes.identifier}>
      {groups(value).map((group) => (
        <span key={group.at} className={classes.group}>
          {comparedWith === undefined || comparedWith === null
            ? group.text
            : [...group.text].map((digit, index) => (
                <span
                  key={group.at + index}
                  className={digit === comparedWith[group.at + index] ? classes.same : classes.changed}
                >
                  {digit}
                </span>
              ))}
        </span>
      ))}
    </span>
  );
}

function groups(text: string): readonly { at: number; text: string }[] {
  return Array.from({ length: Math.ceil(text.length / 4) }, (_, index) => ({
    at: index * 4,
    text: text.slice(index * 4, index * 4 + 4),
  }));
}
