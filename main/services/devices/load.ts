import type { CentralTrx } from '../../centraldb';
import { fail, ok, type Result } from '../../../shared/domain/result';
import { ensureNames, matchLines, storeLines, type DecidedRow } from './lines.repo';
import { createTaken, decideLoad, repeatedIn, type Authority } from './load.rules';
import type { LoadRow } from './row.rules';
import type { LoadResult } from './types';

/** A row that was read, or why it can't be. */
export interface ReadRow {
  readonly lineNo: number;
  readonly row: Result<LoadRow, string>;
}

export interface LoadPlan {
  readonly providerId: number;
  readonly authority: Authority;
  readonly seesAllCustomers: boolean;
}

const HIDDEN_OWNER = 'its ICCID or IMEI belongs to a line that you may not see';

/** Runs one batch in a transaction: its own, or one that holds the whole load. */
export type InTransaction = <T>(fn: (trx: CentralTrx) => Promise<T>) => Promise<T>;

/** Stores batches of rows. A refused row is reported and the others go on. */
export async function loadLines(
  inTransaction: InTransaction,
  plan: LoadPlan,
  batches: AsyncIterable<readonly ReadRow[]>,
): Promise<LoadResult> {
  const taken = createTaken();
  const refused: { lineNo: number; reason: string }[] = [];
  const total = { read: 0, inserted: 0, updated: 0, unchanged: 0 };
  const refuse = (lineNo: number, reason: string): void => void refused.push({ lineNo, reason });

  for await (const batch of batches) {
    total.read += batch.length;
    const rows: LoadRow[] = [];
    for (const { lineNo, row } of batch) {
      const reason = row.ok ? repeatedIn(taken, row.value) : row.error;
      if (row.ok && reason === null) rows.push(row.value);
      else refuse(lineNo, reason ?? '');
    }
    const stored = await inTransaction(async (trx) => {
      const decided = await decideBatch(trx, plan, rows, taken.devices, refuse);
      return storeWithoutCollisions(trx, plan.providerId, decided, refuse);
    });
    total.inserted += stored.inserted;
    total.updated += stored.updated;
    total.unchanged += stored.known - stored.updated;
  }
  return { ...total, refused: refused.sort((left, right) => left.lineNo - right.lineNo) };
}

async function decideBatch(
  trx: CentralTrx,
  plan: LoadPlan,
  rows: readonly LoadRow[],
  usedDevices: Set<number>,
  refuse: (lineNo: number, reason: string) => void,
): Promise<readonly DecidedRow[]> {
  if (rows.length === 0) return [];
  const named = (key: 'customer' | 'ratePlan' | 'ratePool'): string[] => [
    ...new Set(rows.flatMap((row) => (row[key] === null ? [] : [row[key]]))),
  ];
  if (plan.seesAllCustomers) await ensureNames(trx, 'customer', plan.providerId, named('customer'));
  await ensureNames(trx, 'customer_rate_plan', plan.providerId, named('ratePlan'));
  await ensureNames(trx, 'customer_rate_pool', plan.providerId, named('ratePool'));

  const matches = new Map((await matchLines(trx, plan.providerId, rows)).map((match) => [match.lineNo, match]));
  return rows.flatMap((row) => {
    const decision = decideOne(row);
    if (decision.ok) return [{ row, decision: decision.value }];
    refuse(row.lineNo, decision.error);
    return [];
  });

  function decideOne(row: LoadRow): Result<DecidedRow['decision'], string> {
    const match = matches.get(row.lineNo);
    if (match === undefined) throw new Error('a row without a match: the query answers for each');
    const decision = decideLoad(row, match, plan.authority, plan.seesAllCustomers);
    if (decision.kind === 'refuse') return fail(decision.reason);
    if (decision.kind === 'update') {
      if (usedDevices.has(decision.deviceId))
        return fail(`an earlier row is the same line (number ${decision.deviceId})`);
      usedDevices.add(decision.deviceId);
    }
    return ok(decision);
  }
}

/**
 * Identifiers are unique over all tenants, and a line of another tenant can't be seen, only collided with: the batch is
 * halved until the colliding rows stand alone.
 */
async function storeWithoutCollisions(
  trx: CentralTrx,
  providerId: number,
  rows: readonly DecidedRow[],
  refuse: (lineNo: number, reason: string) => void,
): Promise<{ inserted: number; updated: number; known: number }> {
  if (rows.length === 0) return { inserted: 0, updated: 0, known: 0 };
  const stored = await storeLines(trx, providerId, rows);
  if (stored !== null) {
    return { ...stored, known: rows.filter(({ decision }) => decision.kind === 'update').length };
  }
  const [only] = rows;
  if (only !== undefined && rows.length === 1) {
    refuse(only.row.lineNo, HIDDEN_OWNER);
    return { inserted: 0, updated: 0, known: 0 };
  }
  const middle = rows.length >> 1;
  const first = await storeWithoutCollisions(trx, providerId, rows.slice(0, middle), refuse);
  const second = await storeWithoutCollisions(trx, providerId, rows.slice(middle), refuse);
  return {
    inserted: first.inserted + second.inserted,
    updated: first.updated + second.updated,
    known: first.known + second.known,
  };
}
