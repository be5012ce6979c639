import type { DraftPlan } from '../services/drafts';

/** The dry run for reading: what is sent in which order, what it depends on, and what it uses up. */
export function planText(plan: DraftPlan): string {
  const { expectedSeconds, leftOut, quotas, reversibility } = plan;
  const { least, most } = expectedSeconds;
  const more = plan.rows + plan.deletes - plan.requests.length;
  const waits = (after: readonly number[]): string => (after.length === 0 ? '' : `  after row ${after.join(', ')}`);
  return [
    `${plan.rows} rows, ${plan.deletes} deletions before them, ${plan.skipped} rows left out, ` +
      `about ${Math.ceil(least)} to ${Math.ceil(most)} s.`,
    `Can be taken back: ${reversibility.reversible}; on conditions: ${reversibility.conditional}; not: ${reversibility.not}.`,
    `Plan changes at the carrier: ${quotas.planChanges} (a line may have ${quotas.planChangesAMonth} a month). ` +
      `Lines with ${quotas.actionsADay} changes today already: ${quotas.linesAtLimit}.`,
    ...(plan.nothingToDo === 0 ? [] : [`Rows with nothing to do: ${plan.nothingToDo}.`]),
    ...leftOut.map(({ line, why }) => `line ${line} is left out: ${why}.`),
    ...plan.requests.map(
      ({ row, purpose, method, path, body, after, reversibility: { kind, why } }) =>
        `${row}\t${method} ${path} ${JSON.stringify(body)}${waits(after)}` +
        (purpose === 'swap' && kind === 'reversible' ? '' : `\n\t${kind}: ${why}`),
    ),
    ...(more === 0 ? [] : [`${more} more requests are not shown; see --limit.`]),
    `plan ${plan.planHash}`,
  ].join('\n');
}
