import type { Registration } from './command';
import { table } from './output';

export const registerQueue: Registration = (program, act) => {
  const queue = program.command('queue').description('the jobs of this data folder');

  queue
    .command('stats')
    .description('how many jobs wait, run, are delayed, or are dead letters')
    .action(
      act(async (run) => {
        const workspace = await run.workspace('queue.read');
        const stats = await workspace.queue.stats();
        return {
          json: stats,
          text: [
            `${stats.waiting} waiting, ${stats.working} in flight, ${stats.delayed} delayed, ${stats.dead} dead letters`,
            ...(stats.byProvider.length === 0
              ? []
              : [
                  table(
                    ['provider', 'waiting', 'in flight', 'dead', 'state'],
                    stats.byProvider.map((one) => [
                      one.provider,
                      one.waiting,
                      one.working,
                      one.dead,
                      one.paused ? 'paused' : 'running',
                    ]),
                  ),
                ]),
          ].join('\n'),
        };
      }),
    );
};
