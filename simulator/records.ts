import type { CallbackFault, OperationFault } from './fault-kinds';
import type { RuleCount } from './faults';
import type { Line } from './fleet';

/** One request-id: what was accepted and is not yet reported by a callback. */
export interface Operation {
  readonly type: 'operation';
  readonly requestId: string;
  readonly action: 'swap' | 'plan';
  readonly account: string;
  /** Device id of the line, as text. */
  readonly line: string;
  readonly acceptedAt: string;
  readonly applyAtMs: number;
  readonly callbackAtMs: number;
  /** New values; an absent key stays as it is. */
  readonly change: IdentifierChange & { readonly servicePlan?: string };
  readonly faults: readonly (CallbackFault | OperationFault)[];
}

export interface IdentifierChange {
  readonly iccid?: string;
  readonly imei?: string;
}

/** A swap that was made: written once, when the line was changed. Two with the same `to` for one line are a double. */
export interface SwapRecord {
  readonly type: 'swap';
  readonly requestId: string;
  readonly at: string;
  readonly account: string;
  readonly line: string;
  readonly mdn: string | null;
  readonly from: IdentifierChange;
  readonly to: IdentifierChange;
  readonly servicePlan?: string;
  readonly outcome: 'applied';
}

/** A swap that was not made: refused in the answer, or accepted and failed (with a Failed callback). */
export interface RefusalRecord {
  readonly type: 'refusal';
  readonly requestId: string | null;
  readonly at: string;
  readonly account: string;
  readonly line: string | null;
  readonly to: IdentifierChange;
  readonly code: string;
  readonly outcome: 'refused' | 'failed';
}

export interface PlanRecord {
  readonly type: 'plan-change';
  readonly requestId: string;
  readonly at: string;
  readonly account: string;
  readonly line: string;
  readonly from: string;
  readonly to: string;
}

/** How a callback can end. */
export type Ended = 'delivered' | 'archived' | 'lost' | 'unregistered';
export type CallbackStatus = 'pending' | 'held' | Ended;

/** One message to the listener. Credentials are added when it is sent, unless it carries forged ones. */
export interface CallbackRecord {
  readonly type: 'callback';
  readonly id: string;
  readonly requestId: string;
  readonly line: string;
  readonly account: string;
  readonly service: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly forged: boolean;
  readonly attempts: number;
  readonly nextAtMs: number;
  readonly status: CallbackStatus;
}

/** Who may call, who is called, and the clock. */
export type AccessRecord =
  | {
      readonly type: 'registration';
      readonly account: string;
      readonly service: string;
      readonly url: string | null;
      readonly username: string;
      readonly password: string;
    }
  | { readonly type: 'token'; readonly clientId: string; readonly token: string; readonly issuedAtMs: number }
  | { readonly type: 'token-revoked'; readonly clientId: string }
  | { readonly type: 'session'; readonly token: string; readonly username: string; readonly usedAtMs: number }
  | { readonly type: 'session-ended'; readonly token: string }
  | { readonly type: 'user'; readonly username: string; readonly password: string; readonly failedLogins: number }
  | { readonly type: 'clock'; readonly offsetMs: number }
  | ({ readonly type: 'fault-count' } & RuleCount)
  | ({ readonly type: 'callback-counts' } & Readonly<Record<Ended, number>>);

/** Lines, and what is done to them. */
export type LineStateRecord =
  | {
      readonly type: 'meta';
      readonly format: 1;
      readonly seed: number;
      readonly lines: number;
      readonly accounts: number;
      readonly createdAt: string;
    }
  | ({ readonly type: 'line' } & Line)
  | { readonly type: 'line-removed'; readonly deviceId: number }
  | Operation
  | SwapRecord
  | RefusalRecord
  | PlanRecord
  | CallbackRecord
  | {
      readonly type: 'callback-attempt';
      readonly id: string;
      readonly attempts: number;
      readonly nextAtMs: number;
      readonly status: CallbackStatus;
    };

/** Everything that a line of the state file can say; of two that speak of the same thing the later one holds. */
export type StateRecord = LineStateRecord | AccessRecord;

export type Registration = Extract<StateRecord, { type: 'registration' }>;
export type MetaRecord = Extract<StateRecord, { type: 'meta' }>;
