import { FIELD_STEPS, type ChangeControl, type FieldStep } from '../../../shared/domain/control';
import { usageError, workFailed } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';
import type { AuditEvent } from '../audit/types';
import { pageOfRows } from './bulk.repo';
import { findRow } from './changes.repo';
import {
  cancelRows,
  countUnsent,
  findRowId,
  refreshHeld,
  refreshHeldRow,
  setChecklist,
  setControl,
  unsentIds,
} from './control.repo';
import type { ChangesCore } from './core';
import { changeEnded, getChange, noteAct } from './find-change';
import { rowEvent } from './trail';
import { acceptFailures } from './waves.repo';
import type { Act, BulkChange, ChangeControls, DeviceChangeRow } from './types';

/**
 * Pause, stop, go on, cancel, and the field checklist. What is held stays queued and keeps its line reserved; a send whose
 * intent is on the disk is followed to its end in every case.
 */
type Controls = Pick<ChangeControls, 'pause' | 'resume' | 'stop' | 'cancel' | 'tick'>;

/** Rows cancelled in one transaction: short enough for whoever else writes. */
const CANCELLED_A_TIME = 1_000;

export function createControls(core: ChangesCore): Controls {
  return {
    pause: (idOrUid, act) => hold(core, idOrUid, act, 'paused'),
    stop: (idOrUid, act) => hold(core, idOrUid, act, 'stopped'),
    resume: (idOrUid, act) => resume(core, idOrUid, act),
    cancel: (idOrUid, act) => cancel(core, idOrUid, act),
    tick: (idOrUid, row, step, done, act) => tick(core, idOrUid, row, { step, done }, act),
  };
}

async function hold(
  core: ChangesCore,
  idOrUid: string,
  act: Act,
  state: Exclude<ChangeControl['state'], 'running'>,
): Promise<BulkChange> {
  const change = await getChange(core, idOrUid);
  if (change.control.state === state) return change;
  if ((await countUnsent(core.local.read, change.id)) === 0)
    throw changeEnded(change, 'Nothing is left to be held back');
  await core.local.write(async (trx) => {
    await setControl(trx, change.id, { state, ...act }, core.clock.now());
    await refreshHeld(trx, change.id);
    await noteAct(core, trx, change, state === 'paused' ? 'change.paused' : 'change.stopped', act);
  });
  return getChange(core, change.uid);
}

async function resume(core: ChangesCore, idOrUid: string, act: Act): Promise<BulkChange> {
  const change = await getChange(core, idOrUid);
  if (change.control.state === 'running') return change;
  await core.local.write(async (trx) => {
    await setControl(trx, change.id, { state: 'running', ...act }, core.clock.now());
    // Whoever goes on has seen what failed: only further failures count.
    const accepted = await acceptFailures(trx, change.id);
    await refreshHeld(trx, change.id);
    await noteAct(core, trx, change, 'change.resumed', act, { acceptedFailures: accepted });
  });
  core.queue.ring();
  return getChange(core, change.uid);
}

async function cancel(
  core: ChangesCore,
  idOrUid: string,
  act: Act,
): Promise<{ readonly cancelled: number; readonly change: BulkChange }> {
  const change = await getChange(core, idOrUid);
  if ((await countUnsent(core.local.read, change.id)) === 0)
    throw changeEnded(change, 'Nothing is left to be cancelled');
  // First nothing leaves any more; then the rows are ended part by part.
  await core.local.write(async (trx) => {
    await setControl(trx, change.id, { state: 'stopped', ...act }, core.clock.now());
    await refreshHeld(trx, change.id);
    await core.queue.dropWaitingSends(trx, change.id);
    await noteAct(core, trx, change, 'change.cancelled', act);
  });
  let cancelled = 0;
  for (;;) {
    const part = await cancelPart(core, change, act);
    if (part === 0) return { cancelled, change: await getChange(core, change.uid) };
    cancelled += part;
  }
}

async function cancelPart(core: ChangesCore, change: BulkChange, act: Act): Promise<number> {
  return core.local.write(async (trx) => {
    const now = core.clock.now();
    const found = await unsentIds(trx, change.id, CANCELLED_A_TIME);
    const note = act.note === '' ? '' : `: ${act.note}`;
    const ids = await cancelRows(
      trx,
      found.map((row) => row.id),
      { outcome: 'cancelled', proof: 'person', detail: `Cancelled by ${act.by}${note}`, by: act.by, at: isoTime(now) },
      now,
    );
    const events: AuditEvent[] = [];
    for (const id of ids) {
      const row = await findRow(trx, id);
      if (row !== null) events.push(rowEvent(row, act.by, 'row.cancelled', { note: act.note }));
    }
    await core.audit.record(trx, events);
    // A row that was queued between the two has a send that waits.
    await core.queue.dropWaitingSends(trx, change.id);
    return ids.length;
  });
}

async function tick(
  core: ChangesCore,
  idOrUid: string,
  rowNo: number,
  tickOf: { readonly step: FieldStep; readonly done: boolean },
  act: Act,
): Promise<DeviceChangeRow> {
  const change = await getChange(core, idOrUid);
  await core.local.write(async (trx) => {
    const id = await findRowId(trx, change.id, rowNo);
    const row = id === null ? null : await findRow(trx, id);
    if (row === null || row.checklist === null) throw noChecklist(change, rowNo, row === null);
    if (row.status !== 'created' && row.status !== 'queued') throw sentAlready(change, rowNo);
    const ticked = new Set(row.checklist);
    if (tickOf.done) ticked.add(tickOf.step);
    else ticked.delete(tickOf.step);
    await setChecklist(
      trx,
      row.id,
      FIELD_STEPS.filter((step) => ticked.has(step)),
    );
    await refreshHeldRow(trx, row.id);
    await core.audit.record(trx, [rowEvent(row, act.by, 'row.ticked', { ...tickOf, note: act.note })]);
  });
  core.queue.ring();
  return rowOfChange(core, change.id, rowNo);
}

async function rowOfChange(core: ChangesCore, changeId: number, rowNo: number): Promise<DeviceChangeRow> {
  const { rows } = await pageOfRows(core.local.read, changeId, { rowNo, limit: 1, offset: 0 });
  const [row] = rows;
  if (row === undefined) throw new Error(`row ${rowNo} of change ${changeId} has vanished`);
  return row;
}

function noChecklist(change: BulkChange, row: number, unknown: boolean): Error {
  return usageError({
    code: unknown ? 'row-unknown' : 'row-without-checklist',
    what: unknown ? 'The change has no such row' : 'The rows of this change wait for no checklist',
    where: `change ${change.id}, row ${row}`,
  });
}

function sentAlready(change: BulkChange, row: number): Error {
  return workFailed({
    code: 'row-sent',
    what: 'The row has been sent already',
    where: `change ${change.id}, row ${row}`,
    todo: 'Its checklist can’t be changed any more.',
  });
}
