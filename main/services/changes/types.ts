import type {
  BulkChangeStatus,
  ChangeType,
  DeviceChangeStatus,
  Disposition,
  IdentifierPair,
  StatusCounts,
} from '../../../shared/domain/change';
import type {
  ChangeControl,
  ChangeOptions,
  Eta,
  FailureCluster,
  FieldStep,
  Reversibility,
} from '../../../shared/domain/control';
import type { Fault, SwapdeskError } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';
import type { Session } from '../identity/types';
import type { DeadFilter, DeadJob, Job } from '../queue/types';
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
  readonly control: ChangeControl;
  /** Nothing is sent before: a chosen start, or the end of the hold window. */
  readonly startsAt: string | null;
  readonly options: ChangeOptions;
  /** Null: not sent in waves, or its last wave is under way. */
  readonly wave: { readonly number: number; readonly upToRow: number } | null;
  /** Uid of the change that this one takes back. */
  readonly rollbackOf: string | null;
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
  /** First seen on the network with its new identifiers. */
  readonly seenAt: string | null;
  /** Ticked steps of the field checklist; null: it waits for none. */
  readonly checklist: readonly FieldStep[] | null;
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
  readonly confirmedAt: number | null;
  readonly rowVersion: number;
  /** Read back also when a callback says Success (the rows of a canary). */
  readonly verify: boolean;
  /** Sends before a person last sent the row again: they do not count towards the limit. */
  readonly sendsForgiven: number;
  /** The deactivated line that holds the new identifier: deleted at the carrier before the send. */
  readonly deleteFirst: { readonly kind: 'iccid' | 'imei'; readonly id: string } | null;
  /** Uid of the row that this one takes back. */
  readonly rollbackOf: string | null;
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
  readonly sendsForgiven?: number;
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
  /** An answer that leaves open whether the carrier acted; many in a row open the breaker. */
  carrierDoubtful(providerUid: string, fault: Fault | CallFault): Promise<void>;
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
  /** Lets the next wave of changes go whose last one went well, and stops those whose did not. @returns stopped ones */
  advanceWaves(): Promise<readonly StoppedWave[]>;
  /** Looks whether confirmed lines were seen on the network. @returns lines looked at */
  lookForSeen(gate: ProcessingGate, most: number): Promise<number>;
}

/** A change that the failure budget, or a code that nobody had seen, has stopped. */
export interface StoppedWave {
  readonly changeId: number;
  readonly providerUid: string;
  readonly name: string;
  readonly why: string;
}

/** Who acts, and what they say about it. */
export interface Act {
  readonly by: string;
  readonly note: string;
}

/** What a person may do with a submitted change. Every act is an audit entry. @throws usage `change-unknown` */
export interface ChangeControls {
  /** @throws failed `change-ended` when nothing of it is left to be sent */
  pause(idOrUid: string, act: Act): Promise<BulkChange>;
  /** Goes on after a pause, a stop or the failure budget; what failed so far is accepted with it. */
  resume(idOrUid: string, act: Act): Promise<BulkChange>;
  /** The row that is being sent ends, nothing else leaves. */
  stop(idOrUid: string, act: Act): Promise<BulkChange>;
  /** Rows that were not sent are given up; those that were are followed to their end. */
  cancel(idOrUid: string, act: Act): Promise<{ readonly cancelled: number; readonly change: BulkChange }>;
  /** Ticks a step in the field; the row may be sent when all are. @throws usage `row-unknown`, failed `row-sent` */
  tick(idOrUid: string, row: number, step: FieldStep, done: boolean, act: Act): Promise<DeviceChangeRow>;
  /**
   * Sends failed rows again; where the last send is unproven the line is read back first, and an accepted one is only
   * asked about. @throws failed `central-unreachable`: the lines must be reserved again
   */
  retry(idOrUid: string, choice: RetryChoice, act: Act): Promise<RetryResult>;
  clusters(idOrUid: string): Promise<readonly FailureCluster[]>;
  /** Everything that happened to a row, oldest first. @throws usage `row-unknown` */
  timeline(idOrUid: string, row: number): Promise<readonly TimelineStep[]>;
  /** Null: nothing is left to do, or it is held. */
  eta(idOrUid: string): Promise<Eta | null>;
  rollbackPlan(idOrUid: string, page: { limit: number; offset: number }): Promise<RollbackPlan>;
  /** Submits the inverse of the rows that are unchanged since. @throws failed `nothing-to-roll-back` */
  rollback(session: Session, idOrUid: string, rows: readonly number[] | null): Promise<RollbackResult>;
  /** Confirmed at least so long ago and not seen on the network. */
  silent(olderThanMs: number, limit: number): Promise<readonly SilentLine[]>;
}

/** One thing that happened to a row, oldest first; told by the trail, which is written with the thing itself. */
export interface TimelineStep {
  readonly at: string;
  readonly action: string;
  readonly stream: string;
  readonly actor: string;
  readonly correlationId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface RetryChoice {
  readonly rows?: readonly number[];
  /** Key of a failure cluster. */
  readonly cluster?: string;
}

export interface RetryResult {
  readonly retried: number;
  readonly refused: readonly { readonly row: number; readonly why: string }[];
}

export interface RollbackRow {
  readonly row: number;
  readonly mdn: string | null;
  readonly from: IdentifierPair;
  readonly to: IdentifierPair;
  readonly reversibility: Reversibility;
}

export interface RollbackPlan {
  readonly total: number;
  readonly counts: Readonly<Record<Reversibility['kind'], number>>;
  readonly rows: readonly RollbackRow[];
}

export interface RollbackResult {
  readonly bulkChangeId: number;
  readonly uid: string;
  readonly rows: number;
  /** Rows that can't be taken back. */
  readonly left: number;
}

export interface SilentLine {
  readonly changeId: number;
  readonly changeName: string;
  readonly row: number;
  readonly mdn: string | null;
  readonly new: IdentifierPair;
  readonly confirmedAt: string;
}

/** A dead letter with its row. */
export interface DeadLetter extends DeadJob {
  readonly changeName: string;
  readonly providerName: string;
  readonly row: DeviceChangeRow | null;
}

/** Which dead letters. */
export type DeadChoice = DeadFilter;

export interface DeadLetterActs {
  list(
    filter: DeadFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly total: number; readonly letters: readonly DeadLetter[] }>;
  /** @param perMinute spreads them; null: as the provider's own pace lets them go */
  redrive(
    choice: DeadChoice,
    perMinute: number | null,
    act: Act,
  ): Promise<{ readonly redriven: number; readonly refused: readonly { jobId: number; why: string }[] }>;
  /** Corrects the new identifiers. @throws usage `letter-unknown`, `identifier-refused`; failed `edit-refused` */
  edit(jobId: number, next: IdentifierPair, act: Act): Promise<DeadLetter>;
  /** @returns how many rows were given up */
  discard(choice: DeadChoice, act: Act): Promise<number>;
}

export interface SubmitInput {
  readonly draft: string;
  readonly onlyValid: boolean;
  readonly acceptWarnings: boolean;
  /** Of the dry run that somebody looked at: what differs from it is not submitted. */
  readonly planHash?: string;
  readonly options?: ChangeOptions;
}

export interface ChangesService extends ProcessingSteps, ChangeControls {
  readonly deadLetters: DeadLetterActs;
  /**
   * Makes a bulk change of a draft's rows: change, rows and audit in one transaction; works offline (`created`).
   * @throws failed `nothing-to-submit`, `warnings-not-accepted`, `rows-with-errors`, `verdicts-moved`, `plan-moved`,
   * `draft-changed`; usage `draft-unknown`
   */
  submit(session: Session, input: SubmitInput): Promise<SubmitResult>;
  /** Stores created changes centrally, takes the leases, and queues the rows. @returns rows queued and refused */
  enrol(): Promise<{ queued: number; conflicts: number }>;
  list(page: { limit: number; offset: number }): Promise<{ total: number; changes: readonly BulkChange[] }>;
  /** By number or uid. @throws usage `change-unknown` */
  get(idOrUid: string): Promise<BulkChange>;
  rows(
    changeId: number,
    page: { only?: DeviceChangeStatus; rowNo?: number; limit: number; offset: number },
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
