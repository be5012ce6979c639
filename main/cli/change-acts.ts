import { FIELD_STEPS } from '../../shared/domain/control';
import type { BulkChange, ChangesService } from '../services/changes';
import { oneOf, wholeNumber } from './arguments';
import type { Act, Registration } from './command';
import { plural, table } from './output';
import { describeCounts, describePair } from './wording';

/** What a person does with a submitted change. */
export const registerChangeActs: Registration = (change, act) => {
  addHold(change, act, 'pause', 'send nothing more of it until it is resumed');
  addHold(change, act, 'resume', 'go on; failures so far are accepted');
  addHold(change, act, 'stop', 'stop after the row that is being sent; the rest waits for resume or cancel');
  addCancel(change, act);
  addRetry(change, act);
  addRollback(change, act);
  addClusters(change, act);
  addEta(change, act);
  addTimeline(change, act);
  addTick(change, act);
  addSilent(change, act);
};

function addHold(
  change: Parameters<Registration>[0],
  act: Act,
  verb: keyof Pick<ChangesService, 'pause' | 'resume' | 'stop'>,
  about: string,
): void {
  change
    .command(`${verb} <id>`)
    .description(about)
    .option('--note <text>', 'why; kept in the audit trail', '')
    .action(
      act(async (run, id: string, options: { note: string }) => {
        const { changes, session } = await run.workspace('changes.control');
        const done = await changes[verb](id, { by: session.userName, note: options.note });
        return { json: shown(done), text: `Change ${done.id}: ${done.control.state}. ${describeCounts(done.counts)}.` };
      }),
    );
}

function shown({ id, rows, ...rest }: BulkChange) {
  return { bulkChangeId: id, ...rest, rowCount: rows };
}

const addCancel: Registration = (change, act) => {
  change
    .command('cancel <id>')
    .description('give up every row that was not sent; those that were are followed to their end')
    .option('--note <text>', 'why; kept in the audit trail', '')
    .action(
      act(async (run, id: string, options: { note: string }) => {
        const { changes, session } = await run.workspace('changes.control');
        const done = await changes.cancel(id, { by: session.userName, note: options.note });
        return {
          json: { cancelled: done.cancelled, ...shown(done.change) },
          text: `${plural(done.cancelled, 'row')} cancelled. ${describeCounts(done.change.counts)}.`,
        };
      }),
    );
};

const addRetry: Registration = (change, act) => {
  change
    .command('retry <id>')
    .description('send failed rows again; an unproven send is read back first')
    .option('--row <n...>', 'only these')
    .option('--cluster <key>', 'only the rows of a failure cluster (change clusters)')
    .action(
      act(async (run, id: string, options: { row?: string[]; cluster?: string }) => {
        const { changes, session } = await run.workspace('changes.control');
        const choice = {
          ...(options.row === undefined ? {} : { rows: options.row.map((row) => wholeNumber('--row', row)) }),
          ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
        };
        const done = await changes.retry(id, choice, { by: session.userName, note: '' });
        return {
          json: done,
          text: [
            `${plural(done.retried, 'row')} to be sent again; \`swapdesk run\` works on them.`,
            ...done.refused.map(({ row, why }) => `  row ${row}: not now, ${why}`),
          ].join('\n'),
          failed: done.retried === 0,
        };
      }),
    );
};

const addRollback: Registration = (change, act) => {
  change
    .command('rollback <id>')
    .description('submit the inverse of the rows that are unchanged since')
    .option('--plan', 'only show what it would do')
    .option('--row <n...>', 'only these')
    .action(
      act(async (run, id: string, options: { plan?: boolean; row?: string[] }) => {
        const workspace = await run.workspace(options.plan === true ? 'changes.read' : 'changes.submit');
        const { changes, session } = workspace;
        if (options.plan === true) {
          const plan = await changes.rollbackPlan(id, { limit: 500, offset: 0 });
          const { reversible, conditional, not } = plan.counts;
          return {
            json: plan,
            text: [
              `${reversible} reversible, ${conditional} under a condition, ${not} not.`,
              table(
                ['row', 'MDN', 'from', 'to', 'reversible', 'why'],
                plan.rows.map((row) => [
                  row.row,
                  row.mdn,
                  describePair(row.from),
                  describePair(row.to),
                  row.reversibility.kind,
                  row.reversibility.why,
                ]),
              ),
            ].join('\n'),
          };
        }
        await workspace.bringUpToDate();
        const rows = options.row === undefined ? null : options.row.map((row) => wholeNumber('--row', row));
        const begun = await changes.rollback(session, id, rows);
        const note = await workspace.enrolIfReachable();
        const left = begun.left === 0 ? '' : ` ${plural(begun.left, 'row')} can’t be taken back.`;
        return {
          json: begun,
          text: `Change ${begun.bulkChangeId} takes back ${plural(begun.rows, 'row')}.${left} ${note}`,
        };
      }),
    );
};

const addClusters: Registration = (change, act) => {
  change
    .command('clusters <id>')
    .description('failed rows by cause, each with what to do')
    .action(
      act(async (run, id: string) => {
        const { changes } = await run.workspace('changes.read');
        const clusters = await changes.clusters(id);
        return {
          json: { clusters },
          text:
            clusters.length === 0
              ? 'Nothing failed.'
              : table(
                  ['cluster', 'rows', 'cause', 'in common', 'what to do'],
                  clusters.map((one) => [
                    one.key,
                    one.rows,
                    one.cause,
                    one.shared === null ? '' : `${one.shared.attribute} ${one.shared.value}`,
                    one.action.label,
                  ]),
                ),
        };
      }),
    );
};

const addEta: Registration = (change, act) => {
  change
    .command('eta <id>')
    .description('when the rest will have ended, as a range')
    .action(
      act(async (run, id: string) => {
        const { changes } = await run.workspace('changes.read');
        const eta = await changes.eta(id);
        return {
          json: { eta },
          text: eta === null ? 'Nothing is under way.' : `Between ${eta.earliest} and ${eta.latest} (${eta.basis}).`,
        };
      }),
    );
};

const addTimeline: Registration = (change, act) => {
  change
    .command('timeline <id> <row>')
    .description('everything that happened to one row')
    .action(
      act(async (run, id: string, row: string) => {
        const { changes } = await run.workspace('changes.read');
        const steps = await changes.timeline(id, wholeNumber('the row', row));
        return {
          json: { steps },
          text: steps.map(({ at, action, actor }) => `${at}  ${action.padEnd(22)}  ${actor}`).join('\n'),
        };
      }),
    );
};

const addTick: Registration = (change, act) => {
  change
    .command('tick <id> <row> <step>')
    .description(`tick a step in the field: ${FIELD_STEPS.join(', ')}`)
    .option('--undo', 'take the tick away')
    .action(
      act(async (run, id: string, row: string, step: string, options: { undo?: boolean }) => {
        const { changes, session } = await run.workspace('changes.control');
        const known = oneOf('the step', step, FIELD_STEPS);
        const act = { by: session.userName, note: '' };
        const done = await changes.tick(id, wholeNumber('the row', row), known, options.undo !== true, act);
        return { json: done, text: `Row ${done.row}: ${(done.checklist ?? []).join(', ') || 'nothing'} done.` };
      }),
    );
};

const addSilent: Registration = (change, act) => {
  change
    .command('silent')
    .description('lines that were confirmed and not seen on the network since')
    .option('--hours <n>', 'for at least so long', '12')
    .action(
      act(async (run, options: { hours: string }) => {
        const { changes } = await run.workspace('changes.read');
        const hours = wholeNumber('--hours', options.hours, 0);
        const lines = await changes.silent(hours * 3_600_000, 500);
        return {
          json: { lines },
          text:
            lines.length === 0
              ? 'Every confirmed line was seen.'
              : table(
                  ['change', 'row', 'MDN', 'new', 'confirmed'],
                  lines.map((one) => [one.changeId, one.row, one.mdn, describePair(one.new), one.confirmedAt]),
                ),
        };
      }),
    );
};
