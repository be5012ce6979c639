/** The control side: what a test or a trainer may see and do, beside the carrier's own doors. */
import type { Carrier } from './carrier';
import type { Courier, Delivery } from './courier';
import { connection } from './device-list';
import { FIRST_DEVICE_ID, isoTime, LINE_STATES, seededFleet, type Line } from './fleet';
import { mergeSettings, type FaultRule, type Settings, type SettingsPatch } from './fault-file';
import { Faults } from './faults';
import type { LinePatch } from './lines';
import { carryOut } from './operations';
import type { RefusalRecord, SwapRecord } from './records';
import { State } from './state';
import { countSwaps, type SwapCounts } from './swap-counts';
import type { RequestEntry, Traffic } from './traffic';

/** The state in figures, with what was done to each line that anything was asked for. */
export interface SimulatorSummary {
  readonly now: string;
  readonly clockOffsetMs: number;
  readonly seed: number;
  readonly lines: {
    readonly total: number;
    readonly byAccount: Record<string, number>;
    readonly byState: Record<string, number>;
  };
  /** Since the first day of the state, restarts included. */
  readonly swaps: {
    readonly applied: number;
    readonly failed: number;
    readonly refused: number;
    readonly waiting: number;
    /** Swaps applied to a line that already had one with the same new identifiers as its last: should be 0. */
    readonly doubles: number;
    /** Requests that asked again for what was already done or accepted: a client that resends without proof. */
    readonly repeats: number;
    readonly byLine: Record<string, SwapCounts>;
  };
  readonly planChanges: number;
  /** Since this process started. */
  readonly requests: { readonly total: number; readonly byEndpoint: Record<string, number> };
  readonly logins: { readonly accepted: number; readonly refused: number };
  readonly sessions: number;
  readonly callbacks: Readonly<Record<'waiting' | 'delivered' | 'archived' | 'lost' | 'unregistered', number>>;
  readonly faults: readonly { readonly rule: FaultRule; readonly seen: number; readonly fired: number }[];
  readonly settings: Settings;
}

/** What may be given for a line that someone else adds; the rest is made up. */
export type NewLine = Pick<Line, 'account' | 'iccid' | 'imei'> & LinePatch;

/** A mistake of whoever uses the control side. */
export class ControlError extends Error {}

const PATCH_KEYS = new Set(['iccid', 'imei', 'mdn', 'eid', 'state', 'servicePlan', 'connected', 'lastConnectionAt']);

export class SimulatorControl {
  readonly #carrier: Carrier;
  readonly #courier: Courier;
  readonly #traffic: Traffic;

  constructor(parts: { readonly carrier: Carrier; readonly courier: Courier; readonly traffic: Traffic }) {
    this.#carrier = parts.carrier;
    this.#courier = parts.courier;
    this.#traffic = parts.traffic;
  }

  /** Time of the simulator's clock. */
  now(): string {
    return isoTime(this.#carrier.clock.now());
  }

  state(): SimulatorSummary {
    const { state, clock, faults, settings } = this.#carrier;
    const counted = countSwaps(state.swaps, state.refusals, state.operations.values());
    const waiting = [...state.callbacks.values()].filter(({ status }) => status !== 'archived').length;
    return {
      now: this.now(),
      clockOffsetMs: clock.offsetMs,
      seed: state.meta.seed,
      lines: {
        total: state.lines.size,
        byAccount: tally(state.lines.all(), (line) => line.account),
        byState: tally(state.lines.all(), (line) => line.state),
      },
      swaps: counted,
      planChanges: state.planChanges.length,
      requests: { total: this.#traffic.total, byEndpoint: { ...this.#traffic.byEndpoint } },
      logins: { ...this.#traffic.logins },
      sessions: state.sessions.size,
      callbacks: { waiting, ...state.callbackCounts },
      faults: faults.rules(),
      settings,
    };
  }

  lines(query: { readonly account?: string; readonly offset?: number; readonly limit?: number } = {}): Line[] {
    const { account, offset = 0, limit = Infinity } = query;
    const all = this.#carrier.state.lines.all();
    const chosen = account === undefined ? all : all.filter((line) => line.account === account);
    return chosen.slice(offset, offset + limit).map((line) => this.#shown(line));
  }

  /** The line that the ICCID, IMEI, MDN, EID or device id names. */
  line(id: string): Line | undefined {
    const line = this.#carrier.state.lines.findByAny(id);
    return line === undefined ? undefined : this.#shown(line);
  }

  swaps(): readonly SwapRecord[] {
    return this.#carrier.state.swaps;
  }

  refusals(): readonly RefusalRecord[] {
    return this.#carrier.state.refusals;
  }

  requests(): readonly RequestEntry[] {
    return this.#traffic.entries();
  }

  deliveries(): readonly Delivery[] {
    return this.#courier.deliveries();
  }

  /** Lets time pass: sessions end, callbacks repeat, in their order. */
  async advance(ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0) throw new ControlError('ms: expected a number of milliseconds, 0 or more');
    await this.#carrier.clock.advance(ms);
    this.#carrier.record({ type: 'clock', offsetMs: this.#carrier.clock.offsetMs });
    await this.#carrier.journal.settled();
  }

  /** Changes a line as if somebody did it in the carrier's portal: no rule, no callback. */
  async changeLine(id: string, patch: LinePatch): Promise<Line> {
    const other = Object.keys(patch).find((key) => !PATCH_KEYS.has(key));
    if (other !== undefined) throw new ControlError(`unknown key "${other}"; one of ${[...PATCH_KEYS].join(', ')}`);
    if (patch.state !== undefined && !LINE_STATES.includes(patch.state))
      throw new ControlError(`state: one of ${LINE_STATES.join(', ')}`);
    for (const key of ['iccid', 'imei', 'servicePlan'] as const) {
      if (patch[key] !== undefined && typeof patch[key] !== 'string') throw new ControlError(`${key}: expected text`);
    }
    const line = this.#existing(id);
    return this.#store({ ...line, ...patch, preImei: patch.imei === undefined ? line.preImei : line.imei });
  }

  /** Adds a line: new hardware that is in the database already, for instance. */
  async addLine(line: NewLine): Promise<Line> {
    const { lines, meta } = this.#carrier.state;
    const [model] = seededFleet(1, meta.seed, 1);
    if (model === undefined) throw new ControlError('no model line');
    for (const kind of ['iccid', 'imei'] as const) {
      if (typeof line[kind] !== 'string') throw new ControlError(`${kind}: missing`);
      if (lines.find({ kind, id: line[kind] }) !== undefined) throw new ControlError(`${kind}: in use`);
    }
    const deviceId = lines.nextDeviceId(FIRST_DEVICE_ID);
    const createdAt = this.#carrier.isoNow();
    return this.#store({ ...model, mdn: null, eid: null, state: 'active', ...line, deviceId, createdAt });
  }

  async removeLine(id: string): Promise<void> {
    this.#carrier.record({ type: 'line-removed', deviceId: this.#existing(id).deviceId });
    await this.#carrier.journal.settled();
  }

  /** The line registers on the network with what it has now. */
  async connect(id: string): Promise<Line> {
    return this.#store({ ...this.#existing(id), connected: true, lastConnectionAt: this.#carrier.isoNow() });
  }

  addFaults(rules: readonly FaultRule[]): void {
    this.#carrier.faults.add(rules);
  }

  /** Puts these rules in the place of all others. */
  setFaults(rules: readonly FaultRule[]): void {
    this.#carrier.faults = new Faults(this.#carrier.state.meta.seed, rules);
  }

  setSettings(patch: SettingsPatch): void {
    this.#carrier.settings = mergeSettings(this.#carrier.settings, patch);
  }

  /** Carries out and reports everything that waits, whatever its time. */
  async deliverCallbacks(): Promise<{ readonly carriedOut: number; readonly sent: number }> {
    const waiting = [...this.#carrier.state.operations.keys()];
    for (const key of waiting) carryOut(this.#carrier, key);
    return { carriedOut: waiting.length, sent: await this.#courier.deliverAll() };
  }

  /** Posts any body to the account's listener, as a stranger could; answers the listener's status. */
  sendCallback(account: string, body: unknown): Promise<number | string> {
    return this.#courier.sendRaw(account, body);
  }

  /** What Verizon Support does after five failed logins. */
  async unlock(username: string): Promise<void> {
    const user = this.#carrier.state.users.get(username);
    if (user === undefined) throw new ControlError(`no user "${username}"`);
    this.#carrier.record({ type: 'user', username, password: user.password, failedLogins: 0 });
    await this.#carrier.journal.settled();
  }

  /** Back to the first day: seeded lines, no tokens, sessions, listeners, swaps or faults. The clock stays. */
  async reset(): Promise<void> {
    const { clock, journal, state } = this.#carrier;
    clock.clear();
    const fresh = State.seeded(state.meta);
    fresh.clockOffsetMs = clock.offsetMs;
    this.#carrier.state = fresh;
    this.#carrier.faults = new Faults(state.meta.seed);
    this.#traffic.clear();
    await journal.rewrite(fresh.snapshot());
  }

  #existing(id: string): Line {
    const line = this.#carrier.state.lines.findByAny(id);
    if (line === undefined) throw new ControlError(`no line "${id}"`);
    return line;
  }

  async #store(line: Line): Promise<Line> {
    this.#carrier.record({ type: 'line', ...line });
    await this.#carrier.journal.settled();
    return this.#shown(line);
  }

  #shown(line: Line): Line {
    const { connected, lastConnectionAt } = connection(this.#carrier, line);
    return { ...line, connected, lastConnectionAt };
  }
}

function tally<T>(items: Iterable<T>, nameOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return counts;
}
