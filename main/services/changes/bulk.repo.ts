import type { ChangeType, DeviceChangeStatus, Disposition, StatusCounts } from '../../../shared/domain/change';
import { deriveBulkStatus } from '../../../shared/domain/change';
import { changeOptionsSchema, type ChangeControl, type ChangeOptions } from '../../../shared/domain/control';
import type { Fault } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import type { DraftRow } from '../drafts/types';
import { pairOf, stepsOf } from './changes.repo';
import { insertOrder } from './order.repo';
import { completeWave } from './waves.repo';
import type { BulkChange, DeviceChange, DeviceChangeRow } from './types';

/** SQLite parses the whole JSON text for each call; 2,000 rows a call measured best. */
const ROWS_A_CALL = 2_000;

export interface NewBulkChange {
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly providerName: string;
  readonly portal: 'm2m' | 'mobility';
  readonly changeType: ChangeType;
  readonly planHash: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly options: ChangeOptions;
  readonly rollbackOf: string | null;
  /** The draft that it was made of; null: a rollback. */
  readonly draftUid: string | null;
}

/** A row as it is stored with a new change. */
export type NewDeviceChange = Pick<
  DraftRow,
  'row' | 'mdn' | 'old' | 'new' | 'customer' | 'ratePlan' | 'ratePool' | 'effectiveDate'
> & {
  readonly uid: string;
  readonly deviceId: number;
  readonly deleteFirst?: DeviceChange['deleteFirst'];
  /** Rows of the change, by number, that must be processed before; and whether one of an open change must. */
  readonly after?: readonly number[];
  readonly afterOpenChange?: boolean;
  readonly rollbackOf?: string;
};

export async function insertBulkChange(
  trx: Trx,
  change: NewBulkChange,
  rows: readonly NewDeviceChange[],
): Promise<number> {
  const { canary, startAt } = change.options;
  const [made] = await trx.raw<{ id: number }[]>(
    `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, plan_hash, row_count,
                              created_at, created_by, options, starts_at, wave_end, wave_number, rollback_of,
                              draft_uid)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    [
      change.uid,
      change.name,
      change.providerUid,
      change.providerName,
      change.portal,
      change.changeType,
      change.planHash,
      rows.length,
      change.createdAt,
      change.createdBy,
      JSON.stringify(change.options),
      startAt === null ? null : Date.parse(startAt),
      canary === null ? null : firstWaveEnd(rows, canary.firstRows),
      canary === null ? 0 : 1,
      change.rollbackOf,
      change.draftUid,
      // knex types bindings without null; SQLite takes it.
    ] as (string | number)[],
  );
  if (made === undefined) throw new Error('the inserted bulk change was not returned');
  for (let start = 0; start < rows.length; start += ROWS_A_CALL) {
    await insertRows(trx, made.id, change, rows.slice(start, start + ROWS_A_CALL));
  }
  await insertOrder(trx, made.id, rows);
  await completeWave(trx, made.id);
  return made.id;
}

/** Rows may be numbered with gaps: those of a draft keep their numbers. */
function firstWaveEnd(rows: readonly NewDeviceChange[], firstRows: number): number | null {
  return rows.length <= firstRows ? null : (rows[firstRows - 1]?.row ?? null);
}

async function insertRows(
  trx: Trx,
  bulkChangeId: number,
  change: NewBulkChange,
  rows: readonly NewDeviceChange[],
): Promise<void> {
  const { canary, checklist } = change.options;
  const verifiedUpTo = canary === null ? 0 : (rows[Math.min(canary.firstRows, rows.length) - 1]?.row ?? 0);
  const records = rows.map((row) => [
    row.uid,
    row.row,
    row.deviceId,
    row.mdn,
    row.old.iccid ?? null,
    row.old.imei ?? null,
    row.new.iccid ?? null,
    row.new.imei ?? null,
    row.customer,
    row.ratePlan,
    row.ratePool,
    row.effectiveDate,
    row.deleteFirst === undefined || row.deleteFirst === null ? null : JSON.stringify(row.deleteFirst),
    row.rollbackOf ?? null,
  ]);
  await trx.raw(
    `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, mdn, old_iccid, old_imei,
       new_iccid, new_imei, customer, rate_plan, rate_pool, effective_date, delete_first, rollback_of, status,
       updated_at, checklist, verify)
     select value ->> 0, ?, value ->> 1, ?, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
       value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, 'created', ?, ?,
       (value ->> 1) <= ?
     from json_each(?) order by key`,
    [
      bulkChangeId,
      change.providerUid,
      change.createdAt,
      checklist ? '[]' : null,
      verifiedUpTo,
      JSON.stringify(records),
    ] as (string | number)[],
  );
}

interface ChangeRecord {
  readonly id: number;
  readonly uid: string;
  readonly central_id: number | null;
  readonly name: string;
  readonly provider_uid: string;
  readonly provider_name: string;
  readonly portal: 'm2m' | 'mobility';
  readonly change_type: ChangeType;
  readonly plan_hash: string;
  readonly row_count: number;
  readonly created_at: number;
  readonly created_by: string;
  readonly control: ChangeControl['state'];
  readonly control_note: string | null;
  readonly control_by: string | null;
  readonly control_at: number | null;
  readonly starts_at: number | null;
  readonly options: string;
  readonly wave_end: number | null;
  readonly wave_number: number;
  readonly rollback_of: string | null;
  readonly draft_uid: string | null;
}

interface CountRecord {
  readonly bulk_change_id: number;
  readonly status: DeviceChangeStatus;
  readonly rows: number;
  readonly needs_person: number;
  readonly first_sending_at: number | null;
  readonly last_ended_at: number | null;
}

async function withCounts(db: ReadDb, records: readonly ChangeRecord[]): Promise<readonly BulkChange[]> {
  const counts = await db.raw<CountRecord[]>(
    `select bulk_change_id, status, count(*) as rows, sum(needs_person) as needs_person,
            min(first_sending_at) as first_sending_at, max(ended_at) as last_ended_at
     from m2m_device_change where bulk_change_id in (select value from json_each(?)) group by bulk_change_id, status`,
    [JSON.stringify(records.map((record) => record.id))],
  );
  return records.map((record) =>
    changeOf(
      record,
      counts.filter((count) => count.bulk_change_id === record.id),
    ),
  );
}

function changeOf(record: ChangeRecord, records: readonly CountRecord[]): BulkChange {
  const counts: StatusCounts = {
    byStatus: Object.fromEntries(records.map((count) => [count.status, count.rows])),
    needsPerson: records.reduce((sum, count) => sum + count.needs_person, 0),
  };
  const status = deriveBulkStatus(counts);
  const started = records.flatMap((count) => (count.first_sending_at === null ? [] : [count.first_sending_at]));
  const ended = records.flatMap((count) => (count.last_ended_at === null ? [] : [count.last_ended_at]));
  const over = status === 'processed' || status === 'processed_with_errors' || status === 'cancelled';
  return {
    id: record.id,
    uid: record.uid,
    name: record.name,
    providerUid: record.provider_uid,
    providerName: record.provider_name,
    changeType: record.change_type,
    planHash: record.plan_hash,
    createdAt: isoTime(record.created_at),
    createdBy: record.created_by,
    rows: record.row_count,
    status,
    counts,
    startedAt: started.length === 0 ? null : isoTime(Math.min(...started)),
    endedAt: !over || ended.length === 0 ? null : isoTime(Math.max(...ended)),
    control: {
      state: record.control,
      note: record.control_note,
      by: record.control_by,
      at: timeOf(record.control_at),
    },
    startsAt: timeOf(record.starts_at),
    options: optionsOf(record),
    wave: record.wave_end === null ? null : { number: record.wave_number, upToRow: record.wave_end },
    rollbackOf: record.rollback_of,
  };
}

function timeOf(instantMs: number | null): string | null {
  return instantMs === null ? null : isoTime(instantMs);
}

function optionsOf(record: Pick<ChangeRecord, 'options'>): ChangeOptions {
  return changeOptionsSchema.parse(JSON.parse(record.options));
}

export async function listChanges(
  db: ReadDb,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly changes: readonly BulkChange[] }> {
  const records = await db.raw<ChangeRecord[]>(`select * from bulk_change order by id desc limit ? offset ?`, [
    page.limit,
    page.offset,
  ]);
  const [count] = await db.raw<{ total: number }[]>(`select count(*) as total from bulk_change`);
  return { total: count?.total ?? 0, changes: await withCounts(db, records) };
}

export async function findChange(db: ReadDb, idOrUid: string): Promise<BulkChange | null> {
  const number = /^[1-9]\d{0,14}$/.test(idOrUid) ? Number(idOrUid) : -1;
  const records = await db.raw<ChangeRecord[]>(`select * from bulk_change where uid = ? or id = ?`, [
    idOrUid.toLowerCase(),
    number,
  ]);
  const [change] = await withCounts(db, records.slice(0, 1));
  return change ?? null;
}

interface ShownRecord {
  readonly row_no: number;
  readonly uid: string;
  readonly device_id: number;
  readonly mdn: string | null;
  readonly old_iccid: string | null;
  readonly old_imei: string | null;
  readonly new_iccid: string | null;
  readonly new_imei: string | null;
  readonly status: DeviceChangeStatus;
  readonly needs_person: number;
  readonly request_id: string | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly disposition: string | null;
  readonly seen_at: number | null;
  readonly checklist: string | null;
}

export async function pageOfRows(
  db: ReadDb,
  changeId: number,
  page: {
    readonly only?: DeviceChangeStatus;
    readonly rowNo?: number;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<{ readonly total: number; readonly rows: readonly DeviceChangeRow[] }> {
  const only = `${page.only === undefined ? '' : 'and status = ?'} ${page.rowNo === undefined ? '' : 'and row_no = ?'}`;
  const filter = [changeId, page.only, page.rowNo].filter((value) => value !== undefined);
  const records = await db.raw<ShownRecord[]>(
    `select row_no, uid, device_id, mdn, old_iccid, old_imei, new_iccid, new_imei, status, needs_person, request_id,
            attempts, error, disposition, seen_at, checklist
     from m2m_device_change where bulk_change_id = ? ${only} order by row_no limit ? offset ?`,
    [...filter, page.limit, page.offset],
  );
  const [count] = await db.raw<{ total: number }[]>(
    `select count(*) as total from m2m_device_change where bulk_change_id = ? ${only}`,
    filter,
  );
  return {
    total: count?.total ?? 0,
    rows: records.map((record) => ({
      row: record.row_no,
      uid: record.uid,
      deviceId: record.device_id,
      mdn: record.mdn,
      old: pairOf(record.old_iccid, record.old_imei),
      new: pairOf(record.new_iccid, record.new_imei),
      status: record.status,
      needsPerson: record.needs_person === 1,
      requestId: record.request_id,
      attempts: record.attempts,
      error: record.error === null ? null : (JSON.parse(record.error) as Fault),
      disposition: record.disposition === null ? null : (JSON.parse(record.disposition) as Disposition),
      seenAt: timeOf(record.seen_at),
      checklist: stepsOf(record.checklist),
    })),
  };
}

/** What enrolment tells the central database of a change. */
export async function findChangeHead(db: ReadDb, changeId: number): Promise<NewBulkChange> {
  const [record] = await db.raw<ChangeRecord[]>(`select * from bulk_change where id = ?`, [changeId]);
  if (record === undefined) throw new Error(`bulk change ${changeId} has rows but is missing`);
  return {
    uid: record.uid,
    name: record.name,
    providerUid: record.provider_uid,
    providerName: record.provider_name,
    portal: record.portal,
    changeType: record.change_type,
    planHash: record.plan_hash,
    createdAt: record.created_at,
    createdBy: record.created_by,
    options: optionsOf(record),
    rollbackOf: record.rollback_of,
    draftUid: record.draft_uid,
  };
}

/** Rows whose lease was granted: `created → queued`. @returns ids of those that were still `created` */
export async function queueGranted(
  trx: Trx,
  grants: readonly { readonly uid: string; readonly fencing: number }[],
  now: number,
): Promise<readonly number[]> {
  const rows = await trx.raw<{ id: number }[]>(
    `update m2m_device_change
     set status = 'queued', fencing = granted.value ->> 1, updated_at = ?, row_version = row_version + 1
     from json_each(?) granted
     where m2m_device_change.uid = granted.value ->> 0 and status = 'created'
     returning id`,
    [now, grantsText(grants)],
  );
  return rows.map((row) => row.id);
}

/** A lease that was granted anew has a new fencing number. */
export async function renewGranted(
  trx: Trx,
  grants: readonly { readonly uid: string; readonly fencing: number }[],
): Promise<void> {
  await trx.raw(
    `update m2m_device_change set fencing = granted.value ->> 1
     from json_each(?) granted where m2m_device_change.uid = granted.value ->> 0 and status = 'queued'`,
    [grantsText(grants)],
  );
}

function grantsText(grants: readonly { readonly uid: string; readonly fencing: number }[]): string {
  return JSON.stringify(grants.map((grant) => [grant.uid, grant.fencing]));
}

export async function setCentralIds(
  trx: Trx,
  bulkChangeId: number,
  centralId: number | null,
  rows: readonly { readonly uid: string; readonly centralId: number }[],
): Promise<void> {
  if (centralId !== null)
    await trx.raw(`update bulk_change set central_id = ? where id = ?`, [centralId, bulkChangeId]);
  await trx.raw(
    `update m2m_device_change set central_id = nullif(stored.value ->> 1, 0)
     from json_each(?) stored where m2m_device_change.uid = stored.value ->> 0`,
    [JSON.stringify(rows.map((row) => [row.uid, row.centralId]))],
  );
}

export async function countEndedSince(
  db: ReadDb,
  instantMs: number,
): Promise<readonly { readonly status: DeviceChangeStatus; readonly rows: number }[]> {
  return await db.raw<{ status: DeviceChangeStatus; rows: number }[]>(
    `select status, count(*) as rows from m2m_device_change where ended_at >= ? group by status`,
    [instantMs],
  );
}
