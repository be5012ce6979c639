import { describe, expect, it } from 'vitest';
import { callFault } from '../../../test/support/fake-carrier';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import { deviceChangeStatusSchema, mayBecome } from '../../../shared/domain/change';
import type { CallFault } from '../thingspace/types';
import { decideAnswer, decideEvidence, DEFAULT_LIMITS, type EvidenceContext, type EvidenceRow } from './change.rules';
import type { ConfirmationDecision } from './types';

const NOW = 1_000_000;
const limits = DEFAULT_LIMITS;

describe('what the answer to a PUT means', () => {
  const decide = (fault: CallFault, sent = 1) =>
    decideAnswer({ ok: false, error: fault }, { sent, sendingAt: NOW - 100, sendsForgiven: 0 }, NOW, limits, 0);

  it('is submitted with the request id', () => {
    expect(
      decideAnswer(
        { ok: true, value: { requestId: 'r' } },
        { sent: 1, sendingAt: NOW, sendsForgiven: 0 },
        NOW,
        limits,
        0,
      ),
    ).toEqual({
      kind: 'submitted',
      requestId: 'r',
    });
  });

  it.each([
    ['api_unknown', 500, false, 1, 'unknown', undefined],
    ['api_unknown', null, false, 1, 'unknown', undefined],
    ['api_unknown', 500, true, 1, 'unknown', undefined],
    ['api_unknown', 500, false, 99, 'unknown', undefined],
    ['api_permanent', 400, false, 1, 'error', undefined],
    ['api_permanent', 400, true, 1, 'dead_letter', undefined],
    ['validation', 400, false, 1, 'error', undefined],
    ['conflict', 409, false, 1, 'error', undefined],
    ['api_transient', 429, false, 1, 'queued', false],
    ['api_transient', 429, false, 99, 'queued', false],
    ['api_transient', null, false, 99, 'queued', false],
    ['api_transient', 400, false, 1, 'queued', true],
    ['api_transient', 400, false, 4, 'queued', true],
    ['api_transient', 400, false, 5, 'dead_letter', undefined],
    ['auth', 401, false, 99, 'queued', false],
    ['system', null, false, 99, 'queued', false],
  ] as const)('%s %s (unknown code: %s), send %s: %s', (faultClass, httpStatus, unknownCode, sent, kind, counts) => {
    const decision = decide(callFault({ class: faultClass, code: 'X', httpStatus, unknownCode }), sent);
    expect(decision.kind).toBe(kind);
    expect(decision.kind === 'queued' ? decision.countsAsAttempt : undefined).toBe(counts);
    expect(mayBecome('sending', decision.kind)).toBe(true);
  });

  it('obeys Retry-After to the millisecond, and asks about a doubt only after the quiet time', () => {
    const limited = callFault({ class: 'api_transient', code: '429', httpStatus: 429, retryAfterMs: 7_000 });
    expect(decide(limited)).toMatchObject({ runAt: NOW + 7_000, pausesProvider: true });
    const doubt = decide(callFault({ class: 'api_unknown', code: 'reset' }));
    expect(doubt).toEqual({ kind: 'unknown', askAt: NOW + limits.quietMs });
  });
});

describe('what evidence means for a row', () => {
  const row = (part: Partial<EvidenceRow> = {}): EvidenceRow => ({
    status: 'submitted',
    needsPerson: false,
    requestId: 'r',
    attempts: 1,
    sendsForgiven: 0,
    sendingAt: NOW - 3_600_000,
    ...part,
  });
  const context = (part: Partial<EvidenceContext> = {}): EvidenceContext => ({
    now: NOW,
    readBacks: 0,
    unreachable: false,
    correlationId: 'c',
    chance: 0,
    ...part,
  });
  const changed: ConfirmationDecision = { kind: 'changed', proof: 'callback', detail: 'd' };
  const unchanged: ConfirmationDecision = { kind: 'not_changed', proof: 'read_back', detail: 'd' };
  const wait: ConfirmationDecision = { kind: 'wait', runAt: null, fault: null, detail: 'd' };
  const failed = (faultClass: CallFault['class']): ConfirmationDecision => ({
    kind: 'failed',
    proof: 'callback',
    fault: callFault({ class: faultClass, code: 'X' }),
    detail: 'd',
  });
  const person = (fault: CallFault | null): ConfirmationDecision => ({ kind: 'needs_person', fault, detail: 'd' });
  const unknownRow = row({ status: 'unknown', requestId: null });

  it.each([
    ['created', 0, 'nothing'],
    ['queued', 0, 'nothing'],
    ['queued', 1, 'confirm'],
    ['sending', 1, 'confirm'],
    ['submitted', 1, 'confirm'],
    ['unknown', 1, 'confirm'],
    ['error', 1, 'confirm'],
    ['dead_letter', 1, 'confirm'],
    ['confirmed', 1, 'nothing'],
    ['processed', 1, 'nothing'],
    ['conflict', 1, 'nothing'],
    ['cancelled', 0, 'nothing'],
    ['rolled_back', 1, 'nothing'],
  ] as const)('proof of the change, row %s after %i sends: %s', (status, attempts, kind) => {
    expect(decideEvidence(changed, row({ status, attempts }), context(), limits).kind).toBe(kind);
  });

  it.each([
    ['submitted, unchanged: waits on', row(), unchanged, context(), 'ask-again'],
    [
      'submitted, unchanged, read-backs used up: a person',
      row(),
      unchanged,
      context({ readBacks: 6 }),
      'give-to-person',
    ],
    [
      'unknown with a request id, unchanged: never freed',
      row({ status: 'unknown' }),
      unchanged,
      context(),
      'ask-again',
    ],
    ['unknown, unchanged, quiet time over: freed', unknownRow, unchanged, context(), 'requeue'],
    [
      'unknown, unchanged, within the quiet time: asks again',
      { ...unknownRow, sendingAt: NOW - 1 },
      unchanged,
      context(),
      'ask-again',
    ],
    ['unknown, unchanged, sends used up: dead letter', { ...unknownRow, attempts: 5 }, unchanged, context(), 'end'],
    ['unknown for a person, unchanged: stays', { ...unknownRow, needsPerson: true }, unchanged, context(), 'nothing'],
    ['error, unchanged: stays', row({ status: 'error' }), unchanged, context(), 'nothing'],
    ['submitted, no evidence: asks again', row(), wait, context(), 'ask-again'],
    ['submitted, no evidence for too long: a person', row(), wait, context({ readBacks: 6 }), 'give-to-person'],
    [
      'carrier unreachable: not counted, never given up',
      row(),
      wait,
      context({ readBacks: 99, unreachable: true }),
      'ask-again',
    ],
    ['processed, no evidence: nothing', row({ status: 'processed' }), wait, context(), 'nothing'],
    ['submitted, refused for good: error', row(), failed('api_permanent'), context({ readBacks: null }), 'end'],
    ['submitted, refused for now: freed', row(), failed('api_transient'), context({ readBacks: null }), 'requeue'],
    [
      'submitted, refused for now too often: dead letter',
      row({ attempts: 5 }),
      failed('api_transient'),
      context(),
      'end',
    ],
    [
      'submitted, failed at the carrier’s end: read back',
      row(),
      failed('api_unknown'),
      context({ readBacks: null }),
      'ask-again',
    ],
    ['confirmed, an old refusal: stays', row({ status: 'confirmed' }), failed('api_permanent'), context(), 'nothing'],
    ['queued again, an old refusal: stays', row({ status: 'queued' }), failed('api_permanent'), context(), 'nothing'],
    ['sending again, an old refusal: stays', row({ status: 'sending' }), failed('api_permanent'), context(), 'nothing'],
    [
      'left to a person, refused for good: error',
      row({ status: 'unknown', needsPerson: true }),
      failed('api_permanent'),
      context(),
      'end',
    ],
    ['an unknown code: dead letter', row(), person(callFault({ class: 'api_permanent', code: 'X' })), context(), 'end'],
    ['neither old nor new: a person', row(), person(null), context(), 'give-to-person'],
  ] as const)('%s', (_case, state, decision, about, kind) => {
    expect(decideEvidence(decision, state, about, limits).kind).toBe(kind);
  });

  it('spaces read-backs over more than the carrier’s four callback attempts', () => {
    let at = NOW;
    for (let readBacks = 0; ; readBacks += 1) {
      const move = decideEvidence(wait, row(), context({ now: at, readBacks }), limits);
      if (move.kind !== 'ask-again') break;
      expect(move.runAt).toBeGreaterThan(at);
      at = move.runAt;
    }
    expect(at - NOW + limits.firstReadBackMs).toBeGreaterThan(16 * 60_000);
  });

  it('never decides a move that the table of transitions forbids', () => {
    const decisions = [
      changed,
      unchanged,
      wait,
      person(null),
      person(callFault({ class: 'system', code: 'X' })),
    ].concat(
      (['auth', 'api_transient', 'api_unknown', 'api_permanent', 'validation', 'conflict', 'system'] as const).map(
        failed,
      ),
    );
    for (const status of deviceChangeStatusSchema.options) {
      for (const decision of decisions) {
        for (const [attempts, requestId, readBacks] of [
          [0, null, null],
          [1, 'r', 0],
          [5, null, 6],
          [5, 'r', 6],
        ] as const) {
          const state = row({ status, attempts, requestId });
          const move = decideEvidence(decision, state, context({ readBacks }), limits);
          const to: DeviceChangeStatus | null =
            move.kind === 'confirm'
              ? 'confirmed'
              : move.kind === 'requeue'
                ? 'queued'
                : move.kind === 'end'
                  ? move.status
                  : move.kind === 'give-to-person' && status !== 'unknown'
                    ? 'unknown'
                    : null;
          if (to !== null) expect([status, to, mayBecome(status, to)]).toEqual([status, to, true]);
        }
      }
    }
  });
});
