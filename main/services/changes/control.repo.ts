import type { DeviceChangeStatus, Disposition } from '../../../shared/domain/change';
import type { FieldStep } from '../../../shared/domain/control';
import type { ReadDb, Trx } from '../../localdb/types';
import { HAS_FAILED, RELEASED } from './changes.repo';

/** SQL of what a person wants of a change. */

export async function setControl(
  trx: Trx,
  changeId: number,
  control: { readonly state: 'running' | 'paused' | 'stopped'; readonly note: string; readonly by: string },
  now: number,
): Promise<void> {
  await trx.raw(`update bulk_change set control = ?, control_note = ?, control_by = ?, control_at = ? where id = ?`, [
    control.state,
    control.note,
    control.by,
    now,
    changeId,
  ]);
}

/**
 * Holds and lets go the sends of a change by what is wanted of it now; also those that a worker has in hand.
 *
 * @param ids only rows between these
 */
export async function refreshHeld(
  trx: Trx,
  changeId: number,
  ids: { readonly from: number; readonly to: number } = { from: 0, to: Number.MAX_SAFE_INTEGER },
): Promise<void> {
  await trx.raw(
    `update job set held = 1 - ${RELEASED}
     from m2m_device_change r join bulk_change c on c.id = r.bulk_change_id
     where job.bulk_change_id = ? and job.confirms = 0 and job.held in (0, 1) and job.state <> 'dead'
       and job.device_change_id between ? and ? and r.id = job.device_change_id and job.held <> 1 - ${RELEASED}`,
    [changeId, ids.from, ids.to],
  );
}

export async function refreshHeldRow(trx: Trx, deviceChangeId: number): Promise<void> {
  await trx.raw(
    `update job set held = (select 1 - ${RELEASED} from m2m_device_change r join bulk_change c on c.id = r.bulk_change_id
                            where r.id = job.device_change_id)
     where device_change_id = ? and confirms = 0 and state <> 'dead'`,
    [deviceChangeId],
  );
}

/** Starts the hold window when the change is queued; a start that was chosen stays. @returns when sending begins */
export async function startHoldWindow(trx: Trx, changeId: number, endsAt: number): Promise<number | null> {
  const [row] = await trx.raw<{ starts_at: number | null }[]>(
    `update bulk_change set starts_at = coalesce(starts_at, ?) where id = ? returning starts_at`,
    [endsAt, changeId],
  );
  return row?.starts_at ?? null;
}

export async function countUnsent(db: ReadDb | Trx, changeId: number): Promise<number> {
  const [row] = await db.raw<{ rows: number }[]>(
    `select count(*) as rows from m2m_device_change where bulk_change_id = ? and status in ('created', 'queued')`,
    [changeId],
  );
  return row?.rows ?? 0;
}

/** Ids of rows that were not sent, in the order of their numbers. */
export async function unsentIds(
  trx: Trx,
  changeId: number,
  limit: number,
): Promise<readonly { readonly id: number; readonly status: DeviceChangeStatus }[]> {
  return await trx.raw<{ id: number; status: DeviceChangeStatus }[]>(
    `select id, status from m2m_device_change where bulk_change_id = ? and status in ('created', 'queued')
     order by row_no limit ?`,
    [changeId, limit],
  );
}

/** Cancels rows that are `created` or `queued` still. @returns ids of those */
export async function cancelRows(
  trx: Trx,
  ids: readonly number[],
  disposition: Disposition,
  now: number,
): Promise<readonly number[]> {
  const rows = await trx.raw<{ id: number }[]>(
    `update m2m_device_change set status = 'cancelled', needs_person = 0, disposition = ?, ended_at = ?, updated_at = ?,
                                  row_version = row_version + 1
     where id in (select value from json_each(?)) and status in ('created', 'queued') returning id`,
    [JSON.stringify(disposition), now, now, JSON.stringify(ids)],
  );
  return rows.map((row) => row.id);
}

export async function findRowId(db: ReadDb | Trx, changeId: number, rowNo: number): Promise<number | null> {
  const [row] = await db.raw<{ id: number }[]>(
    `select id from m2m_device_change where bulk_change_id = ? and row_no = ?`,
    [changeId, rowNo],
  );
  return row?.id ?? null;
}

export async function setChecklist(trx: Trx, id: number, steps: readonly FieldStep[]): Promise<void> {
  await trx.raw(`update m2m_device_change set checklist = ? where id = ?`, [JSON.stringify(steps), id]);
}

/** Failed rows of a change, or rows of it by number, in order. */
export async function failedIds(
  db: ReadDb,
  changeId: number,
  rowNumbers: readonly number[] | null,
): Promise<readonly number[]> {
  const rows = await db.raw<{ id: number }[]>(
    rowNumbers === null
      ? `select id from m2m_device_change where bulk_change_id = ? and ${HAS_FAILED} order by row_no`
      : `select id from m2m_device_change where bulk_change_id = ?
           and row_no in (select value from json_each(?)) order by row_no`,
    rowNumbers === null ? [changeId] : [changeId, JSON.stringify(rowNumbers)],
  );
  return rows.map((row) => row.id);
}

/** Corrects what a dead letter's row is to become. False: it is none any more. */
export async function editNew(
  trx: Trx,
  id: number,
  next: { readonly iccid: string | null; readonly imei: string | null },
  now: number,
): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(
    `update m2m_device_change set new_iccid = ?, new_imei = ?, updated_at = ?, row_version = row_version + 1
     where id = ? and status = 'dead_letter' returning id`,
    // knex types bindings without null; SQLite takes it.
    [next.iccid, next.imei, now, id] as (string | number)[],
  );
  return rows.length > 0;
}

/** Number of the line in the mirror that holds the identifier; null: none that this user sees. */
export async function lineWith(db: ReadDb, kind: 'iccid' | 'imei', id: string): Promise<number | null> {
  const [row] = await db.raw<{ id: number }[]>(
    kind === 'iccid' ? `select id from device where iccid = ?` : `select id from device where imei = ?`,
    [id],
  );
  return row?.id ?? null;
}

/** What people know changes by, by their numbers; one that is gone is left out. */
export async function namesOfChanges(
  db: ReadDb,
  changeIds: readonly number[],
): Promise<ReadonlyMap<number, { readonly name: string; readonly providerName: string }>> {
  const rows = await db.raw<{ id: number; name: string; providerName: string }[]>(
    `select id, name, provider_name as providerName from bulk_change where id in (select value from json_each(?))`,
    [JSON.stringify(changeIds)],
  );
  return new Map(rows.map(({ id, ...names }) => [id, names]));
}
