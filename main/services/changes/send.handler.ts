import type { SwapRequest } from '../../../shared/domain/carrier-request';
import { plainFault, SwapdeskError, type Fault } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';
import { everyone } from '../../lib/together';
import { backoffMs } from '../../lib/backoff';
import { isCentralTrouble } from '../../lib/central-trouble';
import type { Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';
import type { IdentifiersService } from '../identifiers/types';
import type { Job, JobEnd } from '../queue/types';
import type { CarrierCall, ThingSpaceService } from '../thingspace/types';
import { decideAnswer, type AnswerDecision } from './change.rules';
import { findRow, type StoredRow } from './changes.repo';
import { confirmJob, disposition, move, systemFault, writeRow, type ChangesCore } from './core';
import { deleteHolder } from './delete-first';
import { postpone } from './postpone';
import { takeSnapshot, type Snapshot } from './snapshot';
import { callEvent, faultEvent, rowEvent } from './trail';
import type { EvidenceSource, ProcessingGate } from './types';

/**
 * Sends one swap. ThingSpace has no idempotency key, so the order of the steps is the protection:
 *
 *   session, lease, turn, (holder of the new identifier deleted) ─► intent (queued → sending, committed, synced) ─► PUT ─► outcome (one transaction)
 *
 * Whatever dies between intent and outcome leaves the row in `sending`; whoever finds it there makes it `unknown` and
 * reads the line back. Nothing leads from `sending` to another PUT but an answer that proves the first did nothing.
 */
export interface SendDeps {
  readonly core: ChangesCore;
  readonly thingspace: Pick<
    ThingSpaceService,
    'ensureSession' | 'swap' | 'swapRequest' | 'findLine' | 'history' | 'deleteLine'
  >;
  readonly identifiers: Pick<IdentifiersService, 'markSending'>;
  readonly evidence: Pick<EvidenceSource, 'hasCallback'>;
}

/** The outcome of a PUT must be stored: the disk gets this many chances before the row is left to recovery. */
const OUTCOME_TRIES = 5;

export async function send(deps: SendDeps, job: Job, gate: ProcessingGate): Promise<void> {
  const { core } = deps;
  const row = await findRow(core.local.read, job.message.M2MDeviceChangeId);
  if (row === null || row.status !== 'queued') return endStale(core, job);
  const provider = gate.provider(row.providerUid);
  if (provider === null) return postpone(core, job, providerUnknown(core, row));

  const session = await deps.thingspace.ensureSession(provider);
  if (!session.ok) {
    await gate.carrierTrouble(provider.uid, session.error);
    return postpone(core, job, session.error);
  }
  try {
    if (!(await deps.identifiers.markSending(row.uid, row.fencing))) return leaseLost(core, job);
    gate.centralAnswered();
  } catch (error) {
    if (!(error instanceof SwapdeskError)) throw error;
    if (isCentralTrouble(error)) gate.centralTrouble(error);
    return postpone(core, job, systemFault(core, error));
  }
  if (!(await gate.turn(provider.uid)) || !gate.maySend(provider.uid)) return postpone(core, job, null);
  if (row.deleteFirst !== null) {
    // What is deleted stays deleted: only for a row that would be sent now.
    if (!(await mayStillBeSent(core, job))) return;
    if (!(await deleteHolder(deps, job, row, row.deleteFirst, provider))) return;
  }

  const snapshot = await takeSnapshot(deps, row, provider);
  const sending = await writeIntent(deps, job, provider, snapshot);
  if (sending === null) return;
  // The commit may have taken long: whoever is not the sender any more must not send.
  if (!gate.maySend(provider.uid)) return withdraw(core, job, sending.row);
  const call = await deps.thingspace.swap(provider, sending.request, sending.correlationId);
  await persistently(core, () => storeOutcome(deps, job, sending.row, call, gate));
  await tellGate(gate, provider, call);
}

/** The last look before something that can't be taken back. If not, the job has been ended or put back. */
async function mayStillBeSent(core: ChangesCore, job: Job): Promise<boolean> {
  return writeRow(core, job, (trx) => stillQueued(core, trx, job).then((row) => row !== null));
}

/** The row as it is to be sent; null: it may not be sent any more. */
async function stillQueued(core: ChangesCore, trx: Trx, job: Job): Promise<StoredRow | null> {
  const [mayStart, row] = await everyone([core.queue.mayStart(trx, job), findRow(trx, job.message.M2MDeviceChangeId)]);
  if (!mayStart) return null;
  if (row !== null && row.status === 'queued') return row;
  await core.queue.end(trx, job, { kind: 'done' });
  return null;
}

interface Intent {
  /** As it was written: `sending`, this send counted. */
  readonly row: StoredRow;
  readonly request: SwapRequest;
  readonly correlationId: string;
}

/** The exact request, the attempt and the time, durable before a byte leaves. Null: the row or the claim has gone. */
async function writeIntent(deps: SendDeps, job: Job, provider: Provider, snapshot: Snapshot): Promise<Intent | null> {
  const { core } = deps;
  return writeRow(core, job, async (trx) => {
    const row = await stillQueued(core, trx, job);
    if (row === null) return null;
    const request = deps.thingspace.swapRequest(provider, {
      type: row.changeType,
      old: row.old,
      new: row.new,
      mdn: row.mdn,
      ...(row.carrierPlan === null ? {} : { servicePlan: row.carrierPlan }),
    });
    const correlationId = core.ids.uid();
    const patch = {
      attempts: row.attempts + 1,
      sendingAt: core.clock.now(),
      request,
      correlationId,
      // An answer to an earlier send must not be taken for this one's.
      requestId: null,
      error: null,
      snapshot,
    };
    await move(core, trx, row.id, 'queued', 'sending', patch);
    const details = {
      ...{ attempt: patch.attempts, method: request.method, path: request.path },
      snapshot: snapshot.hash,
    };
    await core.audit.record(trx, [rowEvent(row, core.actor(), 'row.sending', details, correlationId)]);
    return { row: { ...row, ...patch, status: 'sending' }, request, correlationId };
  });
}

async function storeOutcome(
  deps: SendDeps,
  job: Job,
  row: StoredRow,
  call: CarrierCall<{ requestId: string }>,
  gate: ProcessingGate,
): Promise<void> {
  const { core } = deps;
  const decision = decideAnswer(
    call.result,
    { sent: row.attempts, sendingAt: row.sendingAt ?? core.clock.now(), sendsForgiven: row.sendsForgiven },
    core.clock.now(),
    core.limits,
    core.ids.chance(),
  );
  if (decision.kind === 'queued' && decision.pausesProvider) gate.pauseUntil(row.providerUid, decision.runAt);
  await writeRow(core, job, async (trx) => {
    const fault = call.result.ok ? null : plainFault(call.result.error);
    const moved = await applyAnswer(deps, trx, job, row, decision, fault);
    await core.audit.record(trx, [
      callEvent(row, core.actor(), call.record),
      ...(moved === null ? [] : [rowEvent(row, core.actor(), moved.action, moved.details)]),
      ...(fault === null ? [] : [faultEvent(row, core.actor(), fault)]),
    ]);
  });
}

interface Told {
  readonly action: string;
  readonly details: Readonly<Record<string, string | number | null>>;
}

/** Null: the row had left `sending` meanwhile (proven by a callback); its own path goes on. */
async function applyAnswer(
  deps: SendDeps,
  trx: Trx,
  job: Job,
  row: StoredRow,
  decision: AnswerDecision,
  fault: Fault | null,
): Promise<Told | null> {
  const { core } = deps;
  const to = decision.kind;
  const patch = patchOf(core, row, decision, fault);
  if (!(await move(core, trx, row.id, 'sending', to, patch))) {
    await core.queue.end(trx, job, { kind: 'done' });
    return null;
  }
  const now = core.clock.now();
  const details = { attempt: row.attempts, code: fault?.code ?? null };
  switch (decision.kind) {
    case 'submitted': {
      const [known] = await everyone([
        deps.evidence.hasCallback(trx, row.providerUid, decision.requestId),
        core.queue.end(trx, job, { kind: 'done' }),
      ]);
      const askAt = known ? now : now + (core.timing.readBackAfterMs(row.providerUid) ?? core.limits.firstReadBackMs);
      await core.queue.add(trx, [confirmJob(row, decision.requestId, askAt)]);
      return { action: 'row.submitted', details: { attempt: row.attempts, requestId: decision.requestId } };
    }
    case 'unknown':
      await core.queue.end(trx, job, { kind: 'done' });
      await core.queue.add(trx, [confirmJob(row, null, decision.askAt)]);
      return { action: 'row.unknown', details };
    case 'queued':
      await core.queue.end(trx, job, { ...decision, kind: 'again', fault });
      return { action: 'row.requeued', details };
    case 'error':
      await core.queue.end(trx, job, { kind: 'done' });
      return { action: 'row.failed', details };
    case 'dead_letter':
      await core.queue.end(trx, job, endOfDeadLetter(fault));
      return { action: 'row.dead-lettered', details };
    default:
      return assertNever(decision);
  }
}

function patchOf(core: ChangesCore, row: StoredRow, decision: AnswerDecision, fault: Fault | null) {
  switch (decision.kind) {
    case 'submitted':
      return { requestId: decision.requestId, submittedAt: core.clock.now() };
    case 'queued':
      return { error: fault, attempts: decision.countsAsAttempt ? row.attempts : row.attempts - 1 };
    case 'unknown':
      return { error: fault };
    case 'error':
      return {
        error: fault,
        disposition: disposition(core, 'not_changed', 'answer', fault?.message ?? 'The carrier refused the change.'),
      };
    case 'dead_letter':
      return { error: fault };
    default:
      return assertNever(decision);
  }
}

function endOfDeadLetter(fault: Fault | null): JobEnd {
  if (fault === null) throw new Error('an accepted send must not become a dead letter');
  return { kind: 'dead', fault };
}

async function tellGate(
  gate: ProcessingGate,
  provider: Provider,
  call: CarrierCall<{ requestId: string }>,
): Promise<void> {
  if (call.result.ok) return gate.carrierAnswered(provider.uid);
  const fault = call.result.error;
  const neverReached = fault.class === 'api_transient' && fault.httpStatus === null;
  if (neverReached || fault.class === 'auth' || fault.stopsProvider) await gate.carrierTrouble(provider.uid, fault);
  else if (fault.class === 'api_unknown') await gate.carrierDoubtful(provider.uid, fault);
  else if (fault.httpStatus !== null) gate.carrierAnswered(provider.uid);
}

/** The row moved on, or a crash left it in `sending`: this job must not send. */
async function endStale(core: ChangesCore, job: Job): Promise<void> {
  await writeRow(core, job, async (trx) => {
    if (!(await core.queue.holds(trx, job))) return;
    const row = await findRow(trx, job.message.M2MDeviceChangeId);
    if (row?.status === 'sending') await sendingToUnknown(core, trx, row);
    const dead = row?.status === 'dead_letter' && row.error !== null;
    await core.queue.end(trx, job, dead && row.error !== null ? { kind: 'dead', fault: row.error } : { kind: 'done' });
  });
}

/** A send whose outcome nobody stored: asked about when the carrier can no longer be busy with it. */
export async function sendingToUnknown(core: ChangesCore, trx: Trx, row: StoredRow): Promise<void> {
  const fault: Fault = {
    class: 'api_unknown',
    code: 'answer-lost',
    message: 'The program ended between sending and storing the answer.',
    correlationId: row.correlationId ?? core.ids.uid(),
  };
  if (!(await move(core, trx, row.id, 'sending', 'unknown', { error: fault }))) return;
  const askAt = Math.max(core.clock.now(), (row.sendingAt ?? core.clock.now()) + core.limits.quietMs);
  await core.queue.add(trx, [confirmJob(row, null, askAt)]);
  await core.audit.record(trx, [
    rowEvent(row, core.actor(), 'row.unknown', { attempt: row.attempts, code: fault.code }),
    faultEvent(row, core.actor(), fault),
  ]);
}

/** The intent was written but nothing has left: surely unchanged, and not an attempt. */
async function withdraw(core: ChangesCore, job: Job, row: StoredRow): Promise<void> {
  await writeRow(core, job, async (trx) => {
    await move(core, trx, row.id, 'sending', 'queued', { attempts: row.attempts - 1 });
    await core.queue.end(trx, job, { kind: 'again', runAt: core.clock.now(), countsAsAttempt: false, fault: null });
    await core.audit.record(trx, [rowEvent(row, core.actor(), 'row.withdrawn', { reason: 'sender-lease-lost' })]);
  });
}

/** Another desk holds the line, or a newer lease of it: both sides stay as they are, a person decides. */
async function leaseLost(core: ChangesCore, job: Job): Promise<void> {
  await writeRow(core, job, async (trx) => {
    if (!(await core.queue.end(trx, job, { kind: 'done' }))) return;
    const row = await findRow(trx, job.message.M2MDeviceChangeId);
    if (row === null || row.status !== 'queued') return;
    const fault: Fault = {
      class: 'conflict',
      code: 'lease-lost',
      message: 'The line is no longer reserved for this change; another desk may be changing it.',
      correlationId: core.ids.uid(),
    };
    const patch = { error: fault, disposition: disposition(core, 'conflict', 'none', fault.message) };
    await move(core, trx, row.id, 'queued', 'conflict', patch);
    await core.audit.record(trx, [
      rowEvent(row, core.actor(), 'row.refused', { code: fault.code }),
      faultEvent(row, core.actor(), fault),
    ]);
  });
}

export function providerUnknown(core: ChangesCore, row: StoredRow): Fault {
  return {
    class: 'system',
    code: 'provider-unknown',
    message: `The service provider ${row.providerUid} of this row is not known to this user.`,
    correlationId: core.ids.uid(),
  };
}

/** A full disk may get room again; if not, the row stays in `sending` and recovery reads it back. */
async function persistently(core: ChangesCore, write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries >= OUTCOME_TRIES) throw error;
      core.log.error('outcome of a send could not be stored, trying again', { error: String(error) });
      await core.clock.sleep(backoffMs(tries, core.limits.systemBackoff, core.ids.chance()));
    }
  }
}
