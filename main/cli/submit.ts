import { usageError } from '../../shared/domain/fault';
import { DEFAULT_CANARY, type ChangeOptions } from '../../shared/domain/control';
import { carrierPlan, oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';
import { plural } from './output';

interface SubmitOptions {
  readonly only?: string;
  readonly acceptWarnings?: boolean;
  readonly plan?: string;
  readonly startAt?: string;
  readonly hold?: string;
  readonly canary?: string;
  readonly failureBudget: string;
  readonly checklist?: boolean;
  readonly snapshot: string;
  readonly carrierPlan?: string;
}

export const registerSubmit: Registration = (program, act) => {
  program
    .command('submit <draft>')
    .description('make one bulk change of a draft’s rows')
    .option('--only <verdict>', '"valid": rows with warnings or errors stay in the draft')
    .option('--accept-warnings', 'also rows with warnings')
    .option('--plan <hash>', 'submit only what this dry run of "draft plan" showed')
    .option('--start-at <time>', 'send nothing before (2026-01-31T22:00:00Z)')
    .option('--hold <seconds>', 'time to stop it before the first row leaves')
    .option('--canary <rows>', 'so many first, proven by reading them back, then growing waves')
    .option('--failure-budget <percent>', 'of a canary', String(DEFAULT_CANARY.failureBudgetPercent))
    .option('--checklist', 'each row waits until its steps in the field are ticked')
    .option('--snapshot <source>', 'what a line was before: mirror, or carrier (two calls more a row)', 'mirror')
    .option('--carrier-plan <code>', 'plan of the carrier that each line is given by the same call')
    .action(
      act(async (run, draft: string, options: SubmitOptions) => {
        const { session, changes, enrolIfReachable } = await run.workspace('changes.submit');
        const onlyValid = options.only !== undefined && oneOf('--only', options.only, ['valid'] as const) === 'valid';
        const submitted = await changes.submit(session, {
          draft,
          onlyValid,
          acceptWarnings: options.acceptWarnings === true,
          ...(options.plan === undefined ? {} : { planHash: hashOf(options.plan) }),
          options: optionsOf(options),
        });
        const note = await enrolIfReachable();
        return {
          json: submitted,
          text: `Change ${submitted.bulkChangeId}: ${plural(submitted.rows, 'row')}. ${note}`,
        };
      }),
    );
};

function optionsOf(options: SubmitOptions): ChangeOptions {
  const budget = wholeNumber('--failure-budget', options.failureBudget, 0);
  return {
    startAt: options.startAt === undefined ? null : timeOf(options.startAt),
    holdSeconds: options.hold === undefined ? 0 : wholeNumber('--hold', options.hold, 0),
    canary:
      options.canary === undefined
        ? null
        : {
            ...DEFAULT_CANARY,
            firstRows: wholeNumber('--canary', options.canary),
            failureBudgetPercent: Math.min(100, budget),
          },
    checklist: options.checklist === true,
    carrierPlan: carrierPlan('--carrier-plan', options.carrierPlan),
    snapshot: oneOf('--snapshot', options.snapshot, ['mirror', 'carrier'] as const),
  };
}

function hashOf(text: string): string {
  const hash = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw usageError({
    code: 'argument-refused',
    what: '--plan must be the whole hash that "draft plan" ends with: 64 hexadecimal digits',
    where: text,
  });
}

function timeOf(text: string): string {
  const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(instant)) return new Date(instant).toISOString();
  throw usageError({
    code: 'argument-refused',
    what: '--start-at must be a time such as 2026-01-31T22:00:00Z',
    where: text,
  });
}
