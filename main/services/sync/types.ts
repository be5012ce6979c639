import type { Trx } from '../../localdb/types';
import type { ChainHead } from '../audit/types';

export interface SyncResult {
  /** Rows pulled into the mirror, tombstones included. */
  readonly pulled: number;
  /** Outbox records and audit entries stored centrally. */
  readonly pushed: number;
  readonly mirrorAt: string;
}

export interface SyncService {
  /** Pull and push once. @throws failed `central-unreachable`, with nothing half done */
  sync(signal?: AbortSignal): Promise<SyncResult>;
  /** Push alone, for who has nothing to pull. @throws as `sync` */
  push(): Promise<number>;
  /** Records that the central database does not have yet. */
  waiting(): Promise<number>;
  /**
   * Hands over what the central callback log has and this desk has not seen, page by page, at least once.
   * @returns how many callbacks
   */
  pullCallbacks(take: (callbacks: readonly CentralCallback[]) => Promise<void>): Promise<number>;
  /** Calls back when the central log may have news; a hint only. @returns ends it */
  onCallbackHint(listener: () => void): () => Promise<void>;
  /**
   * What the central database countersigned of this desktop's audit chains. Empty when it can't be reached: a cut tail
   * is then found the next time.
   */
  centralHeads(): Promise<readonly ChainHead[]>;
  /** When the mirror was last complete; null: never. */
  mirrorAt(): Promise<string | null>;
  /** Hours after which verdicts on the mirror carry a warning, for this user on this computer. */
  setStaleAfter(hours: number): Promise<void>;
}

/** A callback for the central log, as the receiver stored it; `callback` is redacted. */
export interface OutboxCallback {
  readonly kind: 'callback';
  readonly body: {
    readonly providerUid: string;
    readonly requestId: string;
    readonly status: 'success' | 'failed' | 'other';
    /** SHA-256 of what the callback says. */
    readonly digest: string;
    readonly callback: unknown;
    /** Epoch ms. */
    readonly receivedAt: number;
  };
}

/** A callback as the central log has it, whoever received it. */
export interface CentralCallback {
  /** Its place in the log: transaction (xid8 as text) and number. */
  readonly xid: string;
  readonly id: number;
  readonly providerUid: string;
  /** SHA-256 of what the callback says. */
  readonly digest: string;
  /** Redacted. */
  readonly body: unknown;
  /** Epoch ms. */
  readonly receivedAt: number;
}

/** What is to be stored centrally at the next sync. */
export interface Outbox {
  /** In the caller's transaction: the record waits if and only if the work is stored. */
  add(trx: Trx, records: readonly OutboxCallback[]): Promise<void>;
}
