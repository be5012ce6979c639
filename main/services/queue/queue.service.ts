import type { Clock } from '../../lib/clock';
import { isoTime } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb } from '../../localdb/types';
import * as repo from './queue.repo';
import type { Claimed, Job, QueueService, QueueStats, UnreadableJob } from './types';

/**
 * The durable queue of one local database.
 *
 *   waiting ─claim─► working ─done─► (deleted)
 *      ▲                ├─again, release, orphan─► waiting
 *      │                └─attempts used up, unreadable─► dead
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
  const { local, clock, log } = deps;
  const listeners = new Set<() => void>();
  const announce = (): void => listeners.forEach((listener) => listener());

  return {
    async add(trx, jobs) {
      await repo.insertJobs(trx, jobs, clock.now());
      announce();
    },
    end: (trx, job, end) => repo.finishJob(trx, job, end, clock.now()),
    async wake(trx, deviceChangeId, runAt) {
      const live = await repo.wakeRow(trx, deviceChangeId, runAt);
      if (live) announce();
      return live;
    },
    stats: async () => statsOf(await repo.countByState(local.read, clock.now()), await repo.selectHolds(local.read)),

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
    renew: (trx, worker, jobIds, untilMs) => repo.renewClaims(trx, worker, jobIds, untilMs),
    release: (trx, worker, jobIds) => repo.releaseClaims(trx, worker, jobIds),
    recoverOrphans: (trx, which) => repo.releaseOrphans(trx, which, clock.now()),
    nextDueAt: (lanes) => repo.nextDue(local.read, lanes),
    hasSends: async () => new Set(await repo.providersWithJobs(local.read, [0])),
    hasJobs: async () => new Set(await repo.providersWithJobs(local.read, [0, 1])),
    onAdded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hold: (trx, hold) => repo.upsertHold(trx, hold, clock.now()),
    clearStop: (trx, providerUid) => repo.deleteStop(trx, providerUid),
    listHolds: () => repo.selectHolds(local.read),
  };
}

function statsOf(counts: readonly repo.StateCount[], holds: readonly { providerUid: string }[]): QueueStats {
  const held = new Set(holds.map((hold) => hold.providerUid));
  const providers = [...new Set([...counts.map((count) => count.provider), ...held])].sort();
  const sum = (state: repo.StateCount['state'], provider?: string): number =>
    counts
      .filter((count) => count.state === state && (provider === undefined || count.provider === provider))
      .reduce((total, count) => total + count.jobs, 0);
  const delayed = counts.reduce((total, count) => total + count.delayed, 0);
  const oldest = counts.flatMap((count) => (count.oldest === null ? [] : [count.oldest]));
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
  };
}
