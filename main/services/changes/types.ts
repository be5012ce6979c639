import type {
  BulkChangeStatus,
  ChangeType,
  DeviceChangeStatus,
  Disposition,
  IdentifierPair,
  StatusCounts,
} from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { Session } from '../identity/types';

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

export interface ChangesService {
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
  load(trx: Trx, deviceChangeId: number): Promise<DeviceChange | null>;
  loadByRequestId(trx: Trx, providerUid: string, requestId: string): Promise<DeviceChange | null>;
  /** Open rows of unpaused providers: 0 when `run --until-idle` may end. */
  openRows(): Promise<number>;
}
