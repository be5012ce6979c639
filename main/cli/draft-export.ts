import { extname, resolve } from 'node:path';
import { usageError } from '../../shared/domain/fault';
import { verdictSchema } from '../../shared/domain/finding';
import { oneOf } from './arguments';
import type { Registration } from './command';
import { plural } from './output';

export const addExport: Registration = (draft, act) => {
  draft
    .command('export <id>')
    .description('save rows with their reasons; correct them and import the file again to go on with the draft')
    .requiredOption('--out <file>', 'ends in .xlsx or .csv')
    .option('--only <verdict>', `${verdictSchema.options.join(' | ')}; errors and warnings if left out`)
    .action(
      act(async (run, id: string, options: { out: string; only?: string }) => {
        const format = formatOf(options.out);
        const verdicts =
          options.only === undefined
            ? (['error', 'warning'] as const)
            : [oneOf('--only', options.only, verdictSchema.options)];
        const { drafts, problemRows } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const written = await problemRows.write(found, verdicts, format, resolve(options.out));
        return {
          json: { draftId: found.id, ...written },
          text: `${plural(written.rows, 'row')} of draft ${found.id} written to ${written.file}. Import that file to go on.`,
        };
      }),
    );
};

function formatOf(file: string): 'csv' | 'xlsx' {
  const ending = extname(file).toLowerCase();
  if (ending === '.csv' || ending === '.xlsx') return ending === '.csv' ? 'csv' : 'xlsx';
  throw usageError({ code: 'argument-refused', what: '--out must end in .xlsx or .csv', where: file });
}
