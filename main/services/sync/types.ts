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
  /**
   * What the central database countersigned of this desktop's audit chains. Empty when it can't be reached: a cut tail
   * is then found the next time.
   */
  centralHeads(): Promise<readonly ChainHead[]>;
  /** When the mirror was last complete; null: never. */
  mirrorAt(): Promise<string | null>;
}
