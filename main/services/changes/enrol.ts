import { SwapdeskError, tell, type Fault } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';
import { isCentralTrouble } from '../../lib/central-trouble';
import type { Trx } from '../../localdb/types';
import type { EnrolChange, EnrolRow, IdentifiersService, LeaseGrant } from '../identifiers/types';
import { findChangeHead, queueGranted, renewGranted, setCentralIds, type NewBulkChange } from './bulk.repo';
import {
  findRowsByUid,
  findRowsIn,
  markNeedsPerson,
  OPEN_STATUSES,
  openRowUids,
  type OpenStatus,
  type StoredRow,
} from './changes.repo';
import { refreshHeld, startHoldWindow } from './control.repo';
import { disposition, move, sendJob, type ChangesCore } from './core';
import { faultEvent, rowEvent } from './trail';

/**
 * `created → queued`: the central database stores the rows by uid and reserves their lines. Repeated after a crash it
 * answers the same, so the local half may follow later.
 */
export interface EnrolDeps {
  readonly core: ChangesCore;
  readonly identifiers: Pick<IdentifiersService, 'enrol' | 'renewLeases'>;
}

const ROWS_A_CALL = 1_000;
const LEASES_A_CALL = 2_000;

export async function enrolCreated(deps: EnrolDeps): Promise<{ queued: number; conflicts: number }> {
  const { core } = deps;
  const total = { queued: 0, conflicts: 0 };
  for (let afterId = 0; ;) {
    const found = await findRowsIn(core.local.read, 'created', afterId, ROWS_A_CALL);
    const first = found[0];
    if (first === undefined) return total;
    const rows = found.filter((row) => row.bulkChangeId === first.bulkChangeId);
    const done = await enrolRows(deps, rows);
    total.queued += done.queued;
    total.conflicts += done.conflicts;
    afterId = rows.at(-1)?.id ?? afterId;
  }
}

/** @param rows of one bulk change, `created`, or `queued` with a lease that has run out */
async function enrolRows(deps: EnrolDeps, rows: readonly StoredRow[]): Promise<{ queued: number; conflicts: number }> {
  const { core } = deps;
  const first = rows[0];
  if (first === undefined) return { queued: 0, conflicts: 0 };
  const head = await findChangeHead(core.local.read, first.bulkChangeId);
  const stored = await storeCentrally(deps, head, rows);
  if (stored === null) return { queued: 0, conflicts: 0 };
  const grants = new Map(stored.grants.map((grant) => [grant.uid, grant]));

  return core.local.write(async (trx) => {
    const now = core.clock.now();
    const granted = stored.grants.filter((grant) => grant.granted);
    await setCentralIds(trx, first.bulkChangeId, stored.centralId, stored.grants);
    const queued = new Set(await queueGranted(trx, granted, now));
    await renewGranted(trx, granted);
    const newlyQueued = rows.filter((row) => queued.has(row.id));
    if (newlyQueued.length > 0) await enqueue(core, trx, head, newlyQueued);
    let conflicts = 0;
    for (const row of rows) {
      const grant = grants.get(row.uid);
      if (grant === undefined) throw new Error(`row ${row.uid} was enrolled but has neither lease nor refusal`);
      if (grant.granted || !(await refuse(core, trx, row, grant))) continue;
      conflicts += 1;
    }
    if (newlyQueued.length > 0) await core.audit.record(trx, [enrolled(core, head, newlyQueued.length)]);
    return { queued: newlyQueued.length, conflicts };
  });
}

/** A change that was paused while its rows were stored centrally is as held as one that was paused before. */
async function enqueue(core: ChangesCore, trx: Trx, head: NewBulkChange, rows: readonly StoredRow[]): Promise<void> {
  const now = core.clock.now();
  const [first] = rows;
  if (first === undefined) return;
  const { holdSeconds } = head.options;
  const startsAt =
    holdSeconds === 0 ? first.startsAt : await startHoldWindow(trx, first.bulkChangeId, now + holdSeconds * 1_000);
  await core.queue.add(
    trx,
    rows.map((row) => sendJob({ ...row, startsAt }, now)),
  );
  await refreshHeld(trx, first.bulkChangeId, { from: first.id, to: rows.at(-1)?.id ?? first.id });
}

/**
 * Null: another desk was at the same lines; asked again at the next look. Whatever else the database has against this
 * change alone is an answer for each of its rows, so that it can't keep other changes from being enrolled.
 */
async function storeCentrally(
  deps: EnrolDeps,
  head: NewBulkChange,
  rows: readonly StoredRow[],
): Promise<{ readonly centralId: number | null; readonly grants: readonly LeaseGrant[] } | null> {
  try {
    return await deps.identifiers.enrol(enrolChangeOf(head), rows.map(enrolRowOf));
  } catch (error) {
    if (!(error instanceof SwapdeskError) || isCentralTrouble(error)) throw error;
    if (error.code === 'central-busy') return null;
    const refusal = { centralId: 0, granted: false, fencing: 0, heldBy: tell(error.story) };
    return { centralId: null, grants: rows.map((row) => ({ ...refusal, uid: row.uid })) };
  }
}

async function refuse(core: ChangesCore, trx: Trx, row: StoredRow, grant: LeaseGrant): Promise<boolean> {
  const fault: Fault = {
    class: 'conflict',
    code: 'line-held',
    message: `The line could not be reserved for this change: ${grant.heldBy ?? 'another desk has it'}.`,
    correlationId: core.ids.uid(),
  };
  const patch = { error: fault, disposition: disposition(core, 'conflict', 'none', fault.message) };
  if (!(await move(core, trx, row.id, row.status, 'conflict', patch))) return false;
  await core.audit.record(trx, [
    rowEvent(row, core.actor(), 'row.refused', { code: fault.code, heldBy: grant.heldBy }),
    faultEvent(row, core.actor(), fault),
  ]);
  return true;
}

function enrolled(core: ChangesCore, head: NewBulkChange, rows: number) {
  return {
    stream: head.portal,
    actor: core.actor(),
    action: 'change.enrolled',
    provider: head.providerUid,
    change: head.uid,
    details: { rows },
  } as const;
}

export function enrolChangeOf(head: NewBulkChange): EnrolChange {
  return {
    uid: head.uid,
    providerUid: head.providerUid,
    changeType: head.changeType,
    name: head.name,
    planHash: head.planHash,
    createdAt: isoTime(head.createdAt),
    createdBy: head.createdBy,
    request: { ChangeType: head.changeType, ServiceProvider: head.providerName, Name: head.name },
  };
}

export function enrolRowOf(row: StoredRow): EnrolRow {
  return {
    uid: row.uid,
    rowNo: row.row,
    deviceId: row.deviceId,
    old: row.old,
    new: row.new,
    changeRequest: {
      ChangeType: row.changeType,
      Old: row.old,
      New: row.new,
      MDN: row.mdn,
      Customer: row.customer,
      CustomerRatePlan: row.ratePlan,
      CustomerRatePool: row.ratePool,
      EffectiveDate: row.effectiveDate,
      // What the carrier is told to delete first, the central database gives up with the update.
      DeleteFirst: row.deleteFirst,
    },
  };
}

/**
 * Keeps the lines of open rows reserved. A lease that ran out on a row that was never sent is asked for again; one
 * that was taken from a row that may have been sent leaves the row to a person.
 */
export async function renewLeases(deps: EnrolDeps): Promise<{ lost: number }> {
  let lost = 0;
  // Backwards, so that a row that is moved on account of its lease is not met again.
  for (const status of OPEN_STATUSES.toReversed()) {
    if (status !== 'created') lost += await renewLeasesOf(deps, status);
  }
  return { lost };
}

async function renewLeasesOf(deps: EnrolDeps, status: OpenStatus): Promise<number> {
  const { core, identifiers } = deps;
  let lostRows = 0;
  for (let afterId = 0; ;) {
    const open = await openRowUids(core.local.read, status, afterId, LEASES_A_CALL);
    if (open.length === 0) return lostRows;
    afterId = open.at(-1)?.id ?? afterId;
    const lost = await identifiers.renewLeases(open.map((row) => row.uid));
    lostRows += lost.length;
    if (lost.length > 0) await handleLost(deps, await findRowsByUid(core.local.read, lost));
  }
}

async function handleLost(deps: EnrolDeps, rows: readonly StoredRow[]): Promise<void> {
  const { core } = deps;
  const unsent = rows.filter((row) => row.status === 'queued');
  for (const changeId of new Set(unsent.map((row) => row.bulkChangeId))) {
    await enrolRows(
      deps,
      unsent.filter((row) => row.bulkChangeId === changeId),
    );
  }
  const maybeSent = rows.filter((row) => row.status === 'submitted' || row.status === 'unknown');
  for (const row of maybeSent) await core.local.write((trx) => giveUp(core, trx, row));
}

async function giveUp(core: ChangesCore, trx: Trx, row: StoredRow): Promise<void> {
  const fault: Fault = {
    class: 'conflict',
    code: 'lease-lost',
    message: 'Another desk has taken this line over; its outcome is that desk’s to find out.',
    correlationId: row.correlationId ?? core.ids.uid(),
  };
  const mark = { needsPerson: true, error: fault, disposition: disposition(core, 'unproven', 'none', fault.message) };
  const moved =
    row.status === 'unknown'
      ? await markNeedsPerson(trx, row.id, mark, core.clock.now())
      : await move(core, trx, row.id, row.status, 'unknown', mark);
  if (!moved) return;
  await core.audit.record(trx, [
    rowEvent(row, core.actor(), 'row.given-to-person', { was: row.status, code: fault.code }),
    faultEvent(row, core.actor(), fault),
  ]);
}
