import { isoTime, type Clock } from '../../lib/clock';
import type { LocalDb } from '../../localdb/types';
import { countByHour, countEnded, latestSamples, type Sample } from './metrics.repo';
import { areCallbacksLate, LATELY_ROWS, latencyOf, percentile, readBackAfter } from './metrics.rules';
import type { MetricsService } from './types';

/** The carrier of an hour ago says more than that of last month. */
const SAMPLES = 1_000;
const SAMPLES_OF_AN_HOUR = 200_000;
const HOUR_MS = 3_600_000;
const RECENT_MS = 7 * 24 * HOUR_MS;
const LATELY_MS = 30 * 60_000;
const THROUGHPUT_MS = 5 * 60_000;
const FEWEST_ENDED = 20;

export function createMetricsService(deps: {
  readonly local: Pick<LocalDb, 'read'>;
  readonly clock: Clock;
}): MetricsService {
  const { local, clock } = deps;
  const readBacks = new Map<string, number | null>();
  return {
    async measures(providerUid) {
      const now = clock.now();
      const samples = await latestSamples(local.read, providerUid, SAMPLES, now - RECENT_MS);
      const ended = await countEnded(local.read, providerUid, now - THROUGHPUT_MS);
      return {
        answer: latencyOf(known(samples, (sample) => sample.answerMs)),
        callback: latencyOf(known(samples, (sample) => sample.callbackMs)),
        seen: latencyOf(known(samples, (sample) => sample.seenMs)),
        endedAMinute: ended < FEWEST_ENDED ? null : (ended * 60_000) / THROUGHPUT_MS,
      };
    },
    async history(providerUid, hours) {
      const since = clock.now() - hours * HOUR_MS;
      const counts = await countByHour(local.read, providerUid, since);
      const samples = await latestSamples(local.read, providerUid, SAMPLES_OF_AN_HOUR, since);
      const byHour = Map.groupBy(samples, (sample) => Math.floor(sample.confirmedAt / HOUR_MS));
      return counts.map(({ hour, ended, failed, resent }) => {
        const callbacks = known(byHour.get(hour) ?? [], (sample) => sample.callbackMs).toSorted((a, b) => a - b);
        return {
          ...{ hour: isoTime(hour * HOUR_MS), ended, failed, resent },
          callbackP50Ms: percentile(callbacks, 50),
          callbackP95Ms: percentile(callbacks, 95),
        };
      });
    },
    async callbacksAreLate(providerUid) {
      const samples = await latestSamples(local.read, providerUid, LATELY_ROWS, clock.now() - LATELY_MS);
      return areCallbacksLate(samples.map((sample) => sample.callbackMs !== null));
    },
    async refresh(providerUids) {
      for (const uid of providerUids) {
        const samples = await latestSamples(local.read, uid, SAMPLES, clock.now() - RECENT_MS);
        readBacks.set(uid, readBackAfter(latencyOf(known(samples, (sample) => sample.callbackMs))));
      }
    },
    readBackAfterMs: (providerUid) => readBacks.get(providerUid) ?? null,
  };
}

function known(samples: readonly Sample[], of: (sample: Sample) => number | null): readonly number[] {
  return samples.flatMap((sample) => {
    const value = of(sample);
    return value === null ? [] : [value];
  });
}
