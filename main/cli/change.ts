import { deviceChangeStatusSchema, type DeviceChangeStatus } from '../../shared/domain/change';
import type { BulkChange, ChangesService, DeviceChangeRow } from '../services/changes';
import { oneOf } from './arguments';
import type { Registration } from './command';
import { table } from './output';
import { registerChangeActs } from './change-acts';
import { describeControl, describeCounts, describePair } from './wording';

/** Rows of one change that `change show --rows` reads at a time. */
const PAGE = 500;

export const registerChange: Registration = (program, act) => {
  const change = program.command('change').description('submitted bulk changes');
  addList(change, act);
  addShow(change, act);
  registerChangeActs(change, act);
};

const addList: Registration = (change, act) => {
  change
    .command('list')
    .description('every bulk change of this desktop, newest first')
    .action(
      act(async (run) => {
        const { changes } = await run.workspace('changes.read');
        const { changes: list } = await changes.list({ limit: PAGE, offset: 0 });
        return {
          json: { changes: list.map(summaryOf) },
          text:
            list.length === 0
              ? 'No changes.'
              : table(
                  ['change', 'name', 'provider', 'type', 'status', 'rows', 'counts', 'by', 'made'],
                  list.map((one) => [
                    one.id,
                    one.name,
                    one.providerName,
                    one.changeType,
                    one.status,
                    one.rows,
                    describeCounts(one.counts),
                    one.createdBy,
                    one.createdAt,
                  ]),
                ),
        };
      }),
    );
};

const addShow: Registration = (change, act) => {
  change
    .command('show <id>')
    .description('one bulk change, with its rows if wanted')
    .option('--rows', 'with every row')
    .option('--only <status>', deviceChangeStatusSchema.options.join(' | '))
    .action(
      act(async (run, id: string, options: { rows?: boolean; only?: string }) => {
        const { changes } = await run.workspace('changes.read');
        const found = await changes.get(id);
        const only =
          options.only === undefined ? {} : { only: oneOf('--only', options.only, deviceChangeStatusSchema.options) };
        const rows =
          options.rows === true || options.only !== undefined ? await allRows(changes, found.id, only) : null;
        return {
          json: { ...summaryOf(found), ...(rows === null ? {} : { rows }) },
          text: [
            `Change ${found.id} "${found.name}" · ${found.changeType} · ${found.providerName} · ${found.status}`,
            describeCounts(found.counts),
            ...describeControl(found),
            ...(rows ?? []).map(
              (row) =>
                `${String(row.row).padStart(6)}  ${row.status.padEnd(12)}  ${describePair(row.old)} → ${describePair(row.new)}${
                  row.error === null ? '' : `  ${row.error.code}: ${row.error.message}`
                }`,
            ),
          ].join('\n'),
        };
      }),
    );
};

/** As scripts read it: `rowCount` is a number, `rows` are the rows. */
function summaryOf({ id, rows, ...rest }: BulkChange) {
  return { bulkChangeId: id, ...rest, rowCount: rows };
}

async function allRows(
  changes: Pick<ChangesService, 'rows'>,
  changeId: number,
  only: { only?: DeviceChangeStatus },
): Promise<readonly DeviceChangeRow[]> {
  const rows: DeviceChangeRow[] = [];
  for (;;) {
    const page = await changes.rows(changeId, { ...only, limit: PAGE, offset: rows.length });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) return rows;
  }
}
