import { findingRule } from '../../../shared/domain/finding-catalogue';
import { digits } from '../../lib/numbers';
import classes from './findings-strip.module.css';
import { shortWords } from './finding-words';

interface FindingsStripProps {
  readonly findings: Readonly<Record<string, number>>;
  readonly chosen: string;
  onChoose(code: string): void;
}

/** What is wrong in this list, the most frequent first; each is a filter. */
export function FindingsStrip({ findings, chosen, onChoose }: FindingsStripProps) {
  const codes = Object.entries(findings).sort(([, one], [, other]) => other - one);
  if (codes.length === 0) return null;
  return (
    <div className={classes.strip} role="group" aria-label="Findings">
      {codes.map(([code, rows]) => {
        const isChosen = chosen === code;
        return (
          <button
            key={code}
            type="button"
            className={classes.finding}
            data-level={findingRule(code)?.level ?? 'info'}
            aria-pressed={isChosen}
            title={findingRule(code)?.meaning}
            onClick={() => onChoose(isChosen ? '' : code)}
          >
            <strong>{digits(rows)}</strong> {shortWords(code)}
          </button>
        );
      })}
    </div>
  );
}
