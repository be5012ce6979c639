/** Counting what was done to each line, and what was asked for twice. */
import type { IdentifierChange, Operation, RefusalRecord, SwapRecord } from './records';

export interface SwapCounts {
  readonly applied: number;
  readonly failed: number;
  readonly refused: number;
  readonly waiting: number;
  readonly doubles: number;
  readonly repeats: number;
}

type Totals = SwapCounts & { readonly byLine: Record<string, SwapCounts> };
type Event = {
  readonly at: string;
  readonly line: string;
  readonly to: IdentifierChange;
  readonly what: keyof SwapCounts;
};

const NONE: SwapCounts = { applied: 0, failed: 0, refused: 0, waiting: 0, doubles: 0, repeats: 0 };
/** Parts of these sums; the other two are judgements on them. */
const PARTS = ['applied', 'failed', 'refused', 'waiting'] as const;

/**
 * A double is a swap that was applied although the line's last applied one had the same new identifiers. A repeat is
 * any request for them (applied, failed, refused or waiting) after they were applied: the carrier refuses it by its
 * rules, and it shows all the same that the client asked twice. There and back again (A, B, A) is neither.
 */
export function countSwaps(
  swaps: readonly SwapRecord[],
  refusals: readonly RefusalRecord[],
  waiting: Iterable<Operation>,
): Totals {
  const events: Event[] = swaps.map(({ at, line, to }) => ({ at, line, to, what: 'applied' }));
  for (const { at, line, to, outcome } of refusals) if (line !== null) events.push({ at, line, to, what: outcome });
  for (const { action, acceptedAt, line, change } of waiting) {
    const { servicePlan: _plan, ...to } = change;
    if (action === 'swap') events.push({ at: acceptedAt, line, to, what: 'waiting' });
  }
  // Applied before refused within one second: a repeat cannot come before what it repeats.
  events.sort((a, b) => a.at.localeCompare(b.at) || PARTS.indexOf(part(a)) - PARTS.indexOf(part(b)));
  const byLine: Record<string, SwapCounts> = {};
  const lastOf = new Map<string, string>();
  for (const event of events) {
    const counts = byLine[event.line] ?? NONE;
    const wanted = JSON.stringify([event.to.iccid, event.to.imei]);
    const again = lastOf.get(event.line) === wanted;
    if (event.what === 'applied') lastOf.set(event.line, wanted);
    byLine[event.line] = {
      ...counts,
      [event.what]: counts[event.what] + 1,
      doubles: counts.doubles + (again && event.what === 'applied' ? 1 : 0),
      repeats: counts.repeats + (again ? 1 : 0),
    };
  }
  const unknown = refusals.filter(({ line }) => line === null).length;
  return { ...sum(Object.values(byLine), unknown), byLine };
}

const part = (event: Event): (typeof PARTS)[number] => event.what as (typeof PARTS)[number];

function sum(counts: readonly SwapCounts[], refusedOfNobody: number): SwapCounts {
  const total = { ...NONE, refused: refusedOfNobody };
  for (const entry of counts) {
    for (const name of [...PARTS, 'doubles', 'repeats'] as const) total[name] += entry[name];
  }
  return total;
}
