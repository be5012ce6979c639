import type { IdentifierPair } from '../../../shared/domain/change';
import { SwapdeskError } from '../../../shared/domain/fault';
import type { Fault } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';
import { everyone } from '../../lib/together';
import { backoffMs } from '../../lib/backoff';
import { isCentralTrouble } from '../../lib/central-trouble';
import type { IdentifiersService, IdentifierUpdateResult } from '../identifiers/types';
import type { Job, JobEnd } from '../queue/types';
import type { Trx } from '../../localdb/types';
import { findRow, findRowByUid, type StoredRow } from './changes.repo';
import { disposition, move, systemFault, writeRow, type ChangesCore } from './core';
import { releaseFollowers } from './order';
import { postpone } from './postpone';
import { providerUnknown, sendingToUnknown } from './send.handler';
import { settle } from './settle';
import { faultEvent, pairJson, rowEvent } from './trail';
import type { ConfirmationDecision, EvidenceSource, ProcessingGate } from './types';

/**
 * Looks for the confirmation of a row, then brings the central database up to date. Both steps may be repeated: the
 * evidence changes nothing twice, and the stored procedure answers `already applied`.
 */
export interface ConfirmDeps {
  readonly core: ChangesCore;
  readonly evidence: Pick<EvidenceSource, 'confirm'>;
  readonly identifiers: Pick<IdentifiersService, 'update'>;
}

export async function confirm(deps: ConfirmDeps, job: Job, gate: ProcessingGate): Promise<void> {
  const { core } = deps;
  const row = await findRow(core.local.read, job.message.M2MDeviceChangeId);
  if (row === null) return end(core, job, { kind: 'done' });
  switch (row.status) {
    case 'confirmed':
      return applyCentrally(deps, job, row, gate);
    case 'submitted':
      return ask(deps, job, row, gate);
    case 'unknown':
      return row.needsPerson ? end(core, job, { kind: 'done' }) : ask(deps, job, row, gate);
    case 'sending':
      return writeRow(core, job, async (trx) => {
        if (await core.queue.end(trx, job, { kind: 'done' })) await sendingToUnknown(core, trx, row);
      });
    case 'dead_letter':
      return end(core, job, row.error === null ? { kind: 'done' } : { kind: 'dead', fault: row.error });
    case 'created':
    case 'queued':
    case 'processed':
    case 'conflict':
    case 'error':
    case 'cancelled':
    case 'rolled_back':
      return end(core, job, { kind: 'done' });
    default:
      return assertNever(row.status);
  }
}

async function end(core: ChangesCore, job: Job, how: JobEnd): Promise<void> {
  await writeRow(core, job, (trx) => core.queue.end(trx, job, how));
}

async function ask(deps: ConfirmDeps, job: Job, row: StoredRow, gate: ProcessingGate): Promise<void> {
  const { core } = deps;
  const provider = gate.provider(row.providerUid);
  if (provider === null) return postpone(core, job, providerUnknown(core, row));
  const evidence = await deps.evidence.confirm(provider, row);
  const settled = await writeRow(core, job, (trx) => settle(core, trx, row.id, evidence, job));

  const lastCall = evidence.calls.at(-1);
  const fault = faultIn(evidence.decision);
  if (fault !== null && (fault.class === 'auth' || (lastCall !== undefined && lastCall.httpStatus === null))) {
    await gate.carrierTrouble(provider.uid, fault);
  } else if (lastCall !== undefined && lastCall.httpStatus !== null) {
    gate.carrierAnswered(provider.uid);
  }
  if (settled.status !== 'confirmed') return;
  const confirmed = await findRow(core.local.read, row.id);
  if (confirmed?.status === 'confirmed') await applyCentrally(deps, job, confirmed, gate);
}

function faultIn(decision: ConfirmationDecision): Fault | null {
  return decision.kind === 'wait' ? decision.fault : null;
}

async function applyCentrally(deps: ConfirmDeps, job: Job, row: StoredRow, gate: ProcessingGate): Promise<void> {
  const { core } = deps;
  let result: IdentifierUpdateResult;
  try {
    result = await deps.identifiers.update({
      deviceChangeUid: row.uid,
      providerUid: row.providerUid,
      deviceId: row.deviceId,
      old: row.old,
      new: row.new,
      customer: row.customer,
      ratePlan: row.ratePlan,
      ratePool: row.ratePool,
      effectiveDate: row.effectiveDate,
      processedBy: core.actor(),
      fencing: row.fencing,
    });
    gate.centralAnswered();
  } catch (error) {
    if (!(error instanceof SwapdeskError)) throw error;
    if (!isCentralTrouble(error)) return updateRefused(core, job, row, error);
    gate.centralTrouble(error);
    return postpone(core, job, systemFault(core, error));
  }
  await storeUpdate(core, job, row, result);
}

/**
 * The database refused this row for now: the new identifier still belongs to a line whose own change gives it up, or
 * another desk was changing the same lines. Tried again, but not for ever: the other change may wait for a person.
 */
async function updateRefused(core: ChangesCore, job: Job, row: StoredRow, error: SwapdeskError): Promise<void> {
  const refusals = job.attempts + 1;
  if (refusals >= core.limits.mostUpdates) {
    return storeUpdate(core, job, row, { kind: 'conflict', reason: error.message, found: null });
  }
  const runAt = core.clock.now() + backoffMs(refusals, core.limits.systemBackoff, core.ids.chance());
  const fault = systemFault(core, error);
  await end(core, job, { kind: 'again', runAt, countsAsAttempt: true, fault });
}

async function storeUpdate(core: ChangesCore, job: Job, row: StoredRow, result: IdentifierUpdateResult): Promise<void> {
  let freed = false;
  await writeRow(core, job, async (trx) => {
    const ended = core.queue.end(trx, job, { kind: 'done' });
    switch (result.kind) {
      case 'updated':
      case 'already-applied': {
        const moved = move(core, trx, row.id, 'confirmed', 'processed', { processedAt: core.clock.now() });
        const [, isProcessed] = await everyone([ended, moved]);
        if (isProcessed !== true) return;
        await core.audit.record(trx, [rowEvent(row, core.actor(), 'row.processed', { central: result.kind })]);
        if (row.rollbackOf !== null) await markRolledBack(core, trx, row, row.rollbackOf);
        freed = await releaseFollowers(trx, row.id);
        return;
      }
      case 'conflict': {
        await ended;
        const fault: Fault = {
          class: 'conflict',
          code: 'identifiers-differ',
          message: `The carrier changed the line, but the central database could not follow: ${result.reason}`,
          correlationId: row.correlationId ?? core.ids.uid(),
        };
        const detail = `${fault.message} ${bothSides(row, result.found)}`;
        const patch = {
          error: fault,
          disposition: disposition(core, 'conflict', row.disposition?.proof ?? 'none', detail),
        };
        if (!(await move(core, trx, row.id, 'confirmed', 'conflict', patch))) return;
        const found = result.found === null ? null : pairJson(result.found);
        await core.audit.record(trx, [
          rowEvent(row, core.actor(), 'row.conflicted', { reason: result.reason, found }),
          faultEvent(row, core.actor(), fault),
        ]);
        return;
      }
      default:
        return assertNever(result);
    }
  });
  if (freed) core.queue.ring();
}

/** The row that this one takes back. It may be another desk's: then that desk shows it as processed. */
async function markRolledBack(core: ChangesCore, trx: Trx, by: StoredRow, originalUid: string): Promise<void> {
  const original = await findRowByUid(trx, originalUid);
  if (original === null || original.status !== 'processed') return;
  const proof = by.disposition?.proof ?? 'none';
  const detail = `Taken back by change ${by.bulkChangeId}, row ${by.row}`;
  await move(core, trx, original.id, 'processed', 'rolled_back', {
    disposition: disposition(core, 'rolled_back', proof, detail),
  });
  await core.audit.record(trx, [rowEvent(original, core.actor(), 'row.rolled-back', { by: by.bulkChangeUid })]);
}

function bothSides(row: StoredRow, found: IdentifierPair | null): string {
  const write = (pair: IdentifierPair): string =>
    [pair.iccid === undefined ? '' : `ICCID ${pair.iccid}`, pair.imei === undefined ? '' : `IMEI ${pair.imei}`]
      .filter((part) => part !== '')
      .join(', ');
  const central = found === null ? 'not told' : write(found);
  return `Expected there: ${write(row.old)}. Found there: ${central}. At the carrier: ${write(row.new)}.`;
}
