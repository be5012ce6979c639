import type { DeviceChangeStatus, Disposition } from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';

/** What sending a row again means, by what is proven of its last send. */
export type RetryDecision =
  /** Surely nothing happened: its line is reserved again, and it is sent. */
  | { readonly kind: 'send' }
  /** The carrier may have done it: the line is read back before anything else. `forget`: the refused request is over. */
  | { readonly kind: 'ask'; readonly forget: boolean }
  /** The carrier did it; only the central database was not told. */
  | { readonly kind: 'apply' }
  | { readonly kind: 'refuse'; readonly why: string };

export interface RetryRow {
  readonly status: DeviceChangeStatus;
  readonly needsPerson: boolean;
  readonly attempts: number;
  readonly error: Fault | null;
  readonly disposition: Disposition | null;
}

export function decideRetry(row: RetryRow): RetryDecision {
  switch (row.status) {
    case 'error':
      // Given up by a person: nothing but that was proven.
      if (row.attempts > 0 && row.disposition?.proof === 'person') return { kind: 'ask', forget: refused(row) };
      return { kind: 'send' };
    case 'dead_letter':
      return row.attempts === 0 ? { kind: 'send' } : { kind: 'ask', forget: refused(row) };
    case 'conflict':
      // Only a row that was confirmed has a proof.
      return (row.disposition?.proof ?? 'none') === 'none' ? { kind: 'send' } : { kind: 'apply' };
    case 'unknown':
      if (row.needsPerson) return { kind: 'ask', forget: false };
      return { kind: 'refuse', why: 'its line is being read back already' };
    case 'created':
    case 'queued':
      return { kind: 'refuse', why: 'it is still to be sent' };
    case 'sending':
    case 'submitted':
    case 'confirmed':
      return { kind: 'refuse', why: 'it is under way' };
    case 'processed':
      return { kind: 'refuse', why: 'it is processed' };
    case 'cancelled':
      return { kind: 'refuse', why: 'it was cancelled; import it again' };
    case 'rolled_back':
      return { kind: 'refuse', why: 'it was rolled back' };
    default:
      return assertNever(row.status);
  }
}

/** The carrier refused it in so many words: the request that was answered so is over. */
function refused(row: RetryRow): boolean {
  return row.error?.class === 'api_permanent';
}
