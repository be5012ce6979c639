import type { Fault } from '../../../shared/domain/fault';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { assertNever } from '../../../shared/domain/result';
import { backoffMs } from '../../lib/backoff';
import type { CallFault } from '../thingspace/types';
import type { ConfirmationDecision } from './types';

/**
 * The law of a row, as pure decisions. Everything that a carrier's answer, a read-back or a callback may mean for a
 * row stands here; the services only do it.
 */

/** Times and limits; every one can be set, and tests set them small. */
export interface ChangeLimits {
  /** From the answer to the first read-back, while no latency has been measured. */
  readonly firstReadBackMs: number;
  /**
   * How long after a send without an answer the carrier may still act on it: client time-out + longest processing.
   * A carrier that acts later than this is the one hole that no client can close.
   */
  readonly quietMs: number;
  readonly mostSends: number;
  readonly mostReadBacks: number;
  /** Refusals of one row's central update (an identifier in transit) before a person has to look. */
  readonly mostUpdates: number;
  readonly sendBackoff: { readonly minMs: number; readonly maxMs: number };
  readonly readBackBackoff: { readonly minMs: number; readonly maxMs: number };
  /** Wait before a step that failed for a reason outside (central database away) is tried again. */
  readonly systemBackoff: { readonly minMs: number; readonly maxMs: number };
}

export const DEFAULT_LIMITS: ChangeLimits = {
  firstReadBackMs: 30_000,
  quietMs: 30_000,
  mostSends: 5,
  // With the backoff below the last one comes after the carrier's four callback attempts, five minutes apart.
  mostReadBacks: 7,
  mostUpdates: 12,
  sendBackoff: { minMs: 1_000, maxMs: 5 * 60_000 },
  readBackBackoff: { minMs: 30_000, maxMs: 10 * 60_000 },
  systemBackoff: { minMs: 1_000, maxMs: 30_000 },
};

/** What the answer to a PUT means. `sent` is the number of sends with this one. */
export type AnswerDecision =
  | { readonly kind: 'submitted'; readonly requestId: string }
  /** Surely nothing happened: the row goes back. */
  | {
      readonly kind: 'queued';
      readonly runAt: number;
      readonly countsAsAttempt: boolean;
      readonly pausesProvider: boolean;
    }
  | { readonly kind: 'unknown'; readonly askAt: number }
  | { readonly kind: 'error' }
  | { readonly kind: 'dead_letter' };

export type Answer =
  | { readonly ok: true; readonly value: { readonly requestId: string } }
  | { readonly ok: false; readonly error: CallFault };

const TOO_MANY_REQUESTS = 429;

export function decideAnswer(
  answer: Answer,
  row: { readonly sent: number; readonly sendingAt: number; readonly sendsForgiven: number },
  now: number,
  limits: ChangeLimits,
  chance: number,
): AnswerDecision {
  if (answer.ok) return { kind: 'submitted', requestId: answer.value.requestId };
  const fault = answer.error;
  const backoffAt = now + backoffMs(row.sent, limits.sendBackoff, chance);
  // A doubt outweighs everything else: also a code that nobody knows may come with a 5xx.
  if (fault.class === 'api_unknown') return { kind: 'unknown', askAt: Math.max(now, row.sendingAt) + limits.quietMs };
  if (fault.unknownCode) return { kind: 'dead_letter' };
  switch (fault.class) {
    case 'auth':
      return { kind: 'queued', runAt: backoffAt, countsAsAttempt: false, pausesProvider: false };
    case 'api_transient':
      if (fault.httpStatus === TOO_MANY_REQUESTS) {
        const runAt = fault.retryAfterMs === null ? backoffAt : now + fault.retryAfterMs;
        return { kind: 'queued', runAt, countsAsAttempt: false, pausesProvider: true };
      }
      // The carrier was never reached: that says nothing about the row.
      if (fault.httpStatus === null) {
        return { kind: 'queued', runAt: backoffAt, countsAsAttempt: false, pausesProvider: false };
      }
      if (row.sent - row.sendsForgiven >= limits.mostSends) return { kind: 'dead_letter' };
      return {
        kind: 'queued',
        runAt: Math.max(backoffAt, now + (fault.retryAfterMs ?? 0)),
        countsAsAttempt: true,
        pausesProvider: false,
      };
    case 'api_permanent':
    case 'validation':
    case 'conflict':
      return { kind: 'error' };
    case 'system':
      return { kind: 'queued', runAt: backoffAt, countsAsAttempt: false, pausesProvider: false };
    default:
      return assertNever(fault.class);
  }
}

/** What evidence means for a row in a state. */
export type EvidenceMove =
  | { readonly kind: 'confirm' }
  /** Free for another send. `countsAsAttempt`: the carrier took it and refused it. */
  | { readonly kind: 'requeue'; readonly runAt: number }
  | { readonly kind: 'end'; readonly status: 'error' | 'dead_letter'; readonly fault: Fault }
  /** `unknown`, waiting for a person. */
  | { readonly kind: 'give-to-person'; readonly fault: Fault }
  | {
      readonly kind: 'ask-again';
      readonly runAt: number;
      readonly countsAsAttempt: boolean;
      readonly fault: Fault | null;
    }
  /** Nothing to do: it was known, or it proves nothing about this state. */
  | { readonly kind: 'nothing' };

export interface EvidenceRow {
  readonly status: DeviceChangeStatus;
  readonly needsPerson: boolean;
  readonly requestId: string | null;
  /** Sends so far. */
  readonly attempts: number;
  readonly sendingAt: number | null;
  /** Of `attempts`, those that a person let pass. */
  readonly sendsForgiven: number;
}

export interface EvidenceContext {
  readonly now: number;
  /** Read-backs before this one; null: a callback, which uses none up. */
  readonly readBacks: number | null;
  /** The carrier could not be reached at all. */
  readonly unreachable: boolean;
  readonly correlationId: string;
  readonly chance: number;
}

export function decideEvidence(
  decision: ConfirmationDecision,
  row: EvidenceRow,
  context: EvidenceContext,
  limits: ChangeLimits,
): EvidenceMove {
  switch (decision.kind) {
    case 'changed':
      return mayBeProven(row) ? { kind: 'confirm' } : { kind: 'nothing' };
    case 'not_changed':
      return decideNotChanged(decision.detail, row, context, limits);
    case 'failed':
      return decideFailed(decision.fault, row, context, limits);
    case 'wait':
      if (!isAwaited(row)) return { kind: 'nothing' };
      return askAgain(decision.detail, context, limits, decision.runAt, decision.fault);
    case 'needs_person':
      if (!isAwaited(row)) return { kind: 'nothing' };
      return decision.fault === null
        ? { kind: 'give-to-person', fault: unproven(decision.detail, context) }
        : { kind: 'end', status: 'dead_letter', fault: decision.fault };
    default:
      return assertNever(decision);
  }
}

/** States from which proof that the carrier changed the line leads to `confirmed`. A conflict was confirmed before. */
function mayBeProven(row: EvidenceRow): boolean {
  switch (row.status) {
    case 'queued':
      // Sent before and put back as unchanged or refused: the carrier did it after all, it must not be sent again.
      return row.attempts > 0;
    case 'cancelled':
      // The same, and then a person gave it up.
      return row.attempts > 0;
    case 'sending':
    case 'submitted':
    case 'unknown':
    case 'error':
    case 'dead_letter':
      return true;
    case 'created':
    case 'confirmed':
    case 'processed':
    case 'conflict':
    case 'rolled_back':
      return false;
    default:
      return assertNever(row.status);
  }
}

/** An outcome is still awaited. */
function isAwaited(row: EvidenceRow): boolean {
  return row.status === 'submitted' || (row.status === 'unknown' && !row.needsPerson);
}

function decideNotChanged(
  detail: string,
  row: EvidenceRow,
  context: EvidenceContext,
  limits: ChangeLimits,
): EvidenceMove {
  if (!isAwaited(row)) return { kind: 'nothing' };
  // The carrier took it and named a request: it may still do it, so this never frees the row.
  if (row.requestId !== null || row.status === 'submitted') {
    return askAgain(detail, context, limits, null, null);
  }
  const quietOverAt = (row.sendingAt ?? context.now) + limits.quietMs;
  if (context.now < quietOverAt) {
    return { kind: 'ask-again', runAt: quietOverAt, countsAsAttempt: false, fault: null };
  }
  if (row.attempts - row.sendsForgiven >= limits.mostSends) {
    return {
      kind: 'end',
      status: 'dead_letter',
      fault: {
        class: 'api_unknown',
        code: 'sends-used-up',
        message: `Sent ${row.attempts} times without an answer; the line was read back unchanged. ${detail}`,
        correlationId: context.correlationId,
      },
    };
  }
  return { kind: 'requeue', runAt: context.now + backoffMs(row.attempts, limits.sendBackoff, context.chance) };
}

function decideFailed(fault: Fault, row: EvidenceRow, context: EvidenceContext, limits: ChangeLimits): EvidenceMove {
  // A send is under way or the outcome is known: an older refusal says nothing about it.
  if (row.status !== 'submitted' && row.status !== 'unknown') return { kind: 'nothing' };
  switch (fault.class) {
    case 'api_permanent':
    case 'validation':
    case 'conflict':
      return { kind: 'end', status: 'error', fault };
    case 'api_transient':
      return row.attempts - row.sendsForgiven >= limits.mostSends
        ? { kind: 'end', status: 'dead_letter', fault }
        : { kind: 'requeue', runAt: context.now + backoffMs(row.attempts, limits.sendBackoff, context.chance) };
    case 'auth':
    case 'api_unknown':
    case 'system':
      // The carrier failed at its own end: whether the line changed, only reading it back tells.
      if (row.needsPerson) return { kind: 'nothing' };
      return { kind: 'ask-again', runAt: context.now, countsAsAttempt: true, fault };
    default:
      return assertNever(fault.class);
  }
}

function askAgain(
  detail: string,
  context: EvidenceContext,
  limits: ChangeLimits,
  runAt: number | null,
  fault: Fault | null,
): EvidenceMove {
  // A callback that proves nothing: the row's own job goes on, at once if it is asked to.
  if (context.readBacks === null) {
    return { kind: 'ask-again', runAt: runAt ?? context.now, countsAsAttempt: false, fault };
  }
  if (context.unreachable) {
    const later = context.now + backoffMs(1, limits.readBackBackoff, context.chance);
    return { kind: 'ask-again', runAt: runAt ?? later, countsAsAttempt: false, fault };
  }
  if (context.readBacks + 1 >= limits.mostReadBacks) {
    return { kind: 'give-to-person', fault: fault ?? unproven(detail, context) };
  }
  return {
    kind: 'ask-again',
    runAt: runAt ?? context.now + spacingMs(context.readBacks + 1, limits),
    countsAsAttempt: true,
    fault,
  };
}

/** Doubling without jitter: read-backs of one row need no spreading, the queue's concurrency does that. */
function spacingMs(readBack: number, limits: ChangeLimits): number {
  const { minMs, maxMs } = limits.readBackBackoff;
  return Math.min(maxMs, minMs * 2 ** Math.min(readBack - 1, 30));
}

function unproven(detail: string, context: EvidenceContext): Fault {
  return {
    class: 'api_unknown',
    code: 'outcome-unproven',
    message: `Nothing has proved what the carrier did. ${detail}`.trim(),
    correlationId: context.correlationId,
  };
}
