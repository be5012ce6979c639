import { createHash } from 'node:crypto';
import { draw } from './chance';
import type { FaultRule } from './fault-file';
import type { CallbackFault, OperationFault, RequestFault } from './fault-kinds';
import { isCallbackFault, isOperationFault } from './fault-kinds';

/** What the rules say of one request: at most one fault of its answer, and any number of its later life. */
export interface FaultsOfRequest {
  readonly request: RequestFault | undefined;
  readonly operation: readonly OperationFault[];
  readonly callback: readonly CallbackFault[];
  /** Rules that counted this request, to be written down. */
  readonly counted: readonly RuleCount[];
}

const NONE: FaultsOfRequest = { request: undefined, operation: [], callback: [], counted: [] };

/** A request as the rules see it. The identifiers are asked for only when a rule names one. */
export interface FaultSubject {
  readonly endpoint: string;
  readonly account: () => string | undefined;
  readonly identifiers: () => ReadonlySet<string>;
}

interface RuleInForce {
  readonly rule: FaultRule;
  readonly key: string;
  /** Requests that matched endpoint, account and identifier so far. */
  seen: number;
  fired: number;
}

/** The counters of a rule, as the state file keeps them; the key tells whether it is the same rule still. */
export type RuleCount = Readonly<{ index: number; key: string; seen: number; fired: number }>;

/** The rules in force. Draws depend on seed, rule and count only, so a run can be repeated and continued. */
export class Faults {
  readonly #seed: number;
  readonly #rules: RuleInForce[] = [];

  constructor(seed: number, rules: readonly FaultRule[] = []) {
    this.#seed = seed;
    this.add(rules);
  }

  add(rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map((rule) => ({ rule, key: fingerprint(rule), seen: 0, fired: 0 })));
  }

  rules(): readonly Readonly<RuleInForce>[] {
    return this.#rules;
  }

  /** Takes up the counters of an earlier run with the same rules. */
  restore(counts: readonly RuleCount[]): void {
    for (const { index, key, seen, fired } of counts) {
      const entry = this.#rules[index];
      if (entry?.key === key) Object.assign(entry, { seen, fired });
    }
  }

  /** Counts the request in every rule that it matches and answers the faults that fire for it. */
  take(subject: FaultSubject): FaultsOfRequest {
    if (this.#rules.length === 0) return NONE;
    let request: RequestFault | undefined;
    const operation: OperationFault[] = [];
    const callback: CallbackFault[] = [];
    const counted: RuleCount[] = [];
    this.#rules.forEach((entry, index) => {
      if (!matches(entry.rule, subject)) return;
      entry.seen += 1;
      const { fault } = entry.rule;
      const forRequest = !isCallbackFault(fault) && !isOperationFault(fault);
      const fires = !(forRequest && request !== undefined) && this.#fires(entry, index);
      if (fires) entry.fired += 1;
      counted.push({ index, key: entry.key, seen: entry.seen, fired: entry.fired });
      if (!fires) return;
      if (isCallbackFault(fault)) callback.push(fault);
      else if (isOperationFault(fault)) operation.push(fault);
      else request = fault;
    });
    return { request, operation, callback, counted };
  }

  #fires({ rule, seen, fired }: RuleInForce, index: number): boolean {
    if (rule.times !== undefined && fired >= rule.times) return false;
    if (rule.nth !== undefined && !rule.nth.includes(seen)) return false;
    if (rule.every !== undefined && seen % rule.every !== 0) return false;
    return rule.probability === undefined || draw(this.#seed, `fault-${index}`, seen) < rule.probability;
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  if (!rule.endpoint.includes('*') && !rule.endpoint.includes(subject.endpoint)) return false;
  if (rule.account !== undefined && rule.account !== subject.account()) return false;
  return rule.identifier === undefined || subject.identifiers().has(rule.identifier);
}

function fingerprint(rule: FaultRule): string {
  return createHash('sha256').update(JSON.stringify(rule)).digest('hex').slice(0, 12);
}
