import type { Clock } from '../../lib/clock';

/** Lets calls of one provider pass one by one, evenly spaced, never more than the rate in any minute. */
export interface Pacer {
  /** Waits for this call's turn. False: stopped while it waited, the call must not be made. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** The carrier asked for a pause (Retry-After): no turn before then. */
  pauseUntil(instantMs: number): void;
}

/**
 * Evenly spaced turns instead of a bucket that may be emptied at once: with a bucket, two minutes that touch can hold
 * twice the rate within sixty seconds.
 *
 * @param ratePerMinute null: no limit
 */
export function createPacer(clock: Clock, ratePerMinute: number | null): Pacer {
  const gapMs = ratePerMinute === null ? 0 : 60_000 / ratePerMinute;
  let nextTurnAt = 0;
  let pausedUntil = 0;

  return {
    async turn(signal) {
      for (;;) {
        if (signal.aborted) return false;
        const now = clock.now();
        const from = Math.max(nextTurnAt, pausedUntil);
        if (now >= from) {
          nextTurnAt = Math.max(now, nextTurnAt) + gapMs;
          return true;
        }
        await clock.sleep(Math.ceil(from - now), signal);
      }
    },
    pauseUntil(instantMs) {
      pausedUntil = Math.max(pausedUntil, instantMs);
    },
  };
}
