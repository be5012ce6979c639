import type { ErrorStory, Fault } from '../../../shared/domain/fault';
import type { CallFault } from '../thingspace/types';

/**
 * Trouble that is the provider's or the central database's and not a row's: nothing is counted against rows while it
 * lasts.
 */

/** What trouble with the carrier means for everything of that provider. */
export function decideTrouble(fault: Fault | CallFault): 'stop' | 'back-off' {
  const stops = 'stopsProvider' in fault && fault.stopsProvider;
  // A refused login is never tried again by itself: five lock the account.
  if (stops || fault.class === 'auth' || fault.class === 'api_permanent') return 'stop';
  return 'back-off';
}

/** A span of uninterrupted failures of one thing. */
export interface Trouble {
  readonly sinceMs: number;
  readonly failures: number;
  readonly untilMs: number;
}

export interface TroubleLimits {
  /** A run that is to end by itself gives up after so long without one success. */
  readonly patienceMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

export const DEFAULT_TROUBLE_LIMITS: TroubleLimits = { patienceMs: 30_000, minMs: 500, maxMs: 15_000 };

/** One lost connection is an accident; only so many in a row, without one answer between, are a state. */
const ACCIDENTS = 2;

/** Doubles the pause with each failure. Failures inside a pause (calls that were under way) do not lengthen it. */
export function afterFailure(trouble: Trouble | null, now: number, limits: TroubleLimits): Trouble {
  if (trouble !== null && now < trouble.untilMs) return trouble;
  const failures = (trouble?.failures ?? 0) + 1;
  const doublings = failures - ACCIDENTS - 1;
  const pauseMs = doublings < 0 ? 0 : Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(doublings, 20));
  return { sinceMs: trouble?.sinceMs ?? now, failures, untilMs: now + pauseMs };
}

export function isHopeless(trouble: Trouble, now: number, limits: TroubleLimits): boolean {
  return now - trouble.sinceMs >= limits.patienceMs;
}

export function storyOfStop(provider: string, fault: Fault): ErrorStory {
  if (decideTrouble(fault) === 'stop') {
    return {
      code: 'provider-stopped',
      what: 'The carrier refused this service provider; its rows wait unsent',
      where: provider,
      why: `${fault.code}: ${fault.message}`,
      todo: 'Check the credentials (credentials test), reset the login guard if it is closed (provider unlock), then run again.',
    };
  }
  return {
    code: 'carrier-unreachable',
    what: 'The carrier cannot be reached; the rows of this service provider wait',
    where: provider,
    why: `${fault.code}: ${fault.message}`,
    todo: 'Check the network and the provider’s address, then run again. Nothing is lost.',
  };
}
