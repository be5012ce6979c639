import type { JobMessage } from '../../../shared/domain/job';
import type { Fault } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';

export interface NewJob {
  readonly message: JobMessage;
  readonly providerUid: string;
  /** Jobs of one line run strictly in the order they were added: the line's number. */
  readonly deviceId: number;
  readonly runAt: number;
  readonly priority?: number;
}

export interface Job extends NewJob {
  readonly id: number;
  readonly attempts: number;
  readonly claimedBy: string;
}

/** What a handler says of a job when it is done with it. It has already written its own outcome in `trx`. */
export type JobEnd =
  | { readonly kind: 'done' }
  /** Try again at `runAt`; `countsAsAttempt` is false for a rate limit. */
  | { readonly kind: 'again'; readonly runAt: number; readonly countsAsAttempt: boolean; readonly fault: Fault | null }
  | { readonly kind: 'dead'; readonly fault: Fault };

export interface QueueStats {
  readonly waiting: number;
  readonly working: number;
  readonly delayed: number;
  readonly dead: number;
  readonly oldestWaitingAt: string | null;
  readonly byProvider: readonly { provider: string; waiting: number; working: number; dead: number; paused: boolean }[];
}

export interface QueueService {
  add(trx: Trx, jobs: readonly NewJob[]): Promise<void>;
  /** Ends a claimed job inside the caller's transaction; false: the claim was lost, and the caller must write nothing. */
  end(trx: Trx, job: Job, end: JobEnd): Promise<boolean>;
  stats(): Promise<QueueStats>;
}
