import { howReadSchema } from '../../../shared/contract/imports';
import { changedKinds, type ChangeType, type IdentifierPair } from '../../../shared/domain/change';
import { fieldSchema, findingSchema, type Field, type Verdict } from '../../../shared/domain/finding';
import { overrideSchema } from '../../../shared/domain/override';
import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import { dropEntries, forgetEdits, orphanedSeqs } from './edit-log.repo';
import { dropKeyIndexes } from './keys.repo';
import type { Cells, Draft, DraftRow } from './types';

interface DraftRecord {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly provider_uid: string;
  readonly provider_name: string | null;
  readonly change_type: ChangeType;
  readonly source_name: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly row_count: number;
  readonly valid_count: number;
  readonly warning_count: number;
  readonly error_count: number;
  readonly findings: string;
  readonly mirror_at: number | null;
  readonly blank_lines: number;
  readonly reading: string | null;
  readonly excluded_count: number;
  readonly sharing: string | null;
  readonly undo: string | null;
  readonly redo: string | null;
}

const DRAFTS = `select draft.*, service_provider.name as provider_name,
    (select words from draft_edit e where e.draft_id = draft.id and e.state = 'done' order by seq desc limit 1) as undo,
    (select words from draft_edit e where e.draft_id = draft.id and e.state = 'undone' order by seq limit 1) as redo
  from draft
  left join service_provider on service_provider.uid = draft.provider_uid
  where draft.state = 'ready'`;

/** @param providers uids of those whose drafts are shown; null: all */
export async function listDrafts(db: ReadDb, providers: readonly string[] | null): Promise<readonly Draft[]> {
  const records = await db.raw<DraftRecord[]>(
    `${DRAFTS} and (? is null or draft.provider_uid in (select value from json_each(?))) order by draft.id desc`,
    [providers === null ? null : 1, JSON.stringify(providers ?? [])],
  );
  return records.map(toDraft);
}

export async function findDraft(db: ReadDb, by: 'id' | 'uid', value: number | string): Promise<Draft | null> {
  const [record] = await db.raw<DraftRecord[]>(`${DRAFTS} and draft.${by} = ?`, [value]);
  return record === undefined ? null : toDraft(record);
}

function toDraft(record: DraftRecord): Draft {
  return {
    id: record.id,
    uid: record.uid,
    name: record.name,
    providerUid: record.provider_uid,
    providerName: record.provider_name ?? record.provider_uid,
    changeType: record.change_type,
    sourceName: record.source_name,
    createdAt: isoTime(record.created_at),
    createdBy: record.created_by,
    rows: record.row_count,
    valid: record.valid_count,
    warning: record.warning_count,
    error: record.error_count,
    findings: JSON.parse(record.findings) as Readonly<Record<string, number>>,
    mirrorAt: record.mirror_at === null ? null : isoTime(record.mirror_at),
    reading:
      record.reading === null
        ? null
        : { ...howReadSchema.parse(JSON.parse(record.reading)), blankLines: record.blank_lines },
    excluded: record.excluded_count,
    undo: record.undo,
    redo: record.redo,
    sharing: record.sharing !== null,
  };
}

interface RowRecord {
  readonly change_type: ChangeType;
  readonly row_no: number;
  readonly line_no: number;
  readonly verdict: Verdict;
  readonly device_id: number | null;
  readonly mdn: string | null;
  readonly old_iccid: string | null;
  readonly old_imei: string | null;
  readonly new_iccid: string | null;
  readonly new_imei: string | null;
  readonly customer: string | null;
  readonly rate_plan: string | null;
  readonly rate_pool: string | null;
  readonly effective_date: string | null;
  readonly note: string | null;
  readonly findings: string | null;
  readonly raw: string | null;
  readonly excluded: number;
  readonly edited: string | null;
  readonly overrides: string | null;
}

const ROWS = `select draft.change_type, draft_row.* from draft_row join draft on draft.id = draft_row.draft_id`;
const storedFindings = findingSchema.array();
const storedFields = fieldSchema.array();
const storedOverrides = overrideSchema.array();

function toRow(record: RowRecord): DraftRow {
  const kinds = changedKinds(record.change_type);
  return {
    row: record.row_no,
    line: record.line_no,
    verdict: record.verdict,
    deviceId: record.device_id,
    mdn: record.mdn,
    old: pair(record.old_iccid, record.old_imei),
    // A key that is absent stays as it is on the line.
    new: pair(kinds.includes('iccid') ? record.new_iccid : null, kinds.includes('imei') ? record.new_imei : null),
    customer: record.customer,
    ratePlan: record.rate_plan,
    ratePool: record.rate_pool,
    effectiveDate: record.effective_date,
    note: record.note,
    findings: record.findings === null ? [] : storedFindings.parse(JSON.parse(record.findings)),
    excluded: record.excluded === 1,
    edited: record.edited === null ? [] : storedFields.parse(JSON.parse(record.edited)),
    overrides: record.overrides === null ? [] : storedOverrides.parse(JSON.parse(record.overrides)),
    cells: record.raw === null ? {} : cellsIn(record.raw),
  };
}

/** Of what is kept beside a row, the cells; marks of the file's shape are no cells. */
function cellsIn(raw: string): Cells {
  const kept = JSON.parse(raw) as Readonly<Record<string, string>>;
  const cells: Partial<Record<Field, string>> = {};
  for (const field of fieldSchema.options) {
    const cell = kept[field];
    if (cell !== undefined) cells[field] = cell;
  }
  return cells;
}

function pair(iccid: string | null, imei: string | null): IdentifierPair {
  return { ...(iccid === null ? {} : { iccid }), ...(imei === null ? {} : { imei }) };
}

export async function rowsOf(db: ReadDb, draftId: number, rows: readonly number[]): Promise<readonly DraftRow[]> {
  const records = await db.raw<RowRecord[]>(
    `${ROWS} where draft_id = ? and row_no in (select value from json_each(?)) order by row_no`,
    [draftId, JSON.stringify(rows)],
  );
  return records.map(toRow);
}

/** Rows with one of the verdicts after a number, without those that are left out, in order: for walking through a whole draft piece by piece. */
export async function rowsAfter(
  db: ReadDb | Trx,
  draftId: number,
  verdicts: readonly Verdict[],
  afterRow: number,
  limit: number,
): Promise<readonly DraftRow[]> {
  const records = await db.raw<RowRecord[]>(
    `${ROWS} where draft_id = ? and row_no > ? and draft.state = 'ready' and draft_row.excluded = 0
       and verdict in (select value from json_each(?)) order by row_no limit ?`,
    [draftId, afterRow, JSON.stringify(verdicts), limit],
  );
  return records.map(toRow);
}

export async function renameDraft(trx: Trx, draftId: number, name: string): Promise<boolean> {
  const renamed = await trx.raw<{ id: number }[]>(
    `update draft set name = ? where id = ? and state = 'ready' returning id`,
    [name, draftId],
  );
  return renamed.length === 1;
}

/** Makes a draft invisible; its rows follow in pieces, and at the next start if the program ends before. */
export async function hideDraft(trx: Trx, draftId: number): Promise<boolean> {
  const hidden = await trx.raw<{ id: number }[]>(
    `update draft set state = 'unfinished', importer_pid = null where id = ? and state = 'ready' returning id`,
    [draftId],
  );
  return hidden.length === 1;
}

/** Removes some rows of a hidden draft, and the draft with the last of them. @returns whether any were left */
export async function removeHiddenRows(trx: Trx, draftId: number, limit: number): Promise<boolean> {
  const removed = await trx.raw<{ row_no: number }[]>(
    `delete from draft_row where draft_id = ? and row_no in (
       select row_no from draft_row where draft_id = ? order by row_no limit ?) returning row_no`,
    [draftId, draftId, limit],
  );
  if (removed.length > 0) return true;
  await forgetEdits(trx, draftId);
  const [seq] = await orphanedSeqs(trx, draftId);
  if (seq !== undefined) return dropEntries(trx, draftId, seq, limit);
  await dropKeyIndexes(trx, draftId);
  await trx.raw(`delete from draft where id = ? and state = 'unfinished'`, [draftId]);
  return false;
}

/** Removes rows and counts the others again; a draft without rows goes too. */
export async function removeRows(trx: Trx, draftId: number, rows: readonly number[]): Promise<void> {
  await trx.raw(`delete from draft_row where draft_id = ? and row_no in (select value from json_each(?))`, [
    draftId,
    JSON.stringify(rows),
  ]);
  await forgetEdits(trx, draftId);
  const left = await trx.raw<{ excluded: number; verdict: Verdict; count: number }[]>(
    `select excluded, verdict, count(*) as count from draft_row where draft_id = ? group by excluded, verdict`,
    [draftId],
  );
  if (left.length === 0) {
    await dropKeyIndexes(trx, draftId);
    await trx.raw(`delete from draft where id = ?`, [draftId]);
    return;
  }
  const findings = await trx.raw<{ code: string; count: number }[]>(
    `select finding.value->>'code' as code, count(distinct row_no) as count
     from draft_row, json_each(draft_row.findings) finding where draft_id = ? and excluded = 0 group by 1 order by 1`,
    [draftId],
  );
  const of = (verdict: Verdict): number =>
    left.find((entry) => entry.excluded === 0 && entry.verdict === verdict)?.count ?? 0;
  const excluded = left.reduce((sum, entry) => sum + (entry.excluded === 1 ? entry.count : 0), 0);
  await trx.raw(
    `update draft set row_count = ?, valid_count = ?, warning_count = ?, error_count = ?, findings = ?,
       excluded_count = ?, version = version + 1 where id = ?`,
    [
      of('valid') + of('warning') + of('error'),
      of('valid'),
      of('warning'),
      of('error'),
      JSON.stringify(Object.fromEntries(findings.map(({ code, count }) => [code, count]))),
      excluded,
      draftId,
    ],
  );
}
