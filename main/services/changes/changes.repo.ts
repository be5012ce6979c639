import type { DeviceChangeStatus, Disposition, IdentifierPair } from '../../../shared/domain/change';
import { FIELD_STEPS, type FieldStep } from '../../../shared/domain/control';
import type { Fault } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';
import { together } from '../../lib/together';
import type { ReadDb, Trx } from '../../localdb/types';
import type { DeviceChange } from './types';

/** A row with what the trail needs of its bulk change. */
export interface StoredRow extends DeviceChange {
  readonly portal: 'm2m' | 'mobility';
  readonly correlationId: string | null;
  /** Neither its change nor its wave nor the field keeps it from being sent. */
  readonly released: boolean;
  readonly startsAt: number | null;
  /** Its snapshot is the carrier's own answer. */
  readonly asksCarrierFirst: boolean;
  /** Code of the plan that goes along in the same call. */
  readonly carrierPlan: string | null;
}

interface RowRecord {
  readonly id: number;
  readonly uid: string;
  readonly bulk_change_id: number;
  readonly bulk_change_uid: string;
  readonly change_type: DeviceChange['changeType'];
  readonly portal: StoredRow['portal'];
  readonly created_by: string;
  readonly row_no: number;
  readonly provider_uid: string;
  readonly device_id: number;
  readonly mdn: string | null;
  readonly old_iccid: string | null;
  readonly old_imei: string | null;
  readonly new_iccid: string | null;
  readonly new_imei: string | null;
  readonly customer: string | null;
  readonly rate_plan: string | null;
  readonly rate_pool: string | null;
  readonly effective_date: string | null;
  readonly status: DeviceChangeStatus;
  readonly needs_person: number;
  readonly request_id: string | null;
  readonly correlation_id: string | null;
  readonly attempts: number;
  readonly request: string | null;
  readonly error: string | null;
  readonly disposition: string | null;
  readonly fencing: number;
  readonly sending_at: number | null;
  readonly submitted_at: number | null;
  readonly confirmed_at: number | null;
  readonly row_version: number;
  readonly verify: number;
  readonly sends_forgiven: number;
  readonly seen_at: number | null;
  readonly checklist: string | null;
  readonly delete_first: string | null;
  readonly rollback_of: string | null;
  readonly released: number;
  readonly starts_at: number | null;
  readonly snapshot_from: string | null;
  readonly carrier_plan: string | null;
}

/** Of a row: it failed, or waits for a person. */
export const HAS_FAILED = `(status in ('error', 'dead_letter', 'conflict') or (status = 'unknown' and needs_person = 1))`;

/** Of a row `r` and its change `c`: nothing keeps it from being sent. All four steps of the field are ticked, and nothing
 * that frees its new identifier is still to be processed. */
export const RELEASED = `(c.control = 'running' and (c.wave_end is null or r.row_no <= c.wave_end)
  and (r.checklist is null or json_array_length(r.checklist) >= ${FIELD_STEPS.length})
  and not exists (select 1 from device_change_order o where o.after_id = r.id))`;

const SELECT_ROW = `
  select r.*, c.uid as bulk_change_uid, c.change_type, c.portal, c.created_by, c.starts_at,
    c.options ->> '$.snapshot' as snapshot_from, c.options ->> '$.carrierPlan' as carrier_plan, ${RELEASED} as released
  from m2m_device_change r join bulk_change c on c.id = r.bulk_change_id`;

export function pairOf(iccid: string | null, imei: string | null): IdentifierPair {
  return { ...(iccid === null ? {} : { iccid }), ...(imei === null ? {} : { imei }) };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

export function stepsOf(text: string | null): readonly FieldStep[] | null {
  return text === null ? null : (JSON.parse(text) as FieldStep[]);
}

function rowOf(record: RowRecord): StoredRow {
  return {
    id: record.id,
    uid: record.uid,
    row: record.row_no,
    bulkChangeId: record.bulk_change_id,
    bulkChangeUid: record.bulk_change_uid,
    providerUid: record.provider_uid,
    portal: record.portal,
    changeType: record.change_type,
    deviceId: record.device_id,
    mdn: record.mdn,
    old: pairOf(record.old_iccid, record.old_imei),
    new: pairOf(record.new_iccid, record.new_imei),
    customer: record.customer,
    ratePlan: record.rate_plan,
    ratePool: record.rate_pool,
    effectiveDate: record.effective_date,
    status: record.status,
    needsPerson: record.needs_person === 1,
    requestId: record.request_id,
    correlationId: record.correlation_id,
    attempts: record.attempts,
    request: parsed(record.request),
    error: record.error === null ? null : (JSON.parse(record.error) as Fault),
    disposition: record.disposition === null ? null : (JSON.parse(record.disposition) as Disposition),
    fencing: record.fencing,
    createdBy: record.created_by,
    sendingAt: record.sending_at,
    submittedAt: record.submitted_at,
    confirmedAt: record.confirmed_at,
    rowVersion: record.row_version,
    verify: record.verify === 1,
    sendsForgiven: record.sends_forgiven,
    seenAt: record.seen_at === null ? null : isoTime(record.seen_at),
    checklist: stepsOf(record.checklist),
    deleteFirst: parsed(record.delete_first) as DeviceChange['deleteFirst'],
    rollbackOf: record.rollback_of,
    released: record.released === 1,
    startsAt: record.starts_at,
    asksCarrierFirst: record.snapshot_from === 'carrier',
    carrierPlan: record.carrier_plan,
  };
}

const rowsByNumber = together<ReadDb | Trx, number, StoredRow | null>(
  () => '',
  async (db, ids) => {
    const records = await db.raw<RowRecord[]>(`${SELECT_ROW} where r.id in (select value from json_each(?))`, [
      JSON.stringify(ids),
    ]);
    const found = new Map(records.map((record) => [record.id, record]));
    return ids.map((id) => rowOrNull(found.get(id)));
  },
);

export function findRow(db: ReadDb | Trx, id: number): Promise<StoredRow | null> {
  return rowsByNumber(db, id);
}

interface RequestKey {
  readonly providerUid: string;
  readonly requestId: string;
}

const rowsByRequest = together<ReadDb | Trx, RequestKey, StoredRow | null>(
  ({ providerUid }) => providerUid,
  async (db, keys) => {
    const records = await db.raw<RowRecord[]>(
      `${SELECT_ROW} where r.provider_uid = ? and r.request_id in (select value from json_each(?)) order by r.id`,
      [keys[0]?.providerUid ?? '', JSON.stringify(keys.map(({ requestId }) => requestId))],
    );
    // The last of several stands.
    const found = new Map(records.map((record) => [record.request_id, record]));
    return keys.map(({ requestId }) => rowOrNull(found.get(requestId)));
  },
);

/** The latest row with this request id; the carrier's ids are unique, so more than one would be its mistake. */
export function findRowByRequestId(
  db: ReadDb | Trx,
  providerUid: string,
  requestId: string,
): Promise<StoredRow | null> {
  return rowsByRequest(db, { providerUid, requestId });
}

function rowOrNull(record: RowRecord | undefined): StoredRow | null {
  return record === undefined ? null : rowOf(record);
}

/** The partial index of open rows is used only where its own condition is repeated. */
const IS_OPEN = `status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;

export const OPEN_STATUSES = ['created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed'] as const;
export type OpenStatus = (typeof OPEN_STATUSES)[number];

/** Rows in one open status, in order of their numbers, after a number. */
export async function findRowsIn(
  db: ReadDb | Trx,
  status: OpenStatus,
  afterId: number,
  limit: number,
): Promise<readonly StoredRow[]> {
  const records = await db.raw<RowRecord[]>(
    `${SELECT_ROW} where r.status = ? and r.id > ? and r.${IS_OPEN} order by r.id limit ?`,
    [status, afterId, limit],
  );
  return records.map(rowOf);
}

/** Marks an `unknown` row as waiting for a person, or takes the mark away. */
export async function markNeedsPerson(
  trx: Trx,
  id: number,
  mark: { readonly needsPerson: boolean; readonly error: Fault | null; readonly disposition: Disposition | null },
  now: number,
): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(
    `update m2m_device_change
     set needs_person = ?, error = coalesce(?, error), disposition = ?, ended_at = ?, updated_at = ?,
         row_version = row_version + 1
     where id = ? and status = 'unknown' and needs_person <> ? returning id`,
    [
      mark.needsPerson ? 1 : 0,
      mark.error === null ? null : JSON.stringify(mark.error),
      mark.disposition === null ? null : JSON.stringify(mark.disposition),
      mark.needsPerson ? now : null,
      now,
      id,
      mark.needsPerson ? 1 : 0,
    ] as (string | number)[],
  );
  return rows.length > 0;
}

/** Open rows, those left out that wait for a person or belong to the providers named. */
export async function countOpen(db: ReadDb, exceptProviders: readonly string[]): Promise<number> {
  const except = JSON.stringify(exceptProviders);
  const [row] = await db.raw<{ open: number }[]>(
    `select count(*) as open from m2m_device_change
     where ${IS_OPEN} and not (status = 'unknown' and needs_person = 1)
       and provider_uid not in (select value from json_each(?))`,
    [except],
  );
  return (row?.open ?? 0) - (await countHeld(db, except));
}

/**
 * Rows that nobody holds themselves, and that wait, over any number of rows, for one that does not go on without a person.
 */
const WAITING_FOR_A_PERSON = `
  select count(*) from (
    with recursive blocked (id) as (
      select o.after_id from device_change_order o join m2m_device_change b on b.id = o.before_id
        join bulk_change bc on bc.id = b.bulk_change_id
      where b.status = 'dead_letter' or (b.status = 'unknown' and b.needs_person = 1)
         or (b.status in ('created', 'queued') and (bc.control <> 'running'
             or (b.checklist is not null and json_array_length(b.checklist) < ${FIELD_STEPS.length})))
      union
      select o.after_id from blocked join device_change_order o on o.before_id = blocked.id)
    select r.id from blocked join m2m_device_change r on r.id = blocked.id join bulk_change c on c.id = r.bulk_change_id
    where r.status in ('created', 'queued') and c.control = 'running'
      and (r.checklist is null or json_array_length(r.checklist) >= ${FIELD_STEPS.length})
      and c.provider_uid not in (select value from json_each(:except)))`;

/** Of these, the unsent ones that a person holds back: the change as a whole, or the row until the field is done. */
async function countHeld(db: ReadDb, exceptProviders: string): Promise<number> {
  const [row] = await db.raw<{ held: number }[]>(
    `select (select count(*) from bulk_change c join m2m_device_change r on r.bulk_change_id = c.id
             where c.control <> 'running' and r.status in ('created', 'queued')
               and c.provider_uid not in (select value from json_each(:except)))
          + (select count(*) from m2m_device_change r join bulk_change c on c.id = r.bulk_change_id
             where r.checklist is not null and r.status in ('created', 'queued') and c.control = 'running'
               and json_array_length(r.checklist) < ${FIELD_STEPS.length}
               and c.provider_uid not in (select value from json_each(:except)))
          + (${WAITING_FOR_A_PERSON}) as held`,
    { except: exceptProviders },
  );
  return row?.held ?? 0;
}

/** Uids of rows in one open status, whose lease must stay ours. */
export async function openRowUids(
  db: ReadDb,
  status: OpenStatus,
  afterId: number,
  limit: number,
): Promise<readonly { readonly id: number; readonly uid: string }[]> {
  return await db.raw<{ id: number; uid: string }[]>(
    `select id, uid from m2m_device_change where status = ? and id > ? and ${IS_OPEN} order by id limit ?`,
    [status, afterId, limit],
  );
}

export async function findRowByUid(db: ReadDb | Trx, uid: string): Promise<StoredRow | null> {
  const [record] = await db.raw<RowRecord[]>(`${SELECT_ROW} where r.uid = ?`, [uid]);
  return record === undefined ? null : rowOf(record);
}

export async function findRowsByUid(db: ReadDb | Trx, uids: readonly string[]): Promise<readonly StoredRow[]> {
  const records = await db.raw<RowRecord[]>(
    `${SELECT_ROW} where r.uid in (select value from json_each(?)) order by r.id`,
    [JSON.stringify(uids)],
  );
  return records.map(rowOf);
}

export interface UnpushedRow {
  readonly id: number;
  readonly uid: string;
  readonly status: DeviceChangeStatus;
  readonly needsPerson: boolean;
  readonly requestId: string | null;
  readonly attempts: number;
  readonly error: unknown;
  readonly disposition: unknown;
  readonly rowVersion: number;
}

/** Rows that the central database knows only in an older version; never-enrolled ones are not there to be told. */
export async function findUnpushed(db: ReadDb, limit: number): Promise<readonly UnpushedRow[]> {
  const records = await db.raw<RowRecord[]>(
    `select * from m2m_device_change
     where row_version > pushed_version and central_id is not null order by id limit ?`,
    [limit],
  );
  return records.map((record) => ({
    id: record.id,
    uid: record.uid,
    status: record.status,
    needsPerson: record.needs_person === 1,
    requestId: record.request_id,
    attempts: record.attempts,
    error: parsed(record.error),
    disposition: parsed(record.disposition),
    rowVersion: record.row_version,
  }));
}

export async function markPushed(trx: Trx, rows: readonly Pick<UnpushedRow, 'id' | 'rowVersion'>[]): Promise<void> {
  await trx.raw(
    `update m2m_device_change set pushed_version = max(pushed_version, pushed.value ->> 1)
     from json_each(?) pushed where m2m_device_change.id = pushed.value ->> 0`,
    [JSON.stringify(rows.map((row) => [row.id, row.rowVersion]))],
  );
}
