import { basename, resolve } from 'node:path';
import { usageError } from '../../shared/domain/fault';
import { changeTypeSchema } from '../../shared/domain/change';
import { fieldSchema, type Field } from '../../shared/domain/finding';
import type { ImportSummary } from '../services/imports';
import { oneOf } from './arguments';
import type { Registration } from './command';
import { plural } from './output';

interface ImportOptions {
  readonly provider: string;
  readonly type?: string;
  readonly map: string[];
  readonly customer?: string;
  readonly ratePlan?: string;
  readonly ratePool?: string;
  readonly effectiveDate?: string;
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const registerImport: Registration = (program, act) => {
  program
    .command('import <file>')
    .description('read and check a CSV of swaps; makes a draft')
    .requiredOption('--provider <name>')
    .option('--type <type>', changeTypeSchema.options.join(' | '))
    .option('--map <heading=field>', `what a heading means (fields: ${fieldSchema.options.join(', ')})`, collect, [])
    .option('--customer <name>', 'for every row that names none')
    .option('--rate-plan <code>', 'for every row that names none')
    .option('--rate-pool <name>', 'for every row that names none')
    .option('--effective-date <date>', 'YYYY-MM-DD, for every row that names none')
    .action(
      act(async (run, file: string, options: ImportOptions) => {
        const { session, devices, imports, bringUpToDate } = await run.workspace('drafts.edit');
        await bringUpToDate();
        const provider = await devices.provider(session, options.provider);
        const summary = await imports.importFile(
          {
            file: resolve(file),
            sourceName: basename(file),
            providerUid: provider.uid,
            changeType: options.type === undefined ? null : oneOf('--type', options.type, changeTypeSchema.options),
            map: Object.fromEntries(options.map.map(mapping)),
            createdBy: session.userName,
            ...(options.customer === undefined ? {} : { customer: options.customer }),
            ...(options.ratePlan === undefined ? {} : { ratePlan: options.ratePlan }),
            ...(options.ratePool === undefined ? {} : { ratePool: options.ratePool }),
            ...(options.effectiveDate === undefined ? {} : { effectiveDate: options.effectiveDate }),
          },
          { signal: run.signal },
        );
        const { draftId, rows, valid, warning, error, findings } = summary;
        return { json: { draftId, rows, valid, warning, error, findings }, text: describeImport(summary) };
      }),
    );
};

function describeImport({ draftId, rows, valid, warning, error, findings }: ImportSummary): string {
  const codes = Object.entries(findings).sort(([, one], [, other]) => other - one);
  return [
    `Draft ${draftId}: ${plural(rows, 'row')}, ${valid} valid, ${warning} with warnings, ${error} with errors.`,
    ...codes.map(([code, count]) => `  ${String(count).padStart(6)}  ${code}`),
  ].join('\n');
}

function mapping(text: string): [string, Field] {
  const cut = text.lastIndexOf('=');
  const heading = text.slice(0, cut).trim();
  if (cut < 1 || heading === '') {
    throw usageError({ code: 'argument-refused', what: '--map must be "Heading=field"', where: text });
  }
  return [heading, oneOf('the field of --map', text.slice(cut + 1).trim(), fieldSchema.options)];
}
