import type { Eta } from '../../../shared/domain/control';
import type { MetricsService } from '../metrics/types';
import type { ChangesCore } from './core';
import { etaOf } from './eta.rules';
import { getChange } from './find-change';

export interface EtaDeps {
  readonly core: ChangesCore;
  readonly metrics: Pick<MetricsService, 'measures'>;
  /** Null: not a provider of this user. */
  pace(providerUid: string): Promise<{ readonly ratePerMinute: number | null; readonly concurrency: number } | null>;
}

export async function eta(deps: EtaDeps, idOrUid: string): Promise<Eta | null> {
  const { core } = deps;
  const change = await getChange(core, idOrUid);
  if (change.control.state !== 'running') return null;
  const pace = await deps.pace(change.providerUid);
  if (pace === null) return null;
  const { answer, callback, endedAMinute } = await deps.metrics.measures(change.providerUid);
  const of = (status: keyof typeof change.counts.byStatus): number => change.counts.byStatus[status] ?? 0;
  return etaOf({
    now: core.clock.now(),
    unsent: of('created') + of('queued'),
    awaited: of('sending') + of('submitted') + of('confirmed') + of('unknown') - change.counts.needsPerson,
    startsAt: change.startsAt === null ? null : Date.parse(change.startsAt),
    ...pace,
    answerP50Ms: answer.p50Ms,
    answerP95Ms: answer.p95Ms,
    callbackP50Ms: callback.p50Ms,
    callbackP95Ms: callback.p95Ms,
    endedAMinute,
    readBackMs: core.timing.readBackAfterMs(change.providerUid) ?? core.limits.firstReadBackMs,
  });
}
