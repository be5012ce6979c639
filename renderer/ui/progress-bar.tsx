import type { Tone } from './badge';
import classes from './progress-bar.module.css';

interface Part {
  readonly tone: Tone;
  readonly word: string;
  readonly rows: number;
}

/** Shares of a whole, with the same numbers in words for whoever sees no colour. */
export function ProgressBar({ label, parts }: { readonly label: string; readonly parts: readonly Part[] }) {
  const whole = Math.max(
    1,
    parts.reduce((sum, part) => sum + part.rows, 0),
  );
  const shown = parts.filter((part) => part.rows > 0);
  const words = shown.map((part) => `${part.rows} ${part.word}`).join(', ');
  return (
    <div className={classes.bar} role="img" aria-label={`${label}: ${words}`}>
      {shown.map((part) => (
        <span
          key={part.word}
          className={classes.part}
          data-tone={part.tone}
          style={{ width: `${(part.rows / whole) * 100}%` }}
          title={`${part.rows} ${part.word}`}
        />
      ))}
    </div>
  );
}
