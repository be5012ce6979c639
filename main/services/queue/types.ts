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
  /** Not to be claimed until its change lets it go: paused, stopped, in a later wave, or waiting for the field. */
  readonly held?: boolean;
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
  /** Null: nobody processes this data folder now. */
  readonly worker: Worker | null;
  /** Jobs are due for a while and nobody takes them. */
  readonly nobodyWorks: boolean;
  readonly holds: readonly ProviderHold[];
}

/** The process that works on this data folder, as its heartbeat in the database says. */
export interface Worker {
  readonly holder: string;
  readonly since: string;
  readonly lastBeatAt: string;
}

/** A job whose attempts are used up, or that can't be read, with everything that happened to it. */
export interface DeadJob {
  readonly id: number;
  readonly providerUid: string;
  readonly bulkChangeId: number;
  readonly deviceChangeId: number;
  readonly confirms: boolean;
  readonly rawMessage: string;
  readonly attempts: number;
  readonly deadAt: string;
  readonly history: readonly Readonly<Record<string, unknown>>[];
}

export interface DeadFilter {
  readonly jobIds?: readonly number[];
  readonly providerUid?: string;
  readonly changeId?: number;
  /** Code of the fault that made it a dead letter. */
  readonly code?: string;
}

/** What a person did to a dead letter; kept in its history. */
export interface DeadNote {
  readonly act: 'redriven' | 'edited';
  readonly by: string;
  readonly detail: string;
}

/** Jobs of one provider and kind: sends are paced and need the sender's lease, confirmations don't. */
export interface LaneKey {
  readonly providerUid: string;
  readonly confirms: boolean;
}

/** Kinds of jobs that may be due now and were not before. */
export type MayBeDue = 'sends' | 'confirmations' | 'any';

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
  /** The central database knows of it: it holds on every desk. */
  readonly everywhere: boolean;
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
  /** Whether the claim still holds. */
  holds(trx: Trx, job: Job): Promise<boolean>;
  /**
   * Whether the claim holds and neither its change nor its provider is held, before something irrevocable is done. If
   * not, the job is put back unharmed.
   */
  mayStart(trx: Trx, job: Job): Promise<boolean>;
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
  /** Uids of providers that have a send under way, or waiting and due within half a minute. */
  hasSends(): Promise<ReadonlySet<string>>;
  /** Uids of providers that have any job waiting or under way. */
  hasJobs(): Promise<ReadonlySet<string>>;
  /** Tells the runner of this process that something may be claimed now. */
  ring(): void;
  /** Calls back when a job was added or woken in this process, before its transaction has ended; with what may be due. */
  onAdded(listener: (may: MayBeDue) => void): () => void;

  hold(trx: Trx, hold: Omit<ProviderHold, 'since'>): Promise<void>;
  /** Takes a stop away (a pause stays: a person set it). */
  clearStop(trx: Trx, providerUid: string): Promise<void>;
  /** Takes a pause away. @returns false: there was none */
  clearPause(trx: Trx, providerUid: string): Promise<boolean>;
  /** Pauses that the central database knows, as a whole: others that were everywhere have ended. */
  replaceSharedPauses(trx: Trx, pauses: readonly SharedPause[]): Promise<void>;
  listHolds(): Promise<readonly ProviderHold[]>;

  /** Heartbeat of the process that works here. `null`: it has ended. */
  beat(trx: Trx, beat: { readonly holder: string; readonly startedAt: number } | null): Promise<void>;

  deadLetters(
    filter: DeadFilter,
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly total: number; readonly letters: readonly DeadJob[] }>;
  deadLetter(trx: Trx, jobId: number): Promise<DeadJob | null>;
  /** Dead letters of these rows. */
  deadOf(trx: Trx, deviceChangeId: number): Promise<readonly number[]>;
  /** Makes a dead letter a job again, with its history. @returns false: it is none any more */
  revive(trx: Trx, jobId: number, job: NewJob, note: DeadNote): Promise<boolean>;
  /** Adds to a dead letter's history. */
  noteDead(trx: Trx, jobId: number, note: DeadNote): Promise<void>;
  /** Removes dead letters that a person gave up. @returns how many there were */
  removeDead(trx: Trx, jobIds: readonly number[]): Promise<number>;
  /** Removes sends of a change that wait unsent. A send in a worker's hand finds its row cancelled. */
  dropWaitingSends(trx: Trx, bulkChangeId: number): Promise<void>;
}

export interface SharedPause {
  readonly providerUid: string;
  readonly message: string;
  readonly since: number;
}
