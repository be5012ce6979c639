import type { IdentifierPair } from '../../shared/domain/change';
import { Identifier } from './identifier';
import classes from './pair.module.css';

interface PairProps {
  readonly from: IdentifierPair;
  readonly to: IdentifierPair;
}

/** Old → new, one line each for card and hardware; only what changes. */
export function Pair({ from, to }: PairProps) {
  const kinds = (['iccid', 'imei'] as const).filter((kind) => to[kind] !== undefined);
  const shown = kinds.length === 0 ? (['iccid'] as const) : kinds;
  return (
    <span className={classes.pairs}>
      {shown.map((kind) => (
        <span key={kind} className={classes.pair} data-kind={kind}>
          <span className={classes.from}>
            <Identifier value={from[kind]} />
          </span>
          <span role="img" aria-label="becomes" className={classes.arrow}>
            →
          </span>
          <Identifier value={to[kind]} comparedWith={from[kind]} />
        </span>
      ))}
    </span>
  );
}

/** For the clipboard, in columns of their own: plain digits. */
export function pairTexts(from: IdentifierPair, to: IdentifierPair): readonly string[] {
  return [from.iccid, to.iccid, from.imei, to.imei].map((part) => part ?? '');
}
