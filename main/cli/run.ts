import type { Registration } from './command';
import { wholeNumber } from './arguments';
import { describeCounts } from './wording';

export const registerRun: Registration = (program, act) => {
  program
    .command('run')
    .description('process what is queued in this data folder')
    .option('--until-idle', 'end when nothing is left to do')
    .option('--timeout <seconds>', 'end after this time (exit 1)')
    .action(
      act(async (run, options: { untilIdle?: boolean; timeout?: string }) => {
        const workspace = await run.workspace('changes.run');
        const outcome = await workspace.process({
          untilIdle: options.untilIdle === true,
          timeoutMs: options.timeout === undefined ? null : wholeNumber('--timeout', options.timeout) * 1000,
          signal: run.signal,
          holder: 'swapdesk run',
          onProgress: (counts) => run.notice(describeCounts(counts)),
        });
        return {
          json: outcome,
          text: `${describeCounts(outcome.counts)}${outcome.note === null ? '' : `. ${outcome.note}`}`,
          failed: outcome.failed,
        };
      }),
    );
};
