import { isoTime } from '../../lib/clock';
import type { Eta } from '../../../shared/domain/control';

/** When the rest will have ended, as a range. */
export interface EtaFacts {
  readonly now: number;
  /** Rows that are still to be sent. */
  readonly unsent: number;
  /** Rows that are sent and not proven. */
  readonly awaited: number;
  readonly startsAt: number | null;
  readonly ratePerMinute: number | null;
  readonly concurrency: number;
  readonly answerP50Ms: number | null;
  readonly answerP95Ms: number | null;
  readonly callbackP50Ms: number | null;
  readonly callbackP95Ms: number | null;
  readonly endedAMinute: number | null;
  /** From an answer to the first read-back. */
  readonly readBackMs: number;
}

/** What the carrier's calls take while nothing was measured: an answer, and its result. */
const UNMEASURED = { answerMs: [100, 1_500], resultMs: [200, 30_000] } as const;
/** The pace of the last minutes may rise and fall so much. */
const PACE = { least: 0.6, most: 1.4 } as const;

export function etaOf(facts: EtaFacts): Eta | null {
  if (facts.unsent + facts.awaited === 0) return null;
  const from = Math.max(facts.now, facts.startsAt ?? facts.now);
  const { fast, slow } = paceOf(facts);
  const earliest = facts.unsent / fast + (facts.callbackP50Ms ?? UNMEASURED.resultMs[0]);
  // Of what comes late some will be read back, and some of these twice.
  const slowest = Math.max(facts.callbackP95Ms ?? UNMEASURED.resultMs[1], facts.readBackMs) + 2 * facts.readBackMs;
  const latest = facts.unsent / slow + slowest;
  return {
    earliest: isoTime(Math.floor(from + earliest)),
    latest: isoTime(Math.ceil(from + latest)),
    basis: basisOf(facts),
  };
}

/** Rows a millisecond. */
function paceOf(facts: EtaFacts): { readonly fast: number; readonly slow: number } {
  const limit = facts.ratePerMinute === null ? Number.POSITIVE_INFINITY : facts.ratePerMinute / 60_000;
  const possible = (answerMs: number): number => Math.min(limit, facts.concurrency / answerMs);
  const fast = possible(facts.answerP50Ms ?? UNMEASURED.answerMs[0]);
  const slow = possible(facts.answerP95Ms ?? UNMEASURED.answerMs[1]) * PACE.least;
  if (facts.endedAMinute === null) return { fast, slow };
  const seen = facts.endedAMinute / 60_000;
  return { fast: Math.max(Math.min(fast, seen * PACE.most * 2), slow), slow: Math.min(slow, seen * PACE.least) };
}

function basisOf(facts: EtaFacts): string {
  const pace =
    facts.endedAMinute === null ? 'no pace measured yet' : `${Math.round(facts.endedAMinute)} rows a minute lately`;
  const callback =
    facts.callbackP50Ms === null || facts.callbackP95Ms === null
      ? 'no callback measured yet'
      : `callbacks after ${seconds(facts.callbackP50Ms)} (p95 ${seconds(facts.callbackP95Ms)})`;
  return `${pace}; ${callback}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
