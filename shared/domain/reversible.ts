import { changedKinds, type ChangeType, type IdentifierPair } from './change';
import type { Reversibility } from './control';

/** What is known of a row and its line, before or after it was changed. */
export interface ReversibilityFacts {
  readonly changeType: ChangeType;
  readonly old: IdentifierPair;
  /** The row also gives the line another customer, rate plan or pool. */
  readonly assigns: boolean;
  /** The carrier's plan was set by the same call. */
  readonly carrierPlan: string | null;
  /** Another line has an old identifier now. */
  readonly oldTakenBy: number | null;
  /** The line no longer has the row's new identifiers. */
  readonly changedSince: boolean;
  /** Days since the change; 0 before it. */
  readonly ageDays: number;
}

/** Verizon holds the number of a deactivated line so long (Service Provisioning Rules). */
const MDN_HELD_DAYS = 50;

/**
 * A swap back is a swap of its own: the carrier takes the old hardware only when it is inactive and no line of its
 * database has it (Change Device Identifier), which only the carrier knows for sure.
 */
export function reversibilityOf(facts: ReversibilityFacts): Reversibility {
  const missing = changedKinds(facts.changeType).filter((kind) => facts.old[kind] === undefined);
  if (missing.length > 0) {
    return { kind: 'not', why: `The old ${missing.join(' and ').toUpperCase()} is not known` };
  }
  if (facts.changedSince) return { kind: 'not', why: 'The line was changed again since' };
  if (facts.oldTakenBy !== null) {
    return { kind: 'not', why: `The old identifier is on line ${facts.oldTakenBy} now` };
  }
  if (facts.ageDays > MDN_HELD_DAYS) {
    return {
      kind: 'conditional',
      why: `Changed more than ${MDN_HELD_DAYS} days ago: the carrier may have given the old hardware up`,
    };
  }
  if (facts.carrierPlan !== null) {
    return { kind: 'conditional', why: `The carrier's plan ${facts.carrierPlan} that was set with it stays` };
  }
  if (facts.assigns) {
    return {
      kind: 'conditional',
      why: 'Customer, rate plan and pool that were set with it stay as they are',
    };
  }
  return { kind: 'reversible', why: 'The old hardware must still be inactive and in no account at the carrier' };
}
