import type { Clock } from '../../lib/clock';

/** Lets calls of one provider pass one by one, evenly spaced, never more than the rate in any minute. */
export interface Pacer {
  /** Waits for this call's turn. False: stopped while it waited, the call must not be made. */
  turn(signal: AbortSignal): Promise<boolean>;
  /** The carrier asked for a pause (Retry-After): no turn before then. */
  pauseUntil(instantMs: number): void;
}

/** Turns that may be caught up when the computer woke late. */
const MOST_CAUGHT_UP = 10;
/** The clock counts whole milliseconds. */
const CLOCK_STEP_MS = 1;

/**
 * Evenly spaced turns instead of a bucket that may be emptied at once: with a bucket, two minutes that touch can hold
 * twice the rate within sixty seconds. At many turns a second a timer is late at each of them; whoever waited for a turn
 * takes the time of the turn, not that of waking, and no second ever holds more than its share.
 *
 * @param ratePerMinute null: no limit
 */
export function createPacer(clock: Clock, ratePerMinute: number | null): Pacer {
  const gapMs = ratePerMinute === null ? 0 : 60_000 / ratePerMinute;
  const aSecond = ratePerMinute === null ? 0 : Math.max(1, Math.floor(ratePerMinute / 60));
  const slackMs = Math.min(aSecond - 1, MOST_CAUGHT_UP) * gapMs;
  /** Times of the last turns, as many as a second holds, oldest first. */
  const taken: number[] = [];
  let nextTurnAt = 0;
  let pausedUntil = 0;

  const take = (now: number, waited: boolean): void => {
    nextTurnAt = (waited ? Math.max(nextTurnAt, now - slackMs) : Math.max(nextTurnAt, now)) + gapMs;
    taken.push(now);
    if (taken.length > aSecond) taken.shift();
  };
  const earliest = (): number => {
    const [oldest] = taken;
    const full = oldest !== undefined && aSecond > 1 && taken.length === aSecond;
    return Math.max(nextTurnAt, pausedUntil, full ? oldest + aSecond * gapMs + CLOCK_STEP_MS : 0);
  };

  return {
    async turn(signal) {
      for (let waited = false; ; waited = true) {
        if (signal.aborted) return false;
        const now = clock.now();
        const from = earliest();
        if (now >= from) {
          take(now, waited);
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
