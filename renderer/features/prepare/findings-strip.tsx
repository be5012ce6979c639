import type { FindingLevel } from '../../../shared/domain/finding';
import { findingRule } from '../../../shared/domain/finding-catalogue';
import { digits } from '../../lib/numbers';
import classes from './findings-strip.module.css';
import { shortWords } from './finding-words';

interface FindingsStripProps {
  readonly findings: Readonly<Record<string, number>>;
  readonly chosen: string | null;
  onChoose(code: string | null): void;
}

const WEIGHT: Readonly<Record<FindingLevel, number>> = { error: 2, warning: 1, info: 0 };
const SIGNS: Readonly<Record<FindingLevel, string>> = { error: '✕', warning: '!', info: '·' };

/** What was found in this list, the gravest and most frequent first; each is a filter. */
export function FindingsStrip({ findings, chosen, onChoose }: FindingsStripProps) {
  const found = Object.entries(findings)
    .map(([code, rows]) => ({ code, rows, level: findingRule(code)?.level ?? 'info' }))
    .sort((one, other) => WEIGHT[other.level] - WEIGHT[one.level] || other.rows - one.rows);
  if (found.length === 0) return null;
  return (
    <div className={classes.strip} role="group" aria-label="Findings">
      {found.map(({ code, rows, level }) => {
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
    </div>
  );
}
