import type { JobMessage } from '../../../shared/domain/job';
import type { Fault } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';

export interface NewJob {
  readonly message: JobMessage;
  readonly providerUid: string;
  /** Jobs of one line run strictly one after another, in the order of their device changes: the line's number. */
  readonly deviceId: number;
  readonly runAt: number;
  /** 0 first (a confirmed row whose central update waits), 1 usual, 2 when nothing else is due. */
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

/** Jobs of one provider and kind: sends are paced and need the sender's lease, confirmations don't. */
export interface LaneKey {
  readonly providerUid: string;
  readonly confirms: boolean;
}

/** A job whose message can't be read. It is a dead letter already; its row is told by its number. */
export interface UnreadableJob {
  readonly id: number;
  readonly deviceChangeId: number;
  readonly fault: Fault;
}

export interface Claimed {
  readonly jobs: readonly Job[];
  readonly unreadable: readonly UnreadableJob[];
}

/** Why nothing of a provider is sent: a person paused it, or the carrier refused it for everybody. */
export interface ProviderHold {
  readonly providerUid: string;
  readonly kind: 'paused' | 'stopped';
  readonly code: string;
  readonly message: string;
  readonly since: string;
}

export interface QueueService {
  add(trx: Trx, jobs: readonly NewJob[]): Promise<void>;
  /** Ends a claimed job inside the caller's transaction; false: the claim was lost, and the caller must write nothing. */
  end(trx: Trx, job: Job, end: JobEnd): Promise<boolean>;
  /** Makes a row's confirmation due at `runAt` at the latest. False: it has none that waits or works. */
  wake(trx: Trx, deviceChangeId: number, runAt: number): Promise<boolean>;
  stats(): Promise<QueueStats>;

  /**
   * Claims due jobs, at most `limit` for each lane, by one guarded update a lane: no two workers get the same job, and
   * no job of a line while an earlier one of that line is unfinished.
   */
  claim(
    trx: Trx,
    worker: string,
    untilMs: number,
    lanes: readonly (LaneKey & { readonly limit: number })[],
  ): Promise<Claimed>;
  /** Whether the claim still holds, before something irrevocable is done. */
  holds(trx: Trx, job: Job): Promise<boolean>;
  /** Heartbeat: these jobs stay claimed until `untilMs`. */
  renew(trx: Trx, worker: string, jobIds: readonly number[], untilMs: number): Promise<void>;
  /** Gives claimed jobs back that were never started. */
  release(trx: Trx, worker: string, jobIds: readonly number[]): Promise<void>;
  /**
   * Puts jobs back whose worker is gone: with `all`, every claimed one (a processor that has just taken the folder's
   * lock is the only one), else those whose claim ran out. @returns how many
   */
  recoverOrphans(trx: Trx, which: 'all' | 'expired'): Promise<number>;
  /** When the next waiting job of these lanes is due; null: none waits. */
  nextDueAt(lanes: readonly LaneKey[]): Promise<number | null>;
  /** Uids of providers that have a send waiting or under way. */
  hasSends(): Promise<ReadonlySet<string>>;
  /** Uids of providers that have any job waiting or under way. */
  hasJobs(): Promise<ReadonlySet<string>>;
  /** Calls back when a job was added or woken in this process, before its transaction has ended. */
  onAdded(listener: () => void): () => void;

  hold(trx: Trx, hold: Omit<ProviderHold, 'since'>): Promise<void>;
  /** Takes a stop away (a pause stays: a person set it). */
  clearStop(trx: Trx, providerUid: string): Promise<void>;
  listHolds(): Promise<readonly ProviderHold[]>;
}
