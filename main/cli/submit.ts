import { oneOf } from './arguments';
import type { Registration } from './command';
import { plural } from './output';

export const registerSubmit: Registration = (program, act) => {
  program
    .command('submit <draft>')
    .description('make one bulk change of a draft’s rows')
    .option('--only <verdict>', '"valid": rows with warnings or errors stay in the draft')
    .option('--accept-warnings', 'also rows with warnings')
    .action(
      act(async (run, draft: string, options: { only?: string; acceptWarnings?: boolean }) => {
        const { session, changes, enrolIfReachable } = await run.workspace('changes.submit');
        const onlyValid = options.only !== undefined && oneOf('--only', options.only, ['valid'] as const) === 'valid';
        const submitted = await changes.submit(session, {
          draft,
          onlyValid,
          acceptWarnings: options.acceptWarnings === true,
        });
        const note = await enrolIfReachable();
        return {
          json: submitted,
          text: `Change ${submitted.bulkChangeId}: ${plural(submitted.rows, 'row')}. ${note}`,
        };
      }),
    );
};
