import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { checkFile } from '../app/check-file';
import { findProgramFiles } from '../app/program-files';
import { delimiterSchema, encodingSchema, type Delimiter, type MappedColumn } from '../../shared/contract/imports';
import { changeTypeSchema } from '../../shared/domain/change';
import { usageError } from '../../shared/domain/fault';
import { fieldSchema } from '../../shared/domain/finding';
import type { ImportRequest, ImportSummary } from '../services/imports';
import { oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';
import { plural } from './output';
import { describePreview, describeReading } from './reading';

interface ReadOptions {
  readonly type?: string;
  readonly map: string[];
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly sheet?: string;
  readonly headingRow?: string;
}

interface ImportOptions extends ReadOptions {
  readonly provider: string;
  readonly preview?: boolean;
  readonly customer?: string;
  readonly ratePlan?: string;
  readonly ratePool?: string;
  readonly effectiveDate?: string;
}

const DELIMITER_NAMES: Readonly<Record<string, Delimiter>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  pipe: '|',
};
const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** How a list is to be read, for whoever reads one. */
function withReading(command: Command): Command {
  return command
    .option('--type <type>', changeTypeSchema.options.join(' | '))
    .option(
      '--map <heading=field>',
      `what a heading means (fields: ${fieldSchema.options.join(', ')}, ignore)`,
      collect,
      [],
    )
    .option('--encoding <name>', `${encodingSchema.options.join(' | ')}; found by itself`)
    .option('--delimiter <sign>', `${Object.keys(DELIMITER_NAMES).join(' | ')}, or the sign; found by itself`)
    .option('--sheet <name>', 'sheet of a workbook; the first one that is not hidden')
    .option('--heading-row <n>', 'row of the headings, from 1; 0 when there are none; found by itself');
}

export const registerCheck: Registration = (program, act) => {
  withReading(program.command('check <file>'))
    .description('check the form of a list without signing in; keeps nothing, looks no line up')
    .option('--limit <n>', 'problem rows to show', '50')
    .action(
      act(async (run, file: string, options: ReadOptions & { limit: string }) => {
        const request = { ...questionOf(options), file: resolve(file), sourceName: basename(file) };
        const limit = wholeNumber('--limit', options.limit, 0);
        const { summary, problems } = await checkFile(findProgramFiles(), request, { limit, signal: run.signal });
        const { rows, valid, warning, error, findings, blankLines, reading } = summary;
        return {
          json: { rows, valid, warning, error, findings, blankLines, reading, problems },
          text: [
            `${plural(rows, 'row')}, ${valid} valid in form, ${warning} with warnings, ${error} with errors.`,
            ...describeFindings(summary),
            ...describeReading(reading, blankLines),
            ...problems.flatMap(({ line, findings: found }) =>
              found
                .filter(({ level }) => level !== 'info')
                .map(({ level, code, message }) => `line ${line}  ${level} ${code}: ${message}`),
            ),
            'No line was looked up and nothing is kept: sign in and import the list to go on.',
          ].join('\n'),
        };
      }),
    );
};

export const registerImport: Registration = (program, act) => {
  withReading(program.command('import <file>'))
    .description('read and check a list of swaps (CSV, TSV or XLSX); makes a draft')
    .requiredOption('--provider <name>')
    .option('--preview', 'only show how the file would be read')
    .option('--customer <name>', 'for every row that names none')
    .option('--rate-plan <code>', 'for every row that names none')
    .option('--rate-pool <name>', 'for every row that names none')
    .option('--effective-date <date>', 'YYYY-MM-DD, for every row that names none')
    .action(
      act(async (run, file: string, options: ImportOptions) => {
        const question = questionOf(options);
        const { session, devices, imports, bringUpToDate } = await run.workspace('drafts.edit');
        await bringUpToDate();
        const provider = await devices.provider(session, options.provider);
        const request = { ...question, file: resolve(file), sourceName: basename(file), providerUid: provider.uid };
        if (options.preview === true) {
          const preview = await imports.preview(request);
          return { json: preview, text: describePreview(preview) };
        }
        const summary = await imports.importFile(
          { ...request, ...defaultsOf(options), continueDraftId: null, createdBy: session.userName },
          { signal: run.signal },
        );
        const { uid: _uid, ...json } = summary;
        return { json, text: describeImport(summary) };
      }),
    );
};

function questionOf(options: ReadOptions): Pick<ImportRequest, 'changeType' | 'look' | 'map'> {
  const { type, encoding, delimiter, sheet, headingRow } = options;
  return {
    changeType: type === undefined ? null : oneOf('--type', type, changeTypeSchema.options),
    look: {
      encoding: encoding === undefined ? null : oneOf('--encoding', encoding.toLowerCase(), encodingSchema.options),
      delimiter: delimiter === undefined ? null : delimiterOf(delimiter),
      sheet: sheet ?? null,
      headingRow: headingRow === undefined ? null : wholeNumber('--heading-row', headingRow, 0),
    },
    map: options.map.map(mapping),
  };
}

function delimiterOf(text: string): Delimiter {
  const named = DELIMITER_NAMES[text.toLowerCase()] ?? (text === '\\t' ? '\t' : text);
  const known = delimiterSchema.safeParse(named);
  if (known.success) return known.data;
  throw usageError({
    code: 'argument-refused',
    what: `--delimiter must be ${Object.keys(DELIMITER_NAMES).join(', ')} or the sign itself`,
    where: text,
  });
}

function defaultsOf(options: ImportOptions): Partial<ImportRequest> {
  const { customer, ratePlan, ratePool, effectiveDate } = options;
  return {
    ...(customer === undefined ? {} : { customer }),
    ...(ratePlan === undefined ? {} : { ratePlan }),
    ...(ratePool === undefined ? {} : { ratePool }),
    ...(effectiveDate === undefined ? {} : { effectiveDate }),
  };
}

function describeImport(summary: ImportSummary): string {
  const { draftId, rows, valid, warning, error, replaced } = summary;
  return [
    ...(replaced === null ? [] : [`${plural(replaced, 'row')} of draft ${draftId} replaced.`]),
    `Draft ${draftId}: ${plural(rows, 'row')}, ${valid} valid, ${warning} with warnings, ${error} with errors.`,
    ...describeFindings(summary),
    ...describeReading(summary.reading, summary.blankLines),
  ].join('\n');
}

function describeFindings({ findings }: Pick<ImportSummary, 'findings'>): readonly string[] {
  const codes = Object.entries(findings).sort(([, one], [, other]) => other - one);
  return codes.map(([code, count]) => `  ${String(count).padStart(6)}  ${code}`);
}

function mapping(text: string): MappedColumn {
  const cut = text.lastIndexOf('=');
  const heading = text.slice(0, cut).trim();
  if (cut < 1 || heading === '') {
    throw usageError({ code: 'argument-refused', what: '--map must be "Heading=field"', where: text });
  }
  const named = text.slice(cut + 1).trim();
  if (named === 'ignore') return { column: heading, field: null };
  return { column: heading, field: oneOf('the field of --map', named, fieldSchema.options) };
}
