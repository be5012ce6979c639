import type { Canary } from '../../../shared/domain/control';

/** A canary's law: how large a wave is, when it is over, and what stops the change. */
export interface WaveFacts {
  readonly canary: Canary;
  /** From 1. */
  readonly wave: number;
  /** Rows up to the end of this wave. */
  readonly rows: number;
  /** Of these, rows that have ended or wait for a person. */
  readonly settled: number;
  readonly failed: number;
  /** Codes of the failed ones. */
  readonly codes: readonly string[];
  /** Failures that a person, or an earlier wave, has let pass. */
  readonly accepted: { readonly codes: readonly string[]; readonly count: number };
}

export type WaveDecision =
  | { readonly kind: 'wait' }
  | { readonly kind: 'stop'; readonly why: string }
  /** Let so many more rows go. */
  | { readonly kind: 'next'; readonly rows: number };

export function decideWave(facts: WaveFacts): WaveDecision {
  const { canary, accepted } = facts;
  const failures = facts.failed - accepted.count;
  const allowed = Math.floor((facts.rows * canary.failureBudgetPercent) / 100);
  if (failures > allowed) {
    return {
      kind: 'stop',
      why: `${failures} of the first ${facts.rows} rows failed, more than the budget of ${canary.failureBudgetPercent} %`,
    };
  }
  // In the first wave nobody knows yet which failures belong to the list.
  const strange = facts.wave === 1 ? undefined : facts.codes.find((code) => !accepted.codes.includes(code));
  if (strange !== undefined) {
    return { kind: 'stop', why: `a row failed with ${strange}, which no earlier wave had` };
  }
  if (facts.settled < facts.rows) return { kind: 'wait' };
  return { kind: 'next', rows: Math.ceil(canary.firstRows * canary.growth ** facts.wave) };
}
