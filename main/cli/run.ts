import { wholeNumber } from './arguments';
import type { Registration } from './command';
import { describeEnded } from './wording';

export const registerRun: Registration = (program, act) => {
  program
    .command('run')
    .description('process what is queued in this data folder')
    .option('--until-idle', 'end when nothing is left to do')
    .option('--timeout <seconds>', 'end after this time (exit 1)')
    .action(
      act(async (run, options: { untilIdle?: boolean; timeout?: string }) => {
        const workspace = await run.workspace('changes.run');
        let last = '';
        const outcome = await workspace.process({
          untilIdle: options.untilIdle === true,
          timeoutMs: options.timeout === undefined ? null : wholeNumber('--timeout', options.timeout) * 1000,
          signal: run.signal,
          holder: 'swapdesk run',
          onProgress({ open, ended }) {
            const line = `${describeEnded(ended)}; ${open} open`;
            if (line !== last) run.notice(line);
            last = line;
          },
          onNote: (note) => run.notice(note),
        });
        const { reason, ended, open, hindrances, failed } = outcome;
        return {
          json: { reason, ...ended, open, hindrances },
          text: [`${describeEnded(ended)}; ${open} open (${REASONS[reason]}).`, ...hindrances].join('\n'),
          failed,
        };
      }),
    );
};

const REASONS = {
  idle: 'nothing is left to do',
  timeout: 'the time is over',
  stopped: 'stopped',
  'central-lost': 'the central database can’t be reached',
} as const;
