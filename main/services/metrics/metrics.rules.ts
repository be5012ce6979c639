import type { Latency } from './types';

/** Fewer say nothing about the slowest in a hundred. */
const FEWEST = 20;
/** A callback that comes a little later than nearly all others is not worth a call. */
const READ_BACK_MARGIN = 1.5;
const READ_BACK = { leastMs: 2_000, mostMs: 10 * 60_000 } as const;

/** The nearest-rank percentile of sorted values. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? null;
}

export function latencyOf(samples: readonly number[]): Latency {
  if (samples.length < FEWEST) return { measured: samples.length, p50Ms: null, p95Ms: null, p99Ms: null };
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    measured: sorted.length,
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
  };
}

export function readBackAfter(callback: Latency): number | null {
  if (callback.p99Ms === null) return null;
  return Math.round(Math.min(READ_BACK.mostMs, Math.max(READ_BACK.leastMs, callback.p99Ms * READ_BACK_MARGIN)));
}

/** Of so many rows that were confirmed lately; fewer say nothing. */
export const LATELY_ROWS = 40;
const LATE_SHARE = 0.5;

/** @param proofs of the latest rows, newest first: whether a callback was the proof */
export function areCallbacksLate(proofs: readonly boolean[]): boolean {
  if (proofs.length < LATELY_ROWS / 2) return false;
  return proofs.filter((byCallback) => !byCallback).length / proofs.length >= LATE_SHARE;
}
