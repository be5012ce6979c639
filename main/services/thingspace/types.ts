import type { CarrierRequests, SwapRequest } from '../../../shared/domain/carrier-request';
import type { Fault } from '../../../shared/domain/fault';
import type { Result } from '../../../shared/domain/result';
import type { LineFacts, Provider } from '../devices/types';

/** A fault of a call, with what the sender must know before it decides. */
export interface CallFault extends Fault {
  /** Retry-After in ms, when the carrier named one. */
  readonly retryAfterMs: number | null;
  /** HTTP status, when there was an answer. */
  readonly httpStatus: number | null;
  /** The provider must be stopped for everybody (refused login, locked account). */
  readonly stopsProvider: boolean;
  /** The code is in no table of ours: it waits for a person. */
  readonly unknownCode: boolean;
}

/** What a call looked like, redacted, for the api log. */
export interface CallRecord {
  readonly correlationId: string;
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  readonly httpStatus: number | null;
  readonly response: unknown;
  readonly startedAt: number;
  readonly durationMs: number;
}

export interface CarrierLine extends LineFacts {
  /** Every identifier as the carrier lists it, kinds in lower case. */
  readonly identifiers: Readonly<Record<string, string>>;
  readonly connected: boolean | null;
}

export interface CarrierCall<T> {
  readonly result: Result<T, CallFault>;
  readonly record: CallRecord;
}

/** One act of provisioning (Activate, Suspend, Restore, Deactivate, Device Move); nothing of it names a person. */
export interface ProvisioningEvent {
  readonly occurredAt: string | null;
  readonly eventType: string | null;
  readonly status: string | null;
  readonly servicePlan: string | null;
  readonly mdn: string | null;
}

/** ThingSpace, one service provider at a time. Token and session: single flight, reused, refreshed once. */
export interface ThingSpaceService extends CarrierRequests {
  /** Signs in if needed. Call before the intent is written, so that a refused login leaves the row as it was. */
  ensureSession(provider: Provider): Promise<Result<void, CallFault>>;
  swap(provider: Provider, request: SwapRequest, correlationId: string): Promise<CarrierCall<{ requestId: string }>>;
  /** One line by an identifier; null: the carrier knows none. */
  findLine(
    provider: Provider,
    by: { kind: 'mdn' | 'imei' | 'iccid'; id: string },
  ): Promise<CarrierCall<CarrierLine | null>>;
  /** What was done to the line in the last five years, as far as the account may know; the first 500 events. */
  history(
    provider: Provider,
    by: { kind: 'mdn' | 'imei' | 'iccid'; id: string },
  ): Promise<CarrierCall<{ readonly events: readonly ProvisioningEvent[]; readonly isWhole: boolean }>>;
  /** Removes a deactivated line from the carrier's database, which frees its identifiers. One that is gone counts. */
  deleteLine(
    provider: Provider,
    by: { readonly kind: 'iccid' | 'imei'; readonly id: string },
  ): Promise<CarrierCall<void>>;
  /** Every line of the account, page by page. @throws failed on the first call that fails for good */
  listLines(provider: Provider, signal?: AbortSignal): AsyncIterable<readonly CarrierLine[]>;
  registerCallback(
    provider: Provider,
    url: string,
    username: string,
    password: string,
  ): Promise<Result<void, CallFault>>;
  /** Logs in with these credentials, once, and out again; counts in the login guard. */
  test(provider: Provider): Promise<Result<void, CallFault>>;
  close(): Promise<void>;
}

/**
 * The guard in the central database: two refused logins stop every desk, a person resets it. An attempt is counted by
 * `mayTry` before it is made, so that a crash, or many desks at once, can't make more of them; then exactly one of the
 * other three says how it ended. An attempt whose answer was lost stays counted: it may have been refused.
 */
export interface LoginGuard {
  /** False: the provider is stopped. Counts the attempt before it is made. */
  mayTry(providerUid: string): Promise<boolean>;
  /** The login was accepted: the carrier forgets earlier refusals, and so does the guard. */
  succeeded(providerUid: string): Promise<void>;
  failed(providerUid: string): Promise<void>;
  /**
   * Takes back the attempt that `mayTry` counted, and no earlier one: it never reached the carrier's check of the
   * password (no connection, 429, an outage), or it was an OAuth request, whose success resets no count of logins.
   */
  uncount(providerUid: string): Promise<void>;
  reset(providerUid: string): Promise<void>;
}
