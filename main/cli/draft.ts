import { verdictSchema } from '../../shared/domain/finding';
import { oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';
import { table } from './output';
import { describePair } from './wording';

export const registerDraft: Registration = (program, act) => {
  const draft = program.command('draft').description('lists that are checked and not submitted yet');
  addList(draft, act);
  addShow(draft, act);
  addPlan(draft, act);
  addRename(draft, act);
  addDelete(draft, act);
};

const addList: Registration = (draft, act) => {
  draft
    .command('list')
    .description('every draft on this desktop')
    .action(
      act(async (run) => {
        const { drafts } = await run.workspace('drafts.edit');
        const list = await drafts.list();
        return {
          json: { drafts: list },
          text:
            list.length === 0
              ? 'No drafts.'
              : table(
                  ['draft', 'name', 'provider', 'type', 'rows', 'valid', 'warning', 'error', 'made'],
                  list.map((one) => [
                    one.id,
                    one.name,
                    one.providerName,
                    one.changeType,
                    one.rows,
                    one.valid,
                    one.warning,
                    one.error,
                    one.createdAt,
                  ]),
                ),
        };
      }),
    );
};

const addShow: Registration = (draft, act) => {
  draft
    .command('show <id>')
    .description('rows with their findings')
    .option('--only <verdict>', verdictSchema.options.join(' | '))
    .option('--limit <n>', 'rows to show', '200')
    .option('--offset <n>', 'rows to skip', '0')
    .action(
      act(async (run, id: string, options: { only?: string; limit: string; offset: string }) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const { total, rows } = await drafts.rows(found.id, {
          limit: wholeNumber('--limit', options.limit),
          offset: wholeNumber('--offset', options.offset, 0),
          ...(options.only === undefined ? {} : { only: oneOf('--only', options.only, verdictSchema.options) }),
        });
        return {
          json: { ...found, total, rows },
          text: [
            `Draft ${found.id} "${found.name}": ${total} rows here, ${rows.length} shown.`,
            ...rows.flatMap((row) => [
              `line ${row.line}  ${row.verdict.padEnd(7)}  ${describePair(row.old)} → ${describePair(row.new)}`,
              ...row.findings.map((finding) => `    ${finding.level} ${finding.code}: ${finding.message}`),
            ]),
          ].join('\n'),
        };
      }),
    );
};

const addPlan: Registration = (draft, act) => {
  draft
    .command('plan <id>')
    .description('the dry run: every exact request, and the hash that submit binds to')
    .option('--only <verdict>', 'valid')
    .option('--accept-warnings', 'with the rows that have warnings')
    .action(
      act(async (run, id: string, options: { only?: string; acceptWarnings?: boolean }) => {
        const { drafts, devices, session } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const provider = await devices.provider(session, found.providerUid);
        const onlyValid = options.only !== undefined && oneOf('--only', options.only, ['valid'] as const) === 'valid';
        const plan = await drafts.plan(found, provider, { onlyValid, acceptWarnings: options.acceptWarnings === true });
        const { least, most } = plan.expectedSeconds;
        return {
          json: plan,
          text: [
            `${plan.rows} requests, ${plan.skipped} rows left out, about ${Math.ceil(least)} to ${Math.ceil(most)} s.`,
            ...plan.requests.map(({ row, method, path, body }) => `${row}\t${method} ${path} ${JSON.stringify(body)}`),
            `plan ${plan.planHash}`,
          ].join('\n'),
        };
      }),
    );
};

const addRename: Registration = (draft, act) => {
  draft
    .command('rename <id> <name>')
    .description('give a draft another name')
    .action(
      act(async (run, id: string, name: string) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        await drafts.rename(found.id, name);
        return { json: { draftId: found.id, name }, text: `Draft ${found.id} is now "${name}".` };
      }),
    );
};

const addDelete: Registration = (draft, act) => {
  draft
    .command('delete <id>')
    .description('delete a draft with its rows')
    .action(
      act(async (run, id: string) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        await drafts.delete(found.id);
        return {
          json: { draftId: found.id, deleted: true, rows: found.rows },
          text: `Deleted draft ${found.id} with ${found.rows} rows.`,
        };
      }),
    );
};
