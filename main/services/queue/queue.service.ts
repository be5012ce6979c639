import type { Clock } from '../../lib/clock';
import { isoTime } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb } from '../../localdb/types';
import * as dead from './dead.repo';
import * as holds from './holds.repo';
import * as repo from './queue.repo';
import type {
  Claimed,
  Job,
  MayBeDue,
  NewJob,
  ProviderHold,
  QueueService,
  QueueStats,
  UnreadableJob,
  Worker,
} from './types';

/** Written every few seconds by whoever works here; a process that misses several of them has died or hangs. */
const BEAT_COUNTS_MS = 30_000;
/** Jobs may be due for so long before it is said that nobody works. */
const UNATTENDED_MS = 60_000;
/** A provider's sender is wanted so long before its next send is due. */
const SENDER_AHEAD_MS = 30_000;

/**
 * The durable queue of one local database.
 *
 *   waiting ─claim─► working ─done─► (deleted)
 *      ▲                ├─again, release, orphan─► waiting        (`held`: waiting, and not claimed)
 *      └─redrive── dead ◄─attempts used up, unreadable
 *
 * A job is written in the transaction of the state that calls for it and ended in the transaction of its outcome: it
 * runs at least once, and whoever handles it must bear that. Due jobs go by priority, then by time; of one line only
 * the earliest device change's job can be claimed.
 */
export function createQueueService(deps: {
  readonly local: Pick<LocalDb, 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}): QueueService {
  const { local, clock } = deps;
  const listeners = new Set<(may: MayBeDue) => void>();
  const announce = (may: MayBeDue): void => listeners.forEach((listener) => listener(may));

  return {
    async add(trx, jobs) {
      await repo.insertJobs(trx, jobs, clock.now());
      for (const kind of new Set(jobs.map(kindOf))) announce(kind);
    },
    async end(trx, job, end) {
      const ended = await repo.finishJob(trx, job, end, clock.now());
      if (ended && end.kind === 'again') announce(kindOf(job));
      return ended;
    },
    async wake(trx, deviceChangeId, runAt) {
      const live = await repo.wakeRow(trx, deviceChangeId, runAt);
      if (live) announce('confirmations');
      return live;
    },
    async stats() {
      const now = clock.now();
      const counts = await repo.countByState(local.read, now);
      const worker = await holds.selectWorker(local.read, now - BEAT_COUNTS_MS);
      return statsOf(counts, await holds.selectHolds(local.read), worker, now);
    },

    ring: () => announce('any'),
    onAdded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...workerCalls(deps, announce),
    ...holdCalls(deps),
    ...deadCalls(deps, () => announce('any')),
  };
}

function kindOf(job: Pick<NewJob, 'message'>): MayBeDue {
  return job.message.IsRetryUpdateIdentifier ? 'confirmations' : 'sends';
}

type WorkerCalls = Pick<
  QueueService,
  'claim' | 'holds' | 'mayStart' | 'renew' | 'release' | 'recoverOrphans' | 'nextDueAt' | 'hasSends' | 'hasJobs'
>;

/** What those ask who work on the jobs. */
function workerCalls(
  { local, clock, log }: { local: Pick<LocalDb, 'read'>; clock: Clock; log: Log },
  announce: (may: MayBeDue) => void,
): WorkerCalls {
  return {
    async claim(trx, worker, untilMs, lanes) {
      const now = clock.now();
      const jobs: Job[] = [];
      const unreadable: UnreadableJob[] = [];
      for (const lane of lanes) {
        for (const record of await repo.claimLane(trx, lane, { worker, untilMs, now })) {
          const read = repo.readJob(record);
          if ('message' in read) {
            jobs.push(read);
            continue;
          }
          log.error('job unreadable, kept as a dead letter', { job: read.id });
          await repo.finishJob(trx, { id: read.id, claimedBy: worker }, { kind: 'dead', fault: read.fault }, now);
          unreadable.push(read);
        }
      }
      return { jobs, unreadable } satisfies Claimed;
    },
    holds: (trx, job) => repo.stillClaimed(trx, job),
    mayStart: (trx, job) => repo.startOrPutBack(trx, job),
    renew: (trx, worker, jobIds, untilMs) => repo.renewClaims(trx, worker, jobIds, untilMs),
    release: (trx, worker, jobIds) => repo.releaseClaims(trx, worker, jobIds),
    async recoverOrphans(trx, which) {
      const released = await repo.releaseOrphans(trx, which, clock.now());
      if (released > 0) announce('any');
      return released;
    },
    nextDueAt: (lanes) => repo.nextDue(local.read, lanes),
    hasSends: async () => new Set(await repo.providersWithJobs(local.read, [0], clock.now() + SENDER_AHEAD_MS)),
    hasJobs: async () => new Set(await repo.providersWithJobs(local.read, [0, 1], Number.MAX_SAFE_INTEGER)),
  };
}

type HoldCalls = Pick<
  QueueService,
  'hold' | 'clearStop' | 'clearPause' | 'replaceSharedPauses' | 'listHolds' | 'beat' | 'dropWaitingSends'
>;

function holdCalls({ local, clock }: { local: Pick<LocalDb, 'read'>; clock: Clock }): HoldCalls {
  return {
    hold: (trx, hold) => holds.upsertHold(trx, hold, clock.now()),
    clearStop: async (trx, providerUid) => void (await holds.deleteHold(trx, providerUid, 'stopped')),
    clearPause: (trx, providerUid) => holds.deleteHold(trx, providerUid, 'paused'),
    replaceSharedPauses: (trx, pauses) => holds.replaceSharedPauses(trx, pauses),
    listHolds: () => holds.selectHolds(local.read),
    beat: (trx, beat) => holds.writeBeat(trx, beat, clock.now()),
    dropWaitingSends: (trx, bulkChangeId) => repo.deleteWaitingSends(trx, bulkChangeId),
  };
}

type DeadCalls = Pick<QueueService, 'deadLetters' | 'deadLetter' | 'deadOf' | 'revive' | 'noteDead' | 'removeDead'>;

function deadCalls({ local, clock }: { local: Pick<LocalDb, 'read'>; clock: Clock }, announce: () => void): DeadCalls {
  return {
    deadLetters: (filter, page) => dead.selectDead(local.read, filter, page),
    deadLetter: (trx, jobId) => dead.findDead(trx, jobId),
    deadOf: (trx, deviceChangeId) => dead.findDeadOf(trx, deviceChangeId),
    async revive(trx, jobId, job, note) {
      const revived = await dead.reviveDead(trx, jobId, job, { ...note, at: isoTime(clock.now()) });
      if (revived) announce();
      return revived;
    },
    noteDead: (trx, jobId, note) => dead.appendDeadNote(trx, jobId, { ...note, at: isoTime(clock.now()) }),
    removeDead: (trx, jobIds) => dead.deleteDead(trx, jobIds),
  };
}

function statsOf(
  counts: readonly repo.StateCount[],
  providerHolds: readonly ProviderHold[],
  worker: Worker | null,
  now: number,
): QueueStats {
  const held = new Set(providerHolds.map((hold) => hold.providerUid));
  const providers = [...new Set([...counts.map((count) => count.provider), ...held])].sort();
  const sum = (state: repo.StateCount['state'], provider?: string): number =>
    counts
      .filter((count) => count.state === state && (provider === undefined || count.provider === provider))
      .reduce((total, count) => total + count.jobs, 0);
  const delayed = counts.reduce((total, count) => total + count.delayed, 0);
  const oldest = counts.flatMap((count) => (count.oldest === null ? [] : [count.oldest]));
  // What is paused is meant to wait.
  const unattended = counts.some(
    (count) => count.oldest !== null && count.oldest < now - UNATTENDED_MS && !held.has(count.provider),
  );
  return {
    waiting: sum('waiting') - delayed,
    working: sum('working'),
    delayed,
    dead: sum('dead'),
    oldestWaitingAt: oldest.length === 0 ? null : isoTime(Math.min(...oldest)),
    byProvider: providers.map((provider) => ({
      provider,
      waiting: sum('waiting', provider),
      working: sum('working', provider),
      dead: sum('dead', provider),
      paused: held.has(provider),
    })),
    worker,
    nobodyWorks: worker === null && unattended,
    holds: providerHolds,
  };
}
