import { useState } from 'react';
import type { FindingLevel } from '../../../../shared/domain/finding';
import { findingRule } from '../../../../shared/domain/finding-catalogue';
import { digits } from '../../../lib/numbers';
import classes from './findings-strip.module.css';
import { findingsByGravity, shortWords } from './finding-words';

interface FindingsStripProps {
  readonly findings: Readonly<Record<string, number>>;
  readonly chosen: string | null;
  onChoose(code: string | null): void;
}

const SIGNS: Readonly<Record<FindingLevel, string>> = { error: '✕', warning: '!', info: '·' };

/** More than these would push the rows off the screen; the rest unfolds. */
const FOLDED_TO = 12;

/** What was found in this list, the gravest and most frequent first; each is a filter. */
export function FindingsStrip({ findings, chosen, onChoose }: FindingsStripProps) {
  // What is chosen stays in sight when the last row of it has gone: it must be possible to let it go.
  const found = findingsByGravity(chosen === null ? findings : { [chosen]: 0, ...findings });
  const [unfolded, setUnfolded] = useState(false);
  if (found.length === 0) return null;
  const folds = found.length > FOLDED_TO + 1;
  const shown = folds && !unfolded ? found.filter(({ code }, at) => at < FOLDED_TO || code === chosen) : found;
  return (
    <div className={classes.strip} role="group" aria-label="Findings">
      {shown.map(({ code, rows, level }) => {
        const isChosen = chosen === code;
        return (
          <button
            key={code}
            type="button"
            className={classes.finding}
            data-level={level}
            aria-pressed={isChosen}
            title={findingRule(code)?.meaning}
            onClick={() => onChoose(isChosen ? null : code)}
          >
            <strong>
              <span aria-hidden="true">{SIGNS[level]} </span>
              {digits(rows)}
            </strong>{' '}
            {shortWords(code)}
          </button>
        );
      })}
      {folds ? (
        <button type="button" className={classes.fold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>
          {unfolded ? 'Fewer findings' : `${found.length - shown.length} more findings`}
        </button>
      ) : null}
    </div>
  );
}
