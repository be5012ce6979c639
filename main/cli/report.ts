import { resolve } from 'node:path';
import { oneOf } from './arguments';
import type { Registration } from './command';

export const registerReport: Registration = (program, act) => {
  program
    .command('report <change>')
    .description('the audit report of a bulk change')
    .requiredOption('--format <format>', 'pdf | csv | json')
    .requiredOption('--out <file>')
    .action(
      act(async (run, id: string, options: { format: string; out: string }) => {
        const { changes, reports } = await run.workspace('reports.read');
        const format = oneOf('--format', options.format, ['pdf', 'csv', 'json'] as const);
        const change = await changes.get(id);
        const written = await reports.write(change.uid, format, resolve(options.out));
        return {
          json: { ...written, format, bulkChangeId: change.id },
          text: `Wrote the report of change ${change.id} (${written.rows} rows) to ${written.file}. SHA-256 ${written.sha256}`,
        };
      }),
    );
};
