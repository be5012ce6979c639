import { wholeNumber } from './arguments';
import type { Registration } from './command';

const WATCH_MS = 5_000;

export const registerSync: Registration = (program, act) => {
  program
    .command('sync')
    .description('bring this desktop and the central database together')
    .option('--watch', 'again and again, until stopped')
    .option('--stale-after <hours>', 'from when on verdicts on the local copy carry a warning; kept for later')
    .action(
      act(async (run, options: { watch?: boolean; staleAfter?: string }) => {
        const { sync, clock } = await run.workspace('lines.read');
        if (options.staleAfter !== undefined) {
          await sync.setStaleAfter(wholeNumber('--stale-after', options.staleAfter));
        }
        let result = await sync.sync(run.signal);
        while (options.watch === true && !run.signal.aborted) {
          run.notice(`pulled ${result.pulled}, pushed ${result.pushed}, mirror of ${result.mirrorAt}`);
          await clock.sleep(WATCH_MS, run.signal);
          if (!run.signal.aborted) result = await sync.sync(run.signal);
        }
        return {
          json: result,
          text: `Pulled ${result.pulled}, pushed ${result.pushed}. The mirror is of ${result.mirrorAt}.`,
        };
      }),
    );
};
