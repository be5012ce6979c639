import type { OutputOf } from '../../../../shared/contract/index';
import { plural } from '../../../lib/numbers';
import { VERDICT_WORDS } from '../../../lib/status-words';
import { Badge } from '../../../ui/badge';
import classes from './differences.module.css';
import { shortWords } from './finding-words';

export type RecheckResult = OutputOf<'drafts.recheck'>;

const SHOWN = 100;

/** Rows that are judged differently than before, with both verdicts. */
export function Differences({ result }: { readonly result: RecheckResult }) {
  const { differences, moved, verdictsMoved, checked } = result;
  if (moved === 0) {
    return (
      <p className={classes.none}>
        {checked === 0
          ? 'Nothing has changed in the lines or in the open changes since the last check.'
          : `${plural(checked, 'row')} checked again: every verdict is as it was.`}
      </p>
    );
  }
  const shown = differences.slice(0, SHOWN);
  return (
    <>
      <p className={classes.none}>
        {plural(moved, 'row')} {moved === 1 ? 'is' : 'are'} judged differently now
        {verdictsMoved === moved
          ? ''
          : `, ${verdictsMoved === 0 ? 'none' : plural(verdictsMoved, 'row')} with another verdict`}
        :
      </p>
      <ul className={classes.list} tabIndex={0} aria-label="Differences">
        {shown.map(({ row, line, before, after }) => (
          <li key={row} className={classes.difference}>
            <span className={classes.line}>line {line}</span>
            <State verdict={before.verdict} codes={before.codes} />
            <span role="img" aria-label="becomes">
              →
            </span>
            <State verdict={after.verdict} codes={after.codes} />
          </li>
        ))}
      </ul>
      {moved > shown.length ? <p className={classes.none}>… and {plural(moved - shown.length, 'more row')}.</p> : null}
    </>
  );
}

function State({ verdict, codes }: RecheckResult['differences'][number]['before']) {
  const { tone, word } = VERDICT_WORDS[verdict];
  const [first, ...others] = codes;
  return (
    <Badge tone={tone}>
      {first === undefined || verdict === 'valid' ? word : shortWords(first)}
      {others.length === 0 || verdict === 'valid' ? '' : ` + ${others.length} more`}
    </Badge>
  );
}
