import type { IdentifierPair } from '../../../shared/domain/change';

/** Input of `usp_update_identifier_for_thingspace`. */
export interface IdentifierUpdate {
  readonly deviceChangeUid: string;
  readonly providerUid: string;
  readonly deviceId: number;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  readonly processedBy: string;
  /** The lease's fencing number; an older one is refused. */
  readonly fencing: number;
}

export type IdentifierUpdateResult =
  | { readonly kind: 'updated' }
  | { readonly kind: 'already-applied' }
  /** The compare-and-set missed: both sides, to be shown. */
  | { readonly kind: 'conflict'; readonly reason: string; readonly found: IdentifierPair | null };

/** Central rows of a submitted change: stored by uid, lease granted or refused for each. */
export interface EnrolRow {
  readonly uid: string;
  readonly rowNo: number;
  readonly deviceId: number;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly changeRequest: Readonly<Record<string, unknown>>;
}
export interface EnrolChange {
  readonly uid: string;
  readonly providerUid: string;
  readonly changeType: string;
  readonly name: string;
  readonly planHash: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly request: Readonly<Record<string, unknown>>;
}
export interface LeaseGrant {
  readonly uid: string;
  /** Central number of the device change. */
  readonly centralId: number;
  readonly granted: boolean;
  readonly fencing: number;
  /** When refused: who holds the line. */
  readonly heldBy: string | null;
}

/** Everything that processing asks of the central database. Every call is one transaction under the session. */
export interface IdentifiersService {
  /** Idempotent by uid. */
  enrol(change: EnrolChange, rows: readonly EnrolRow[]): Promise<{ centralId: number; grants: readonly LeaseGrant[] }>;
  /** Renews leases of rows that are still open; answers the uids that are no longer ours. */
  renewLeases(deviceChangeUids: readonly string[]): Promise<readonly string[]>;
  /** The lease can't run out any more: the row is about to be sent. False: lease or fencing lost, do not send. */
  markSending(deviceChangeUid: string, fencing: number): Promise<boolean>;
  releaseLeases(deviceChangeUids: readonly string[]): Promise<void>;
  update(input: IdentifierUpdate): Promise<IdentifierUpdateResult>;
  /** Pushes statuses by uid so that other desks see them. Older row versions change nothing. */
  pushStatuses(
    rows: readonly {
      uid: string;
      status: string;
      needsPerson: boolean;
      requestId: string | null;
      attempts: number;
      error: unknown;
      disposition: unknown;
      rowVersion: number;
    }[],
  ): Promise<void>;
  /** One sender a provider over the fleet. Null: another desk sends now (its name in `holder`). */
  acquireSender(providerUid: string): Promise<{ fencing: number } | { holder: string }>;
  renewSender(providerUid: string, fencing: number): Promise<boolean>;
  releaseSender(providerUid: string, fencing: number): Promise<void>;
  /** Nothing of the provider is sent any more, by whichever desk. */
  pauseProvider(providerUid: string, note: string): Promise<void>;
  /** @returns false: it was not paused */
  resumeProvider(providerUid: string): Promise<boolean>;
  listPauses(): Promise<readonly ProviderPause[]>;
  /** Corrects what a row is to become. @throws failed `edit-refused-centrally` when it is applied or another desk's */
  editNew(deviceChangeUid: string, next: IdentifierPair): Promise<void>;
}

export interface ProviderPause {
  readonly providerUid: string;
  readonly note: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
