import { carrierRequests } from '../../../shared/domain/carrier-request';
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { changedKinds } from '../../../shared/domain/change';
import type { Reversibility } from '../../../shared/domain/control';
import { ACTIONS_A_DAY, PLAN_CHANGES_A_MONTH } from '../../../shared/domain/quota';
import { reversibilityOf } from '../../../shared/domain/reversible';
import type { Provider } from '../devices/types';
import type { Draft, DraftPlan, DraftRow, LeftOutRow, PlannedRequest, TakenRow } from './types';

/** Seconds that one swap takes from the request to its confirmation, until this provider's own are measured. */
const SWAP_SECONDS = { least: 1, most: 30 } as const;
/** Seconds after which the carrier is asked for what it did not report. */
const READ_BACK_SECONDS = 30;

/**
 * The exact requests of one row, in order: the deletion of the deactivated line that holds its new identifier, then the
 * swap.
 *
 * @param freeing rows whose old identifier another row of the list takes
 * @param carrierPlan that the swap sets as well
 */
export function planRow(
  draft: Pick<Draft, 'changeType'>,
  provider: Provider,
  row: TakenRow,
  { freeing, carrierPlan }: { readonly freeing: ReadonlySet<number>; readonly carrierPlan: string | null },
): readonly PlannedRequest[] {
  const swap = carrierRequests.swapRequest(provider, {
    type: draft.changeType,
    old: row.old,
    new: row.new,
    mdn: row.mdn,
    ...(carrierPlan === null ? {} : { servicePlan: carrierPlan }),
  });
  const planned: PlannedRequest = {
    ...{ row: row.row, purpose: 'swap', method: swap.method, path: swap.path, body: swap.body, after: row.after },
    reversibility: reversibilityBefore(draft, row, { isFreeing: freeing.has(row.row), carrierPlan }),
  };
  if (row.deleteFirst === null) return [planned];
  const { method, path, body } = carrierRequests.deleteRequest(row.deleteFirst);
  return [{ row: row.row, purpose: 'delete', method, path, body, after: row.after, reversibility: GONE }, planned];
}

const GONE: Reversibility = { kind: 'not', why: 'A line that was deleted at the carrier does not come back' };

function reversibilityBefore(
  draft: Pick<Draft, 'changeType'>,
  row: TakenRow,
  { isFreeing, carrierPlan }: { readonly isFreeing: boolean; readonly carrierPlan: string | null },
): Reversibility {
  const assigns = row.customer !== null || row.ratePlan !== null || row.ratePool !== null;
  const facts = {
    changeType: draft.changeType,
    old: row.old,
    assigns,
    carrierPlan,
    oldTakenBy: null,
    changedSince: false,
    ageDays: 0,
  };
  const found = reversibilityOf(facts);
  if (found.kind !== 'reversible' || !isFreeing) return found;
  const kinds = changedKinds(draft.changeType).join(' and ').toUpperCase();
  return { kind: 'conditional', why: `Another row of the list takes its old ${kinds}, and must be taken back first` };
}

/**
 * The hash that submit and approval bind to: SHA-256 over lines of canonical JSON (RFC 8785), the first of them for
 * provider, account and type, then one for each planned row, in the order of sending, with what it waits for and its
 * requests. Fed piece by piece, so that a million rows need no text of their own.
 */
export interface PlanHash {
  add(row: TakenRow, requests: readonly PlannedRequest[]): void;
  /** 64 hexadecimal digits. */
  end(): string;
}

export function startPlanHash(draft: Pick<Draft, 'changeType'>, provider: Pick<Provider, 'uid' | 'account'>): PlanHash {
  const hash = createHash('sha256');
  const feed = (value: object): void => {
    hash.update(`${canonicalize(value) ?? ''}\n`);
  };
  feed({
    format: 'swapdesk-plan-2',
    provider: provider.uid,
    account: provider.account,
    changeType: draft.changeType,
  });
  return {
    add(row, requests) {
      const { after, afterOpenChange, customer, deviceId, effectiveDate, mdn, ratePlan, ratePool } = row;
      feed({
        row: row.row,
        deviceId,
        mdn,
        old: row.old,
        new: row.new,
        customer,
        ratePlan,
        ratePool,
        effectiveDate,
        after,
        afterOpenChange,
        requests: requests.map(({ method, path, body }) => ({ method, path, body })),
      });
    },
    end: () => hash.digest('hex'),
  };
}

/** What is counted over all planned rows. */
export interface PlanTotals {
  add(row: TakenRow, requests: readonly PlannedRequest[]): void;
  end(leftOut: readonly LeftOutRow[]): Omit<DraftPlan, 'requests' | 'planHash'>;
}

export function createPlanTotals(draft: Draft, provider: Provider): PlanTotals {
  const reversibility: Record<Reversibility['kind'], number> = { reversible: 0, conditional: 0, not: 0 };
  const depths = new Map<number, number>();
  let [rows, deletes, deepest, planChanges, linesAtLimit] = [0, 0, 1, 0, 0];
  return {
    add(row, requests) {
      rows += 1;
      for (const { purpose, body, reversibility: found } of requests) {
        if (purpose === 'delete') deletes += 1;
        else {
          reversibility[found.kind] += 1;
          if (typeof body === 'object' && body !== null && 'servicePlan' in body) planChanges += 1;
        }
      }
      if (has(row, 'actions-today')) linesAtLimit += 1;
      if (row.after.length === 0) return;
      const depth = 1 + Math.max(...row.after.map((before) => depths.get(before) ?? 1));
      depths.set(row.row, depth);
      deepest = Math.max(deepest, depth);
    },
    end: (leftOut) => ({
      draftId: draft.id,
      rows,
      deletes,
      skipped: draft.rows - rows,
      leftOut,
      nothingToDo: draft.findings['nothing-to-do'] ?? 0,
      reversibility,
      quotas: {
        planChanges,
        planChangesAMonth: PLAN_CHANGES_A_MONTH,
        actionsADay: ACTIONS_A_DAY,
        linesAtLimit,
      },
      expectedSeconds: expectedSeconds({ rows, deletes, deepest }, provider),
    }),
  };
}

function has(row: DraftRow, code: string): boolean {
  return row.findings.some((finding) => finding.code === code);
}

/**
 * How long the rows take at the provider's rate and concurrency, answers and read-backs included.
 *
 * @param deepest rows of the longest chain: each waits until the one before is processed
 */
function expectedSeconds(
  plan: { readonly rows: number; readonly deletes: number; readonly deepest: number },
  provider: Pick<Provider, 'ratePerMinute' | 'concurrency'>,
): DraftPlan['expectedSeconds'] {
  const { rows, deletes, deepest } = plan;
  if (rows === 0) return { least: 0, most: 0 };
  const { ratePerMinute, concurrency } = provider;
  const requests = rows + deletes;
  const paced = ratePerMinute === null ? 0 : ((requests - 1) * 60) / ratePerMinute;
  const waves = Math.ceil(requests / Math.max(1, concurrency));
  const whole = { least: SWAP_SECONDS.least, most: SWAP_SECONDS.most + READ_BACK_SECONDS };
  return {
    least: Math.round(Math.max(paced, (waves - 1) * SWAP_SECONDS.least, (deepest - 1) * whole.least) + whole.least),
    most: Math.round(Math.max(paced, (waves - 1) * SWAP_SECONDS.least * 3, (deepest - 1) * whole.most) + whole.most),
  };
}
