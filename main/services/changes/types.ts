import type {
  BulkChangeStatus,
  ChangeType,
  DeviceChangeStatus,
  Disposition,
  IdentifierPair,
  StatusCounts,
} from '../../../shared/domain/change';
import type { Fault, SwapdeskError } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';
import type { Session } from '../identity/types';
import type { Job } from '../queue/types';
import type { CallFault, CallRecord } from '../thingspace/types';

export interface BulkChange {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly providerName: string;
  readonly changeType: ChangeType;
  readonly planHash: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly rows: number;
  readonly status: BulkChangeStatus;
  readonly counts: StatusCounts;
  /** First sending and last ending; null: not yet. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** As `change show --rows` prints it. */
export interface DeviceChangeRow {
  readonly row: number;
  readonly uid: string;
  readonly deviceId: number;
  readonly mdn: string | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly status: DeviceChangeStatus;
  readonly needsPerson: boolean;
  readonly requestId: string | null;
  readonly attempts: number;
  readonly error: Fault | null;
  readonly disposition: Disposition | null;
}

/** A row with everything that processing needs. */
export interface DeviceChange extends DeviceChangeRow {
  readonly id: number;
  readonly bulkChangeId: number;
  readonly bulkChangeUid: string;
  readonly providerUid: string;
  readonly changeType: ChangeType;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  /** The exact request of the last attempt. */
  readonly request: unknown;
  readonly fencing: number;
  readonly createdBy: string;
  readonly sendingAt: number | null;
  readonly submittedAt: number | null;
  readonly rowVersion: number;
}

/** What may be written together with a new status. Undefined keys stay. */
export interface StatusPatch {
  readonly needsPerson?: boolean;
  readonly requestId?: string | null;
  readonly attempts?: number;
  readonly error?: Fault | null;
  readonly disposition?: Disposition | null;
  readonly request?: unknown;
  readonly sendingAt?: number;
  readonly submittedAt?: number;
  readonly confirmedAt?: number;
  readonly processedAt?: number;
  readonly fencing?: number;
}

export interface SubmitResult {
  readonly bulkChangeId: number;
  readonly uid: string;
  readonly rows: number;
  readonly planHash: string;
}

/**
 * What the evidence says of one row. Confirmation gathers and judges the evidence; `settle` alone makes states, jobs
 * and audit entries of it.
 */
export type ConfirmationDecision =
  /** The line carries the new identifiers, or the carrier's callback says so. Whatever the row was, it is confirmed. */
  | { readonly kind: 'changed'; readonly proof: 'callback' | 'read_back'; readonly detail: string }
  /**
   * Read back with its old identifiers. `settle` decides whether that frees the row for another send (never answered
   * and the quiet time over), means waiting longer (a request id exists), or needs a person (read-backs used up).
   */
  | { readonly kind: 'not_changed'; readonly proof: 'read_back'; readonly detail: string }
  /** The carrier says that it did not do it. The fault's class decides: `api_permanent` ends, `api_transient` retries. */
  | {
      readonly kind: 'failed';
      readonly proof: 'callback' | 'read_back';
      readonly fault: Fault;
      readonly detail: string;
    }
  /** No evidence could be had now. Asks again at `runAt`, or when the law says (null); counted, so that it ends. */
  | { readonly kind: 'wait'; readonly runAt: number | null; readonly fault: Fault | null; readonly detail: string }
  /** No rule may decide: with a fault (an unknown code) a dead letter, else `unknown` with `needsPerson`. */
  | { readonly kind: 'needs_person'; readonly fault: Fault | null; readonly detail: string };

/** A decision with the carrier calls that led to it, for the api log. */
export interface Evidence {
  readonly decision: ConfirmationDecision;
  readonly calls: readonly CallRecord[];
}

/** What processing asks of confirmation. It reads and asks the carrier, and leaves the row as it is. */
export interface EvidenceSource {
  /** A stored callback's claim if there is one, else the line read back. Never throws for what the carrier answers. */
  confirm(provider: Provider, row: DeviceChange): Promise<Evidence>;
  /** A callback for this request id was stored already, before the answer that named the id. */
  hasCallback(trx: Trx, providerUid: string, requestId: string): Promise<boolean>;
}

/** What `settle` did: the row's status now, and whether it was moved to it. */
export interface Settled {
  readonly status: DeviceChangeStatus;
  readonly moved: boolean;
}

/**
 * What a step asks of the processor about its provider and about the central database, and what it tells it. One
 * gate for all steps: a refused login, an unreachable carrier, an absent database is everybody's.
 */
export interface ProcessingGate {
  /** Null: not (or no longer) a provider of this user. */
  provider(providerUid: string): Provider | null;
  /** This desk is the provider's sender, and will surely still be while a request is on its way. */
  maySend(providerUid: string): boolean;
  /** Waits for the turn to send, at the provider's rate. False: stopped meanwhile, do not send. */
  turn(providerUid: string): Promise<boolean>;
  /** The carrier named a time before which it wants no more calls. */
  pauseUntil(providerUid: string, instantMs: number): void;
  /** The carrier answered: it is there, whatever it said. */
  carrierAnswered(providerUid: string): void;
  /** The carrier can't be reached or refuses everything: nothing more is sent until that has changed. */
  carrierTrouble(providerUid: string, fault: Fault | CallFault): Promise<void>;
  centralAnswered(): void;
  centralTrouble(error: SwapdeskError): void;
}

/** Rows that have ended, or were left to a person, since an instant. */
export type EndedCounts = Readonly<
  Record<'processed' | 'error' | 'conflict' | 'deadLetter' | 'cancelled' | 'needsPerson', number>
>;

/** The steps of processing, for the processor alone. */
export interface ProcessingSteps {
  /** Rows that a dead process left in `sending` become `unknown`: read back after the quiet time, never sent again blindly. */
  recover(): Promise<{ unknown: number }>;
  /** Does one job: sends, or looks for the confirmation, or updates the central database; ends the job with it. */
  handle(job: Job, gate: ProcessingGate): Promise<void>;
  /** A row whose job is a dead letter waits for a person too. */
  abandon(trx: Trx, deviceChangeId: number, fault: Fault): Promise<void>;
  /** @throws failed `central-unreachable` */
  renewLeases(): Promise<{ lost: number }>;
  /** Tells the central database of every row that it knows in an older state. @throws failed `central-unreachable` */
  pushStatuses(): Promise<number>;
  endedSince(instantMs: number): Promise<EndedCounts>;
}

export interface ChangesService extends ProcessingSteps {
  /**
   * Makes a bulk change of a draft's rows: change, rows and audit in one transaction; works offline (`created`).
   * @throws failed `nothing-to-submit`, `warnings-not-accepted`, `rows-with-errors`; usage `draft-unknown`
   */
  submit(
    session: Session,
    input: { draft: string; onlyValid: boolean; acceptWarnings: boolean },
  ): Promise<SubmitResult>;
  /** Stores created changes centrally, takes the leases, and queues the rows. @returns rows queued and refused */
  enrol(): Promise<{ queued: number; conflicts: number }>;
  list(page: { limit: number; offset: number }): Promise<{ total: number; changes: readonly BulkChange[] }>;
  /** By number or uid. @throws usage `change-unknown` */
  get(idOrUid: string): Promise<BulkChange>;
  rows(
    changeId: number,
    page: { only?: DeviceChangeStatus; limit: number; offset: number },
  ): Promise<{ total: number; rows: readonly DeviceChangeRow[] }>;
  /** The guarded move: false when the row is no longer in `from`; throws a Bug when the table forbids it. */
  transition(
    trx: Trx,
    row: Pick<DeviceChange, 'id'>,
    from: DeviceChangeStatus,
    to: DeviceChangeStatus,
    patch: StatusPatch,
  ): Promise<boolean>;
  /**
   * Turns evidence into the row's next state, its next job and its audit entries, in the caller's transaction. Reads
   * the row anew: evidence that comes twice, late or out of order changes nothing twice. A callback settles without a
   * job and wakes the row's own; a confirm job hands itself over and is ended here, except when the row is now
   * `confirmed` and the central update still has to follow.
   */
  settle(trx: Trx, deviceChangeId: number, evidence: Evidence, job: Job | null): Promise<Settled>;
  load(trx: Trx, deviceChangeId: number): Promise<DeviceChange | null>;
  loadByRequestId(trx: Trx, providerUid: string, requestId: string): Promise<DeviceChange | null>;
  /** Open rows of unpaused providers: 0 when `run --until-idle` may end. */
  openRows(): Promise<number>;
}
