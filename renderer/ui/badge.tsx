import type { ReactNode } from 'react';
import classes from './badge.module.css';

/** What a colour stands for; it never stands alone. */
export type Tone = 'done' | 'warn' | 'bad' | 'unknown' | 'flight' | 'rest';

const SIGNS: Readonly<Record<Tone, string>> = {
  done: '✓',
  warn: '!',
  bad: '✕',
  unknown: '?',
  flight: '▸',
  rest: '·',
};

/** A state as sign, word and colour. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span aria-hidden="true" className={classes.sign}>
        {SIGNS[tone]}
      </span>
      <span className={classes.word}>{children}</span>
    </span>
  );
}
