/** Milliseconds at which so many of the measured have been over; null: too few were measured. */
export interface Latency {
  readonly measured: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export interface HourOfWork {
  /** Its beginning. */
  readonly hour: string;
  readonly ended: number;
  readonly failed: number;
  /** Sends beyond the first of a row. */
  readonly resent: number;
  readonly callbackP50Ms: number | null;
  readonly callbackP95Ms: number | null;
}

export interface ProviderMeasures {
  /** From the request to its answer. */
  readonly answer: Latency;
  /** From the answer to the carrier's callback. Rows that were only read back say how often we asked, not how fast it was. */
  readonly callback: Latency;
  /** From the confirmation until the line is seen on the network. */
  readonly seen: Latency;
  /** Rows that ended within the last minutes, a minute; null: too few. */
  readonly endedAMinute: number | null;
}

export interface MetricsService {
  measures(providerUid: string): Promise<ProviderMeasures>;
  /** One entry an hour with work in it, oldest first. */
  history(providerUid: string, hours: number): Promise<readonly HourOfWork[]>;
  /** Most of what was confirmed lately had to be read back: callbacks don't come, or come too late. */
  callbacksAreLate(providerUid: string): Promise<boolean>;
  /** Measures anew what `readBackAfterMs` answers from. */
  refresh(providerUids: readonly string[]): Promise<void>;
  /**
   * From an answer until the line should be read back if no callback came: when nearly all callbacks have come. Null:
   * too few callbacks were measured.
   */
  readBackAfterMs(providerUid: string): number | null;
}
