import { Identifier } from '../../../ui/identifier';
import card from './card.module.css';
import classes from './scan-table.module.css';
import {
  MODE_RULES,
  PLACE_WORDS,
  isOld,
  pairsOf,
  type ScanField,
  type ScannedPair,
  type ScanState,
} from './scan.rules';

interface ScanTableProps {
  readonly state: ScanState;
  /** @param index of a whole pair, from 0 */
  onRemove(index: number): void;
}

/** More are kept and counted; the person looks at the last ones. */
const MOST_SHOWN = 200;

/** The pairs, the newest on top; the one that has begun before all. */
export function ScanTable({ state, onRemove }: ScanTableProps) {
  const { whole, half } = pairsOf(state);
  const { places } = MODE_RULES[state.mode];
  const hasBegun = Object.keys(half).length > 0;
  if (whole.length === 0 && !hasBegun) {
    return <p className={card.hint}>None yet. What is scanned is kept here, also over a restart.</p>;
  }
  const shown = whole.map((pair, index) => ({ pair, index })).reverse();
  return (
    <div className={card.scroll} tabIndex={0} role="region" aria-label="List of the pairs">
      <table className={card.table}>
        <thead>
          <tr>
            <th scope="col">Pair</th>
            <th scope="col">Line</th>
            {places.map((field) => (
              <th key={field} scope="col">
                {PLACE_WORDS[field]}
              </th>
            ))}
            <th scope="col">
              <span className={classes.unseen}>Remove</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {hasBegun ? <PairRow name={String(whole.length + 1)} pair={half} places={places} /> : null}
          {shown.slice(0, MOST_SHOWN).map(({ pair, index }) => (
            <PairRow
              key={index}
              name={String(index + 1)}
              pair={pair}
              places={places}
              onRemove={() => onRemove(index)}
            />
          ))}
        </tbody>
      </table>
      {shown.length > MOST_SHOWN ? <p className={card.hint}>The last {MOST_SHOWN} pairs are shown.</p> : null}
    </div>
  );
}

interface PairRowProps {
  readonly name: string;
  readonly pair: ScannedPair;
  readonly places: readonly ScanField[];
  /** Absent: the pair has only begun, and undo takes it back. */
  onRemove?(): void;
}

function PairRow({ name, pair, places, onRemove }: PairRowProps) {
  const old = places.find((field) => isOld(field));
  const holder = old === undefined ? null : (pair[old]?.holder ?? null);
  return (
    <tr>
      <td>{name}</td>
      <td>{holder?.words ?? '…'}</td>
      {places.map((field) => (
        <td key={field}>
          {pair[field] === undefined ? (
            <span className={card.hint}>to be scanned</span>
          ) : (
            <Identifier value={pair[field].value} />
          )}
        </td>
      ))}
      <td>
        {onRemove === undefined ? null : (
          <button type="button" className={classes.remove} aria-label={`Remove pair ${name}`} onClick={onRemove}>
            ✕
          </button>
        )}
      </td>
    </tr>
  );
}
