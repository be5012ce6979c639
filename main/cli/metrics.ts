import type { Latency } from '../services/metrics';
import { wholeNumber } from './arguments';
import type { Registration } from './command';
import { table } from './output';

export const registerMetrics: Registration = (program, act) => {
  program
    .command('metrics')
    .description('how long the carrier takes, what was done by the hour, and how deep the queue is')
    .option('--hours <n>', 'of history', '24')
    .action(
      act(async (run, options: { hours: string }) => {
        const { devices, session, metrics, queue } = await run.workspace('queue.read');
        const hours = wholeNumber('--hours', options.hours);
        const stats = await queue.stats();
        const providers = await Promise.all(
          (await devices.listProviders(session)).map(async (provider) => ({
            provider: provider.name,
            ...(await metrics.measures(provider.uid)),
            queue: stats.byProvider.find((one) => one.provider === provider.uid) ?? null,
            history: await metrics.history(provider.uid, hours),
          })),
        );
        return {
          json: { providers },
          text: table(
            ['provider', 'answer', 'callback', 'seen', 'a minute', 'waiting', 'dead', 'ended', 'failed', 'resent'],
            providers.map((one) => [
              one.provider,
              described(one.answer),
              described(one.callback),
              described(one.seen),
              one.endedAMinute === null ? 'unknown' : Math.round(one.endedAMinute),
              one.queue?.waiting ?? 0,
              one.queue?.dead ?? 0,
              sum(one.history.map((hour) => hour.ended)),
              sum(one.history.map((hour) => hour.failed)),
              sum(one.history.map((hour) => hour.resent)),
            ]),
          ),
        };
      }),
    );
};

function described({ p50Ms, p95Ms }: Latency): string {
  return p50Ms === null || p95Ms === null ? 'unknown' : `${p50Ms} ms (p95 ${p95Ms})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
