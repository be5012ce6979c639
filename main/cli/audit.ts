import { resolve } from 'node:path';
import { auditStreamSchema } from '../../shared/domain/audit';
import type { AuditSearch, VerifyResult } from '../services/audit';
import { oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';

interface SearchOptions {
  readonly change?: string;
  readonly device?: string;
  readonly actor?: string;
  readonly since?: string;
  readonly stream?: string;
  readonly limit?: string;
  readonly offset?: string;
}

export const registerAudit: Registration = (program, act) => {
  const audit = program.command('audit').description('the tamper-evident trail');
  addSearch(audit, act);
  addVerify(audit, act);
  addExport(audit, act);
};

const addSearch: Registration = (audit, act) => {
  audit
    .command('search [text]')
    .description('entries, newest first')
    .option('--change <id>', 'of one bulk change (number or uid)')
    .option('--device <id>', 'of one line (its number)')
    .option('--actor <user>')
    .option('--since <time>', 'ISO 8601, e.g. 2026-11-24 or 2026-11-24T08:00:00Z')
    .option('--stream <stream>', auditStreamSchema.options.join(' | '))
    .option('--limit <n>', 'entries to show', '100')
    .option('--offset <n>', 'entries to skip', '0')
    .action(
      act(async (run, text: string | undefined, options: SearchOptions) => {
        const workspace = await run.workspace('audit.read');
        const change = options.change === undefined ? undefined : (await workspace.changes.get(options.change)).uid;
        const { total, entries } = await workspace.audit.search({
          ...filters(text, options, change),
          limit: wholeNumber('--limit', options.limit ?? '100'),
          offset: wholeNumber('--offset', options.offset ?? '0', 0),
        });
        return {
          json: { total, entries },
          text: [
            `${total} entries, ${entries.length} shown.`,
            ...entries.map(
              (entry) =>
                `${entry.at}  ${entry.actor.padEnd(12)}  ${entry.action.padEnd(24)}  ${entry.row === null ? '' : `row ${entry.row}  `}${JSON.stringify(entry.details)}`,
            ),
          ].join('\n'),
        };
      }),
    );
};

const addVerify: Registration = (audit, act) => {
  audit
    .command('verify [file]')
    .description('check every chain, or an exported JSON file')
    .action(
      act(async (run, file: string | undefined) => {
        const workspace = await run.workspace('audit.read');
        const verdict =
          file === undefined
            ? await workspace.audit.verify(await workspace.sync.centralHeads())
            : await workspace.audit.verifyFile(resolve(file));
        return { json: verdict, text: describeVerdict(verdict), failed: !verdict.ok };
      }),
    );
};

const addExport: Registration = (audit, act) => {
  audit
    .command('export')
    .description('write the trail to a file')
    .requiredOption('--format <format>', 'csv | json')
    .requiredOption('--out <file>')
    .option('--change <id>', 'of one bulk change (number or uid)')
    .option('--device <id>', 'of one line (its number)')
    .option('--actor <user>')
    .option('--since <time>')
    .option('--stream <stream>', auditStreamSchema.options.join(' | '))
    .action(
      act(async (run, options: SearchOptions & { format: string; out: string }) => {
        const workspace = await run.workspace('audit.export');
        const format = oneOf('--format', options.format, ['csv', 'json'] as const);
        const file = resolve(options.out);
        const change = options.change === undefined ? undefined : (await workspace.changes.get(options.change)).uid;
        const { entries } = await workspace.audit.export(format, file, filters(undefined, options, change));
        return { json: { file, format, entries }, text: `Wrote ${entries} entries to ${file}.` };
      }),
    );
};

function filters(
  text: string | undefined,
  options: SearchOptions,
  change: string | undefined,
): Omit<AuditSearch, 'limit' | 'offset'> {
  return {
    ...(text === undefined ? {} : { text }),
    ...(change === undefined ? {} : { change }),
    ...(options.device === undefined ? {} : { deviceId: wholeNumber('--device', options.device) }),
    ...(options.actor === undefined ? {} : { actor: options.actor }),
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(options.stream === undefined ? {} : { stream: oneOf('--stream', options.stream, auditStreamSchema.options) }),
  };
}

function describeVerdict(verdict: VerifyResult): string {
  return verdict.ok
    ? `${verdict.entries} entries in ${verdict.chains} chains: unbroken.`
    : `Chain ${verdict.chain}, entry ${verdict.seq}: ${verdict.problem}. ${verdict.detail}`;
}
