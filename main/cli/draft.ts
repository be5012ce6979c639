import { verdictSchema } from '../../shared/domain/finding';
import { draftSortSchema } from '../../shared/contract/drafts';
import type { RowSort, SharedDraft } from '../services/drafts';
import { carrierPlan, oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';
import { addEdits } from './draft-edit';
import { addExport } from './draft-export';
import { EXCLUDED, filterOf, type FilterOptions } from './draft-target';
import { table, type CommandResult } from './output';
import { planText } from './plan-text';
import { describePair } from './wording';

export const registerDraft: Registration = (program, act) => {
  const draft = program.command('draft').description('lists that are checked and not submitted yet');
  addList(draft, act);
  addShow(draft, act);
  addPlan(draft, act);
  addRename(draft, act);
  addDelete(draft, act);
  addEdits(draft, act);
  addExport(draft, act);
};

const addList: Registration = (draft, act) => {
  draft
    .command('list')
    .description('every draft on this desktop')
    .option('--shared', 'drafts that were handed over and wait for somebody')
    .action(
      act(async (run, options: { shared?: boolean }) => {
        const { drafts } = await run.workspace('drafts.edit');
        if (options.shared === true) return describeShared(await drafts.shared());
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

interface ShowOptions extends FilterOptions {
  readonly sort: string;
  readonly limit: string;
  readonly offset: string;
}

const SORTS = draftSortSchema.shape.by.options;

function sortOf(text: string): RowSort {
  const [by = '', direction = 'asc', ...more] = text.split(':');
  return {
    by: oneOf('--sort', by, SORTS),
    direction:
      oneOf('the direction of --sort', [direction, ...more].join(':'), ['asc', 'desc'] as const) === 'asc'
        ? 'ascending'
        : 'descending',
  };
}

function describeShared(shared: readonly SharedDraft[]): CommandResult {
  return {
    json: { shared },
    text:
      shared.length === 0
        ? 'No shared drafts.'
        : table(
            ['uid', 'name', 'provider', 'type', 'rows', 'from', 'note'],
            shared.map((one) => [
              one.uid,
              one.name,
              one.providerName,
              one.changeType,
              one.rows,
              one.sharedBy,
              one.note,
            ]),
          ),
  };
}

const addShow: Registration = (draft, act) => {
  draft
    .command('show <id>')
    .description('rows with their findings')
    .option('--only <verdict>', verdictSchema.options.join(' | '))
    .option('--finding <code>', 'rows with this finding')
    .option('--text <text>', 'rows with this part of an identifier, name, note or finding')
    .option('--excluded <which>', EXCLUDED.join(' | '), 'any')
    .option('--sort <field>', `${SORTS.join(' | ')}; with :desc behind it, downwards`, 'row')
    .option('--limit <n>', 'rows to show', '200')
    .option('--offset <n>', 'rows to skip', '0')
    .action(
      act(async (run, id: string, options: ShowOptions) => {
        const { drafts } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const { total, rows } = await drafts.rows(found.id, {
          limit: wholeNumber('--limit', options.limit),
          offset: wholeNumber('--offset', options.offset, 0),
          filter: filterOf(options),
          sort: sortOf(options.sort),
        });
        return {
          json: { ...found, total, rows },
          text: [
            `Draft ${found.id} "${found.name}": ${total} rows here, ${rows.length} shown.`,
            ...rows.flatMap((row) => [
              `row ${row.row}, line ${row.line}  ${(row.excluded ? 'left out' : row.verdict).padEnd(8)}  ${describePair(row.old)} → ${describePair(row.new)}`,
              ...row.overrides.map(({ code, by, reason }) => `    accepted ${code} by ${by}: ${reason}`),
              ...row.findings.map((finding) => `    ${finding.level} ${finding.code}: ${finding.message}`),
            ]),
          ].join('\n'),
        };
      }),
    );
};

interface PlanOptions {
  readonly only?: string;
  readonly acceptWarnings?: boolean;
  readonly carrierPlan?: string;
  readonly limit: string;
}

const addPlan: Registration = (draft, act) => {
  draft
    .command('plan <id>')
    .description('the dry run: every exact request, and the hash that submit binds to')
    .option('--only <verdict>', 'valid')
    .option('--accept-warnings', 'with the rows that have warnings')
    .option('--carrier-plan <code>', 'plan of the carrier that each line is given by the same call')
    .option('--limit <n>', 'requests to show; the hash is about all of them', '1000')
    .action(
      act(async (run, id: string, options: PlanOptions) => {
        const { drafts, devices, session } = await run.workspace('drafts.edit');
        const found = await drafts.get(id);
        const provider = await devices.provider(session, found.providerUid);
        const onlyValid = options.only !== undefined && oneOf('--only', options.only, ['valid'] as const) === 'valid';
        const choice = {
          onlyValid,
          acceptWarnings: options.acceptWarnings === true,
          carrierPlan: carrierPlan('--carrier-plan', options.carrierPlan),
        };
        const plan = await drafts.plan(found, provider, choice, wholeNumber('--limit', options.limit, 0));
        return { json: plan, text: planText(plan) };
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
