import { z } from 'zod';
import { changeTypeSchema } from '../../../shared/domain/change';
import { fieldSchema, findingSchema, type Field, type Finding, type Verdict } from '../../../shared/domain/finding';
import { overrideSchema, type Override } from '../../../shared/domain/override';
import { CHANGES_MARK } from '../../localdb/changes-mark';
import type { ReadDb, Trx } from '../../localdb/types';
import type { DraftBasis, RoundedCounts, RowFacts } from '../imports';

/** A draft as acts on it need it: what its rows are judged by, its counts, and whether it may be touched. */
export interface EditableDraft {
  readonly id: number;
  readonly uid: string;
  readonly basis: DraftBasis;
  readonly counts: DraftCounts;
  readonly rounded: RoundedCounts;
  readonly mirrorAtMs: number | null;
  readonly changesMark: string | null;
  readonly version: number;
  /** Its verdicts are behind its cells. */
  readonly unjudged: boolean;
  /** Work over the whole draft is under way, or was left behind. */
  readonly isBusy: boolean;
  readonly sharing: boolean;
}

export interface DraftCounts {
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly excluded: number;
  readonly findings: Readonly<Record<string, number>>;
}

const textRecord = z.record(z.string(), z.string());
const headingsSchema = z.partialRecord(fieldSchema, z.string());
const countsSchema = z.record(z.string(), z.number());
const roundedSchema = z.object({ seen: z.number(), lost: z.number(), doubtful: z.number() });
const NOTHING_ROUNDED: RoundedCounts = { seen: 0, lost: 0, doubtful: 0 };

interface DraftRecord {
  readonly id: number;
  readonly uid: string;
  readonly provider_uid: string;
  readonly change_type: string;
  readonly columns: string | null;
  readonly defaults: string;
  readonly rounded: string | null;
  readonly valid_count: number;
  readonly warning_count: number;
  readonly error_count: number;
  readonly excluded_count: number;
  readonly findings: string;
  readonly mirror_at: number | null;
  readonly changes_mark: string | null;
  readonly version: number;
  readonly unjudged: number;
  readonly doing: string | null;
  readonly sharing: string | null;
}

export async function loadDraft(db: ReadDb | Trx, draftId: number): Promise<EditableDraft | null> {
  const [record] = await db.raw<DraftRecord[]>(`select * from draft where id = ? and state = 'ready'`, [draftId]);
  if (record === undefined) return null;
  return {
    id: record.id,
    uid: record.uid,
    basis: {
      providerUid: record.provider_uid,
      changeType: changeTypeSchema.parse(record.change_type),
      headings: record.columns === null ? null : headingsSchema.parse(JSON.parse(record.columns)),
      defaults: textRecord.parse(JSON.parse(record.defaults)),
    },
    counts: {
      valid: record.valid_count,
      warning: record.warning_count,
      error: record.error_count,
      excluded: record.excluded_count,
      findings: countsSchema.parse(JSON.parse(record.findings)),
    },
    rounded: record.rounded === null ? NOTHING_ROUNDED : roundedSchema.parse(JSON.parse(record.rounded)),
    mirrorAtMs: record.mirror_at,
    changesMark: record.changes_mark,
    version: record.version,
    unjudged: record.unjudged === 1,
    isBusy: record.doing !== null,
    sharing: record.sharing !== null,
  };
}

/** A row as it is stored, with its input taken apart. */
export interface StoredRow {
  readonly facts: RowFacts;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** As stored: what is not parsed is compared. */
  readonly findingsJson: string | null;
  readonly raw: string | null;
  readonly excluded: boolean;
  readonly edited: readonly Field[];
  readonly overrides: readonly Override[];
}

interface RowRecord extends Omit<RowFacts, 'row' | 'line'> {
  readonly row: number;
  readonly line: number;
  readonly verdict: Verdict;
  readonly findings: string | null;
  readonly raw: string | null;
  readonly excluded: number;
  readonly edited: string | null;
  readonly overrides: string | null;
}

const COLUMNS = `row_no as "row", line_no as line, verdict, line_key as lineKey, device_id as deviceId, mdn,
  old_iccid as oldIccid, old_imei as oldImei, new_iccid as newIccid, new_imei as newImei, customer,
  rate_plan as ratePlan, rate_pool as ratePool, effective_date as effectiveDate, note, findings, raw, excluded, edited,
  overrides`;

const storedFindings = findingSchema.array();
const storedFields = fieldSchema.array();
const storedOverrides = overrideSchema.array();

function toStored(record: RowRecord): StoredRow {
  const { findings, edited, overrides } = record;
  return {
    facts: factsOf(record),
    verdict: record.verdict,
    findings: findings === null ? [] : storedFindings.parse(JSON.parse(findings)),
    findingsJson: findings,
    raw: record.raw,
    excluded: record.excluded === 1,
    edited: edited === null ? [] : storedFields.parse(JSON.parse(edited)),
    overrides: overrides === null ? [] : storedOverrides.parse(JSON.parse(overrides)),
  };
}

/** Field by field: taking "the rest" of an object costs as much as reading it. */
function factsOf(record: RowRecord): RowFacts {
  return {
    row: record.row,
    line: record.line,
    lineKey: record.lineKey,
    deviceId: record.deviceId,
    mdn: record.mdn,
    oldIccid: record.oldIccid,
    oldImei: record.oldImei,
    newIccid: record.newIccid,
    newImei: record.newImei,
    customer: record.customer,
    ratePlan: record.ratePlan,
    ratePool: record.ratePool,
    effectiveDate: record.effectiveDate,
    note: record.note,
  };
}

export async function rowsByNumber(
  db: ReadDb | Trx,
  draftId: number,
  rows: readonly number[],
): Promise<readonly StoredRow[]> {
  const records = await db.raw<RowRecord[]>(
    `select ${COLUMNS} from draft_row where draft_id = ? and row_no in (select value from json_each(?)) order by row_no`,
    [draftId, JSON.stringify(rows)],
  );
  return records.map(toStored);
}

export async function rowsFrom(
  db: ReadDb | Trx,
  draftId: number,
  afterRow: number,
  limit: number,
): Promise<readonly StoredRow[]> {
  const records = await db.raw<RowRecord[]>(
    `select ${COLUMNS} from draft_row where draft_id = ? and row_no > ? order by row_no limit ?`,
    [draftId, afterRow, limit],
  );
  return records.map(toStored);
}

/** The rows around one, up to the first on each side whose identifiers agree. */
export async function mismatchedRun(trx: Trx, draftId: number, row: number): Promise<readonly number[]> {
  const edge = async (side: '<' | '>', order: 'desc' | 'asc', none: number): Promise<number> => {
    const [found] = await trx.raw<{ row_no: number }[]>(
      `select row_no from draft_row where draft_id = ? and row_no ${side} ? and excluded = 0
         and instr(coalesce(findings, ''), '"current-pair-differs"') = 0 order by row_no ${order} limit 1`,
      [draftId, row],
    );
    return found?.row_no ?? none;
  };
  const rows = await trx.raw<{ row_no: number }[]>(
    `select row_no from draft_row where draft_id = ? and row_no > ? and row_no < ? and excluded = 0`,
    [draftId, await edge('<', 'desc', 0), await edge('>', 'asc', Number.MAX_SAFE_INTEGER)],
  );
  return rows.map(({ row_no }) => row_no);
}

/** Of rows in order, those that have a row of the list, not left out, between them and the one before. */
export async function separatedRows(trx: Trx, draftId: number, rows: readonly number[]): Promise<ReadonlySet<number>> {
  const pairs = rows.slice(1).map((row, index) => [rows[index], row]);
  const separated = await trx.raw<{ row_no: number }[]>(
    `select value->>1 as row_no from json_each(?) pair where exists (
       select 1 from draft_row where draft_id = ? and excluded = 0
         and row_no > (pair.value->>0) and row_no < (pair.value->>1))`,
    [JSON.stringify(pairs), draftId],
  );
  return new Set(separated.map(({ row_no }) => row_no));
}

export async function lastPlace(
  db: ReadDb | Trx,
  draftId: number,
): Promise<{ readonly row: number; readonly line: number }> {
  const [last] = await db.raw<{ row: number | null; line: number | null }[]>(
    `select max(row_no) as row, max(line_no) as line from draft_row where draft_id = ?`,
    [draftId],
  );
  return { row: last?.row ?? 0, line: last?.line ?? 0 };
}

/** Everything of a row that is written. */
export interface WrittenRow extends Omit<StoredRow, 'findings'> {
  readonly findings?: readonly Finding[];
}

export async function writeRows(trx: Trx, draftId: number, rows: readonly WrittenRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = JSON.stringify(
    rows.map(({ facts, verdict, findingsJson, raw, excluded, edited, overrides }) => [
      facts.row,
      facts.line,
      verdict,
      facts.lineKey,
      facts.deviceId,
      facts.mdn,
      facts.oldIccid,
      facts.oldImei,
      facts.newIccid,
      facts.newImei,
      facts.customer,
      facts.ratePlan,
      facts.ratePool,
      facts.effectiveDate,
      facts.note,
      findingsJson,
      raw,
      excluded ? 1 : 0,
      edited.length === 0 ? null : JSON.stringify(edited),
      overrides.length === 0 ? null : JSON.stringify(overrides),
    ]),
  );
  const values = Array.from({ length: 20 }, (_, index) => `value->>${index}`).join(', ');
  await trx.raw(
    `insert into draft_row (draft_id, row_no, line_no, verdict, line_key, device_id, mdn, old_iccid, old_imei,
       new_iccid, new_imei, customer, rate_plan, rate_pool, effective_date, note, findings, raw, excluded, edited,
       overrides)
     select ?, ${values} from json_each(?) where true
     on conflict (draft_id, row_no) do update set line_no = excluded.line_no, verdict = excluded.verdict,
       line_key = excluded.line_key, device_id = excluded.device_id, mdn = excluded.mdn,
       old_iccid = excluded.old_iccid, old_imei = excluded.old_imei, new_iccid = excluded.new_iccid,
       new_imei = excluded.new_imei, customer = excluded.customer, rate_plan = excluded.rate_plan,
       rate_pool = excluded.rate_pool, effective_date = excluded.effective_date, note = excluded.note,
       findings = excluded.findings, raw = excluded.raw, excluded = excluded.excluded, edited = excluded.edited,
       overrides = excluded.overrides`,
    [draftId, json],
  );
}

/** What a person decided about rows whose cells stay: a third of the work of writing them whole. */
export async function markRows(
  trx: Trx,
  draftId: number,
  rows: readonly (Pick<StoredRow, 'excluded' | 'edited' | 'overrides'> & { readonly row: number })[],
): Promise<void> {
  if (rows.length === 0) return;
  const marks = rows.map(({ row, excluded, edited, overrides }) => [
    row,
    excluded ? 1 : 0,
    edited.length === 0 ? null : JSON.stringify(edited),
    overrides.length === 0 ? null : JSON.stringify(overrides),
  ]);
  await trx.raw(
    `with mark as materialized (
       select value->>0 as row_no, value->>1 as excluded, value->>2 as edited, value->>3 as overrides from json_each(?))
     update draft_row set excluded = mark.excluded, edited = mark.edited, overrides = mark.overrides
     from mark where draft_row.draft_id = ? and draft_row.row_no = mark.row_no`,
    [JSON.stringify(marks), draftId],
  );
}

export async function deleteRows(trx: Trx, draftId: number, rows: readonly number[]): Promise<void> {
  await trx.raw(`delete from draft_row where draft_id = ? and row_no in (select value from json_each(?))`, [
    draftId,
    JSON.stringify(rows),
  ]);
}

export async function writeTotals(
  trx: Trx,
  draftId: number,
  { valid, warning, error, excluded, findings }: DraftCounts,
  rounded: RoundedCounts,
): Promise<void> {
  await trx.raw(
    `update draft set row_count = ?, valid_count = ?, warning_count = ?, error_count = ?, excluded_count = ?,
       findings = ?, rounded = ?, unjudged = 0, version = version + 1 where id = ?`,
    [
      valid + warning + error,
      valid,
      warning,
      error,
      excluded,
      JSON.stringify(
        Object.fromEntries(
          Object.entries(findings)
            .filter(([, times]) => times > 0)
            .sort(),
        ),
      ),
      JSON.stringify(rounded),
      draftId,
    ],
  );
}

export async function markUnjudged(trx: Trx, draftId: number): Promise<void> {
  await trx.raw(`update draft set unjudged = 1, version = version + 1 where id = ?`, [draftId]);
}

/** Nothing was changed after all. */
export async function markJudged(trx: Trx, draftId: number): Promise<void> {
  await trx.raw(`update draft set unjudged = 0, version = version + 1 where id = ?`, [draftId]);
}

export async function markChecked(
  trx: Trx,
  draftId: number,
  mirrorAtMs: number | null,
  changesMark: string,
): Promise<void> {
  await trx.raw(`update draft set mirror_at = ?, changes_mark = ? where id = ?`, [mirrorAtMs, changesMark, draftId]);
}

/** Where mirror and open changes stand now. */
export async function currentMarks(
  db: ReadDb | Trx,
): Promise<{ readonly mirrorAtMs: number | null; readonly changesMark: string }> {
  const [state] = await db.raw<{ mirrorAtMs: number }[]>(`select mirror_at as mirrorAtMs from sync_state`);
  const [open] = await db.raw<{ mark: string }[]>(CHANGES_MARK);
  return { mirrorAtMs: state?.mirrorAtMs ?? null, changesMark: open?.mark ?? '0:0' };
}
