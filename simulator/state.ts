import { trainingAccounts, type TrainingAccount } from './facts';
import { seededFleet } from './fleet';
import type { RuleCount } from './faults';
import { LineStore } from './lines';
import type {
  AccessRecord,
  CallbackRecord,
  MetaRecord,
  Operation,
  PlanRecord,
  RefusalRecord,
  Registration,
  StateRecord,
  SwapRecord,
} from './records';

export interface User extends TrainingAccount {
  password: string;
  failedLogins: number;
}

export interface Session {
  readonly username: string;
  usedAtMs: number;
  /** When the use was last written down: not every call is. */
  writtenAtMs: number;
}

export interface Token {
  readonly clientId: string;
  readonly token: string;
  readonly issuedAtMs: number;
}

/** An operation that was carried out while its callback had not been written when the process died. */
export interface Unreported {
  readonly operation: Operation;
  readonly code: string | null;
}

export const registrationKey = (account: string, service: string): string => `${account} ${service}`;
export const operationKey = (requestId: string, line: string): string => `${requestId} ${line}`;

/**
 * Everything that the simulated carrier knows. It changes by records only, live and at a restart alike, so that what
 * was lived and what is restored cannot differ. Any prefix of the records is a state that the carrier can go on from.
 */
export class State {
  readonly lines = new LineStore();
  readonly users = new Map<string, User>();
  readonly tokens = new Map<string, Token>();
  readonly clientOfToken = new Map<string, string>();
  readonly sessions = new Map<string, Session>();
  readonly registrations = new Map<string, Registration>();
  /** Accepted and not yet carried out. */
  readonly operations = new Map<string, Operation>();
  readonly unreported = new Map<string, Unreported>();
  readonly requestStatus = new Map<string, 'Pending' | 'Success' | 'Failure'>();
  /** Waiting, held and archived ones; those that ended otherwise are only counted. */
  readonly callbacks = new Map<string, CallbackRecord>();
  /** Those held back until another of their account is delivered. */
  readonly held = new Set<string>();
  readonly callbackCounts = { delivered: 0, archived: 0, lost: 0, unregistered: 0 };
  readonly swaps: SwapRecord[] = [];
  readonly refusals: RefusalRecord[] = [];
  readonly planChanges: PlanRecord[] = [];
  readonly faultCounts = new Map<number, RuleCount>();
  clockOffsetMs = 0;
  meta: MetaRecord;

  constructor(meta: MetaRecord) {
    this.meta = meta;
    this.#openAccounts();
  }

  /** The first day: the seeded lines and nothing done. */
  static seeded(meta: MetaRecord): State {
    const state = new State(meta);
    for (const line of seededFleet(meta.lines, meta.seed, meta.accounts)) state.lines.put(line);
    return state;
  }

  apply(record: StateRecord): void {
    switch (record.type) {
      case 'meta':
        this.meta = record;
        return this.#openAccounts();
      case 'line': {
        const { type: _type, ...line } = record;
        return this.lines.put(line);
      }
      case 'line-removed':
        return this.lines.remove(record.deviceId);
      case 'operation':
        this.operations.set(operationKey(record.requestId, record.line), record);
        this.requestStatus.set(record.requestId, 'Pending');
        return;
      case 'swap':
      case 'plan-change':
        return this.#applyChange(record);
      case 'refusal':
        return this.#applyRefusal(record);
      case 'callback':
        this.unreported.delete(operationKey(record.requestId, record.line));
        this.operations.delete(operationKey(record.requestId, record.line));
        return this.#keepCallback(record);
      case 'callback-attempt': {
        const before = this.callbacks.get(record.id);
        if (before !== undefined) this.#keepCallback({ ...before, ...record, type: 'callback' });
        return;
      }
      case 'registration':
      case 'token':
      case 'token-revoked':
      case 'session':
      case 'session-ended':
      case 'user':
      case 'clock':
      case 'fault-count':
      case 'callback-counts':
        return this.#applyAccess(record);
    }
  }

  #applyAccess(record: AccessRecord): void {
    switch (record.type) {
      case 'registration': {
        const key = registrationKey(record.account, record.service);
        if (record.url === null) this.registrations.delete(key);
        else this.registrations.set(key, record);
        return;
      }
      case 'token':
        this.#dropToken(record.clientId);
        this.tokens.set(record.clientId, record);
        this.clientOfToken.set(record.token, record.clientId);
        return;
      case 'token-revoked':
        return this.#dropToken(record.clientId);
      case 'session': {
        const { username, usedAtMs } = record;
        this.sessions.set(record.token, { username, usedAtMs, writtenAtMs: usedAtMs });
        return;
      }
      case 'session-ended':
        this.sessions.delete(record.token);
        return;
      case 'user': {
        const user = this.users.get(record.username);
        if (user !== undefined) Object.assign(user, { password: record.password, failedLogins: record.failedLogins });
        return;
      }
      case 'clock':
        this.clockOffsetMs = record.offsetMs;
        return;
      case 'callback-counts': {
        const { type: _type, ...counts } = record;
        Object.assign(this.callbackCounts, counts);
        return;
      }
      case 'fault-count': {
        const { type: _type, ...count } = record;
        this.faultCounts.set(count.index, count);
        return;
      }
    }
  }

  #applyChange(record: SwapRecord | PlanRecord): void {
    const line = this.lines.byDeviceId(Number(record.line));
    if (record.type === 'swap') {
      this.swaps.push(record);
      // Out of a compact file the swaps come before the lines: only this tells who had the old identifiers.
      for (const kind of ['iccid', 'imei'] as const) {
        const old = record.from[kind];
        if (old !== undefined) this.lines.rememberFormer(kind, old, Number(record.line));
      }
      if (line !== undefined)
        this.lines.change(line, {
          ...record.to,
          ...(record.to.imei === undefined ? {} : { preImei: line.imei }),
          ...(record.servicePlan === undefined ? {} : { servicePlan: record.servicePlan }),
          connected: false,
          swappedAt: record.at,
        });
    } else {
      this.planChanges.push(record);
      if (line !== undefined)
        this.lines.change(line, { servicePlan: record.to, planChangedAt: [...line.planChangedAt, record.at] });
    }
    this.#settle(record.requestId, record.line, null);
  }

  #applyRefusal(record: RefusalRecord): void {
    this.refusals.push(record);
    if (record.requestId !== null && record.line !== null) this.#settle(record.requestId, record.line, record.code);
  }

  #settle(requestId: string, line: string, code: string | null): void {
    const key = operationKey(requestId, line);
    const operation = this.operations.get(key);
    this.operations.delete(key);
    this.requestStatus.set(requestId, code === null ? 'Success' : 'Failure');
    if (operation !== undefined) this.unreported.set(key, { operation, code });
  }

  #keepCallback(record: CallbackRecord): void {
    const open = record.status === 'pending' || record.status === 'held';
    if (record.status === 'held') this.held.add(record.id);
    else this.held.delete(record.id);
    if (!open) this.callbackCounts[record.status] += 1;
    if (open || record.status === 'archived') this.callbacks.set(record.id, record);
    else this.callbacks.delete(record.id);
  }

  #dropToken(clientId: string): void {
    const before = this.tokens.get(clientId);
    if (before !== undefined) this.clientOfToken.delete(before.token);
    this.tokens.delete(clientId);
  }

  #openAccounts(): void {
    this.users.clear();
    for (const entry of trainingAccounts(this.meta.accounts)) {
      this.users.set(entry.username, { ...entry, failedLogins: 0 });
    }
  }

  /** The records from which this state comes again: the compact content of the state file. */
  *snapshot(): Generator<StateRecord> {
    yield this.meta;
    yield { type: 'clock', offsetMs: this.clockOffsetMs };
    for (const { username, password, failedLogins } of this.users.values())
      yield { type: 'user', username, password, failedLogins };
    for (const token of this.tokens.values()) yield { ...token, type: 'token' };
    for (const [token, { username, usedAtMs }] of this.sessions) yield { type: 'session', token, username, usedAtMs };
    yield* this.registrations.values();
    yield* this.swaps;
    yield* this.planChanges;
    yield* this.refusals;
    // After the swaps: reading them applies them, and the current line has the last word.
    for (const line of this.lines.all()) yield { type: 'line', ...line };
    yield* this.operations.values();
    yield* this.callbacks.values();
    // After the callbacks: reading an archived one counts it.
    yield { type: 'callback-counts', ...this.callbackCounts };
    for (const count of this.faultCounts.values()) yield { ...count, type: 'fault-count' };
  }
}
