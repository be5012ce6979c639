/**
 * The only place that reads the time or starts a timer. An instant is a number of milliseconds since 1970 (UTC);
 * it becomes an ISO 8601 text where it leaves the program.
 */
export interface Clock {
  now(): number;
  /** Calls `fn` once after `delayMs`; returns the way to stop it. */
  after(delayMs: number, fn: () => void): () => void;
  /** Resolves after `delayMs`, or at once when the signal fires. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
  sleep(delayMs, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      signal?.addEventListener('abort', done);
    });
  },
};

/** ISO 8601 in UTC with milliseconds, as every export and JSON answer writes a time. */
export function isoTime(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
