import type { Clock } from '../../main/lib/clock';

/** A clock that a test moves by hand. Timers that are due fire in order, each at its own time. */
export interface ManualClock extends Clock {
  advance(byMs: number): void;
}

export function createManualClock(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)): ManualClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly at: number; readonly fire: () => void }>();
  const clock: ManualClock = {
    now: () => nowMs,
    after(delayMs, fn) {
      const timer = { at: nowMs + delayMs, fire: fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    sleep(delayMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const stop = clock.after(delayMs, resolve);
        signal?.addEventListener('abort', () => {
          stop();
          resolve();
        });
      });
    },
    advance(byMs) {
      const until = nowMs + byMs;
      for (;;) {
        const [next] = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.at);
        next.fire();
      }
      nowMs = until;
    },
  };
  return clock;
}

/** Real time, `factor` times as fast: for code that waits on the disk and on timers at once. */
export function createFastClock(factor: number): Clock {
  const startMs = Date.now();
  const clock: Clock = {
    now: () => Math.floor(startMs + (Date.now() - startMs) * factor),
    after(delayMs, fn) {
      const timer = setTimeout(fn, delayMs / factor);
      return () => clearTimeout(timer);
    },
    sleep(delayMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = (): void => {
          stop();
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const stop = clock.after(delayMs, done);
        signal?.addEventListener('abort', done);
      });
    },
  };
  return clock;
}
