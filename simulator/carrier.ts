import { randomUUID } from 'node:crypto';
import type { SimulatorClock } from './clock';
import type { Settings } from './fault-file';
import type { Faults } from './faults';
import { isoTime } from './fleet';
import type { Journal } from './journal';
import type { StateRecord } from './records';
import type { State } from './state';

/** The simulated carrier as its endpoints see it: what it knows, its clock, and the one way to change it. */
export class Carrier {
  readonly clock: SimulatorClock;
  readonly journal: Journal;
  readonly latencyMs: readonly [least: number, most: number];
  state: State;
  faults: Faults;
  settings: Settings;
  /** Number of accepted operations since the start; feeds the draws of latency. */
  accepted = 0;
  #isoSecond = -1;
  #iso = '';

  constructor(parts: {
    readonly state: State;
    readonly clock: SimulatorClock;
    readonly journal: Journal;
    readonly faults: Faults;
    readonly settings: Settings;
    readonly latencyMs: readonly [least: number, most: number];
  }) {
    this.state = parts.state;
    this.clock = parts.clock;
    this.journal = parts.journal;
    this.faults = parts.faults;
    this.settings = parts.settings;
    this.latencyMs = parts.latencyMs;
  }

  /** Applies the record and writes it down; whoever answers for it waits for the journal. */
  record(record: StateRecord): void {
    this.state.apply(record);
    this.journal.write(record);
  }

  /** Writes the line as it is now, for readers of the state file; the change itself was recorded before. */
  writeLine(deviceId: number): void {
    const line = this.state.lines.byDeviceId(deviceId);
    if (line !== undefined) this.journal.write({ type: 'line', ...line });
  }

  now(): number {
    return this.clock.now();
  }

  isoNow(): string {
    const second = Math.floor(this.now() / 1000);
    // Thousands of records bear the same second.
    if (second !== this.#isoSecond) this.#iso = isoTime(second * 1000);
    this.#isoSecond = second;
    return this.#iso;
  }

  /** Request ids, tokens and sessions are random even in a seeded run: a restart must never give one twice. */
  newId(): string {
    return randomUUID();
  }
}
