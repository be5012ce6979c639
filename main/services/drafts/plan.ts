import { workFailed } from '../../../shared/domain/fault';
import type { Verdict } from '../../../shared/domain/finding';
import type { ReadDb, Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';
import { rowsAfter } from './drafts.repo';
import { createSendingOrder, freedBy, wantedBy, type FreedBy } from './plan-order.rules';
import { createPlanTotals, planRow, startPlanHash } from './plan.rules';
import type { Draft, DraftPlan, DraftRow, LeftOutRow, PlannedRequest, RowChoice, TakenRow, TakenRows } from './types';

/** Rows between two pauses for others: about 10 ms of work. */
const PLANNED_AT_ONCE = 500;

/**
 * The dry run: the requests in the order of sending, and the hash that submit and approval bind to.
 *
 * @param shown requests that are handed out; everything else is about all of them
 */
export async function planDraft(
  db: ReadDb,
  draft: Draft,
  provider: Provider,
  choice: RowChoice,
  shown: number,
): Promise<DraftPlan> {
  const hash = startPlanHash(draft, provider);
  const totals = createPlanTotals(draft, provider);
  const requests: PlannedRequest[] = [];
  const freed = await findFreed(db, draft, choice);
  const freeing = freeingRows(freed);
  const carrierPlan = choice.carrierPlan ?? null;
  const leftOut = await inOrder(db, draft, choice, freed, (row) => {
    const planned = planRow(draft, provider, row, { freeing, carrierPlan });
    for (const request of planned) if (requests.length < shown) requests.push(request);
    hash.add(row, planned);
    totals.add(row, planned);
  });
  return { ...totals.end(leftOut), requests, planHash: hash.end() };
}

/**
 * The rows of the plan with what they wait for, read inside the caller's transaction, and their hash: that of the plan, if
 * and only if nothing has changed since.
 */
export async function takePlanned(trx: Trx, draft: Draft, provider: Provider, choice: RowChoice): Promise<TakenRows> {
  const rows: TakenRow[] = [];
  const hash = startPlanHash(draft, provider);
  const carrierPlan = choice.carrierPlan ?? null;
  await inOrder(trx, draft, choice, await findFreed(trx, draft, choice), (row) => {
    rows.push(row);
    hash.add(row, planRow(draft, provider, row, { freeing: NO_ROWS, carrierPlan }));
  });
  return { rows, planHash: hash.end() };
}

const NO_ROWS: ReadonlySet<number> = new Set();

async function inOrder(
  db: ReadDb | Trx,
  draft: Draft,
  choice: RowChoice,
  freed: FreedBy,
  each: (row: TakenRow) => void,
): Promise<readonly LeftOutRow[]> {
  const order = createSendingOrder(draft.changeType, freed);
  for await (const rows of pages(db, draft, choice)) {
    refuseUnchecked(rows, draft.id);
    for (const row of rows) order.take(row).forEach(each);
  }
  return order.leftOut();
}

/** Two more walks through the draft, and only when a row of it waits for another. */
async function findFreed(db: ReadDb | Trx, draft: Draft, choice: RowChoice): Promise<FreedBy> {
  if ((draft.findings['chain'] ?? 0) === 0) return new Map();
  const wanted = new Set<string>();
  for await (const rows of pages(db, draft, choice)) {
    for (const key of wantedBy(rows, draft.changeType)) wanted.add(key);
  }
  const freed = new Map<string, number>();
  for await (const rows of pages(db, draft, choice)) {
    for (const [key, row] of freedBy(rows, draft.changeType, wanted)) freed.set(key, row);
  }
  return freed;
}

function freeingRows(freed: FreedBy): ReadonlySet<number> {
  return new Set(freed.values());
}

async function* pages(db: ReadDb | Trx, draft: Draft, choice: RowChoice): AsyncGenerator<readonly DraftRow[]> {
  for (let last = 0; ;) {
    const rows = await rowsAfter(db, draft.id, verdictsOf(choice), last, PLANNED_AT_ONCE);
    if (rows.length > 0) yield rows;
    if (rows.length < PLANNED_AT_ONCE) return;
    last = rows.at(-1)?.row ?? last;
  }
}

/** Errors never go; warnings only when somebody has accepted them. */
function verdictsOf(choice: RowChoice): readonly Verdict[] {
  return choice.acceptWarnings ? ['valid', 'warning'] : ['valid'];
}

/** A list that was imported before the first sync is right in form only: nobody knows its lines yet. */
function refuseUnchecked(rows: readonly DraftRow[], draftId: number): void {
  const unchecked = rows.find((row) => row.deviceId === null);
  if (unchecked === undefined) return;
  throw workFailed({
    code: 'lines-not-checked',
    what: 'The lines of the draft were never looked up',
    where: `draft ${draftId}, line ${unchecked.line} of the file`,
    why: 'the local copy of the lines was empty when the file was imported',
    todo: 'Run sync, then import the file again.',
  });
}
