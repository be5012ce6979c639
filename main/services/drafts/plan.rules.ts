import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Provider } from '../devices/types';
import type { Draft, DraftPlan, DraftRow, PlannedRequest } from './types';

/** Seconds that one swap takes from the request to its confirmation, until this provider's own are measured. */
const SWAP_SECONDS = { least: 1, most: 30 } as const;
/** Seconds after which the carrier is asked for what it did not report. */
const READ_BACK_SECONDS = 30;

/**
 * The hash that submit and approval bind to: SHA-256 over lines of canonical JSON (RFC 8785), the first of them for
 * provider, account and type, then one for each planned row with its request. Fed piece by piece, so that a million
 * rows need no text of their own.
 */
export interface PlanHash {
  add(row: DraftRow, request: PlannedRequest): void;
  /** 64 hexadecimal digits. */
  end(): string;
}

export function startPlanHash(draft: Pick<Draft, 'changeType'>, provider: Pick<Provider, 'uid' | 'account'>): PlanHash {
  const hash = createHash('sha256');
  const feed = (value: object): void => {
    hash.update(`${canonicalize(value) ?? ''}\n`);
  };
  feed({
    format: 'swapdesk-plan-1',
    provider: provider.uid,
    account: provider.account,
    changeType: draft.changeType,
  });
  return {
    add(row, request) {
      const { customer, deviceId, effectiveDate, mdn, ratePlan, ratePool } = row;
      const { method, path, body } = request;
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
        request: { method, path, body },
      });
    },
    end: () => hash.digest('hex'),
  };
}

/** How long the requests take at the provider's rate and concurrency, answers and read-backs included. */
export function expectedSeconds(
  requests: number,
  provider: Pick<Provider, 'ratePerMinute' | 'concurrency'>,
): DraftPlan['expectedSeconds'] {
  if (requests === 0) return { least: 0, most: 0 };
  const { ratePerMinute, concurrency } = provider;
  const paced = ratePerMinute === null ? 0 : ((requests - 1) * 60) / ratePerMinute;
  const waves = Math.ceil(requests / Math.max(1, concurrency));
  return {
    least: Math.round(Math.max(paced, (waves - 1) * SWAP_SECONDS.least) + SWAP_SECONDS.least),
    most: Math.round(Math.max(paced, (waves - 1) * SWAP_SECONDS.least * 3) + SWAP_SECONDS.most + READ_BACK_SECONDS),
  };
}
