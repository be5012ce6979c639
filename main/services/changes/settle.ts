import { assertNever } from '../../../shared/domain/result';
import type { Fault } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { Job, JobEnd } from '../queue/types';
import type { AuditEvent } from '../audit/types';
import { findRow, markNeedsPerson, type StoredRow } from './changes.repo';
import { decideEvidence, type EvidenceMove } from './change.rules';
import { confirmJob, disposition, move, sendJob, type ChangesCore } from './core';
import { callEvent, faultEvent, rowEvent } from './trail';
import type { ConfirmationDecision, Evidence, Settled } from './types';

/** See `ChangesService.settle`. */
export async function settle(
  core: ChangesCore,
  trx: Trx,
  deviceChangeId: number,
  evidence: Evidence,
  job: Job | null,
): Promise<Settled> {
  const row = await findRow(trx, deviceChangeId);
  if (row === null) throw new Error(`device change ${deviceChangeId} does not exist`);
  const lastCall = evidence.calls.at(-1);
  const decision = decideEvidence(
    evidence.decision,
    row,
    {
      now: core.clock.now(),
      readBacks: job === null ? null : job.attempts,
      unreachable: lastCall !== undefined && lastCall.httpStatus === null,
      correlationId: lastCall?.correlationId ?? row.correlationId ?? core.ids.uid(),
      chance: core.ids.chance(),
    },
    core.limits,
  );
  const calls = evidence.calls.map((call) => callEvent(row, core.actor(), call));
  const done = await carryOut(core, trx, row, { decision: evidence.decision, move: decision, job });
  await core.audit.record(trx, [...calls, ...done.events]);
  return { status: done.status, moved: done.moved };
}

interface Done extends Settled {
  readonly events: readonly AuditEvent[];
}

interface Order {
  readonly decision: ConfirmationDecision;
  readonly move: EvidenceMove;
  readonly job: Job | null;
}

async function carryOut(core: ChangesCore, trx: Trx, row: StoredRow, order: Order): Promise<Done> {
  const { decision, job } = order;
  const verdict = order.move;
  switch (verdict.kind) {
    case 'confirm':
      return confirm(core, trx, row, decision, job);
    case 'requeue':
      return requeue(core, trx, row, decision, job, verdict.runAt);
    case 'end':
      return end(core, trx, row, decision, job, verdict);
    case 'give-to-person':
      return giveToPerson(core, trx, row, job, verdict.fault);
    case 'ask-again':
      return askAgain(core, trx, row, decision, job, verdict);
    case 'nothing':
      return nothing(core, trx, row, decision, job);
    default:
      return assertNever(verdict);
  }
}

/**
 * A job in hand goes on with the central update; without one the row's confirmation is woken, or made. A send that
 * waits or is under way finds the row confirmed and ends.
 */
async function confirm(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: ConfirmationDecision,
  job: Job | null,
): Promise<Done> {
  const now = core.clock.now();
  const proof = 'proof' in decision ? decision.proof : 'none';
  await mustMove(
    move(core, trx, row.id, row.status, 'confirmed', {
      confirmedAt: now,
      error: null,
      disposition: disposition(core, 'changed', proof, decision.detail),
    }),
  );
  if (job === null && !(await core.queue.wake(trx, row.id, now))) {
    await core.queue.add(trx, [confirmJob(row, row.requestId, now, 0)]);
  }
  return {
    status: 'confirmed',
    moved: true,
    events: [rowEvent(row, core.actor(), 'row.confirmed', { was: row.status, proof, detail: decision.detail })],
  };
}

async function requeue(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: ConfirmationDecision,
  job: Job | null,
  runAt: number,
): Promise<Done> {
  const error = 'fault' in decision ? decision.fault : null;
  await mustMove(move(core, trx, row.id, row.status, 'queued', { error }));
  await endOwnJob(core, trx, row, job);
  await core.queue.add(trx, [sendJob(row, runAt)]);
  return {
    status: 'queued',
    moved: true,
    events: [rowEvent(row, core.actor(), 'row.requeued', { was: row.status, detail: decision.detail })],
  };
}

async function end(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: ConfirmationDecision,
  job: Job | null,
  verdict: Extract<EvidenceMove, { kind: 'end' }>,
): Promise<Done> {
  const proof = 'proof' in decision ? decision.proof : 'none';
  const ended = verdict.status === 'error';
  await mustMove(
    move(core, trx, row.id, row.status, verdict.status, {
      error: verdict.fault,
      disposition: ended ? disposition(core, 'not_changed', proof, decision.detail) : null,
    }),
  );
  if (ended) await endOwnJob(core, trx, row, job);
  else await killOwnJob(core, trx, row, job, verdict.fault);
  return {
    status: verdict.status,
    moved: true,
    events: [
      rowEvent(row, core.actor(), ended ? 'row.failed' : 'row.dead-lettered', {
        was: row.status,
        code: verdict.fault.code,
        detail: decision.detail,
      }),
      faultEvent(row, core.actor(), verdict.fault),
    ],
  };
}

async function giveToPerson(core: ChangesCore, trx: Trx, row: StoredRow, job: Job | null, fault: Fault): Promise<Done> {
  const unproven = disposition(core, 'unproven', 'none', fault.message);
  if (row.status === 'unknown') {
    const mark = { needsPerson: true, error: fault, disposition: unproven };
    await markNeedsPerson(trx, row.id, mark, core.clock.now());
  } else {
    await mustMove(
      move(core, trx, row.id, row.status, 'unknown', { needsPerson: true, error: fault, disposition: unproven }),
    );
  }
  await endOwnJob(core, trx, row, job);
  return {
    status: 'unknown',
    moved: true,
    events: [
      rowEvent(row, core.actor(), 'row.given-to-person', { was: row.status, code: fault.code }),
      faultEvent(row, core.actor(), fault),
    ],
  };
}

async function askAgain(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: ConfirmationDecision,
  job: Job | null,
  verdict: Extract<EvidenceMove, { kind: 'ask-again' }>,
): Promise<Done> {
  if (job === null) await core.queue.wake(trx, row.id, verdict.runAt);
  else await core.queue.end(trx, job, { ...verdict, kind: 'again' });
  const events = [rowEvent(row, core.actor(), 'row.asked', { outcome: decision.kind, detail: decision.detail })];
  return { status: row.status, moved: false, events };
}

/** Noted, so that a contradiction can be found later; the row stays as it is. */
async function nothing(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: ConfirmationDecision,
  job: Job | null,
): Promise<Done> {
  // A callback confirmed the row while this job asked: the job in hand goes on with the central update.
  if (job !== null && row.status !== 'confirmed') await core.queue.end(trx, job, { kind: 'done' });
  const events = [
    rowEvent(row, core.actor(), 'row.evidence-noted', {
      status: row.status,
      evidence: decision.kind,
      detail: decision.detail,
    }),
  ];
  return { status: row.status, moved: false, events };
}

/** The row's state was read in this very transaction: it can't have moved. */
async function mustMove(moved: Promise<boolean>): Promise<void> {
  if (!(await moved)) throw new Error('a row moved inside the transaction that had read it');
}

/** Ends the job in hand; a callback has none, and the row's own job finds out by itself when it is due. */
async function endOwnJob(core: ChangesCore, trx: Trx, row: StoredRow, job: Job | null): Promise<void> {
  await finish(core, trx, row, job, { kind: 'done' });
}

async function killOwnJob(core: ChangesCore, trx: Trx, row: StoredRow, job: Job | null, fault: Fault): Promise<void> {
  await finish(core, trx, row, job, { kind: 'dead', fault });
}

async function finish(core: ChangesCore, trx: Trx, row: StoredRow, job: Job | null, end: JobEnd): Promise<void> {
  if (job !== null) await core.queue.end(trx, job, end);
  else await core.queue.wake(trx, row.id, core.clock.now());
}
