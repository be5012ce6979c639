import type { ChangeType } from '../../../shared/domain/change';
import type { Verdict } from '../../../shared/domain/finding';
import type { LineStatus } from '../../../shared/domain/line';
import type { ReadDb, Trx } from '../../localdb/types';
import type { Hits } from './line.rules';
import type { RepeatGroup, RowPlace } from './list.rules';
import type { MirrorLine } from './mirror-view';
import type { LineField, NewField } from './row.rules';

/** Rows that one statement or one transaction takes at most: others write in between. */
export const CHUNK_ROWS = 5_000;

export interface NewDraft {
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly changeType: ChangeType;
  readonly sourceName: string;
  readonly encoding: string;
  readonly delimiter: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly mirrorAtMs: number | null;
  readonly importerPid: number;
  /** Field → heading of its column, and what rows without a value get: JSON, for judging rows again. */
  readonly columns: string;
  readonly defaults: string;
  /** Headings of the columns that mean nothing to us, as JSON; null: there are none. */
  readonly extraHeadings: string | null;
}

export interface DraftTotals {
  readonly rows: number;
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly findings: Readonly<Record<string, number>>;
  readonly blankLines: number;
  readonly sha256: string;
  readonly encoding: string;
  /** How much of the list looks rounded; see `judgeRounded`. */
  readonly rounded: { readonly seen: number; readonly lost: number; readonly doubtful: number };
}

/** A row as `draft_row` keeps it; `findings` is JSON or null. */
export interface StoredRow {
  readonly row: number;
  readonly line: number;
  readonly verdict: Verdict;
  readonly lineKey: string | null;
  readonly deviceId: number | null;
  readonly mdn: string | null;
  readonly oldIccid: string | null;
  readonly oldImei: string | null;
  readonly newIccid: string | null;
  readonly newImei: string | null;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  readonly note: string | null;
  readonly findings: string | null;
  /** Cells that differ from what the row shows; see `packRaw`. */
  readonly raw: string | null;
  /** The cells under `extraHeadings`, as JSON. */
  readonly extra: string | null;
}

/**
 * Where the open changes of this desktop stand: as long as it says the same, no row can have come into conflict with one
 * since it was judged.
 */
export const CHANGES_MARK = `select count(*) || ':' || coalesce(max(id), 0) as mark from m2m_device_change
  where status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;

export async function addDraft(trx: Trx, draft: NewDraft): Promise<number> {
  const rows = await trx.raw<{ id: number }[]>(
    `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter, created_at,
       created_by, mirror_at, importer_pid, touched_at, columns, defaults, extra_headings, changes_mark)
     select ?, ?, 'unfinished', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, mark from (${CHANGES_MARK}) returning id`,
    [
      draft.uid,
      draft.name,
      draft.providerUid,
      draft.changeType,
      draft.sourceName,
      draft.encoding,
      draft.delimiter,
      draft.createdAtMs,
      draft.createdBy,
      draft.mirrorAtMs,
      draft.importerPid,
      draft.createdAtMs,
      draft.columns,
      draft.defaults,
      draft.extraHeadings,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a new draft got no number');
  return id;
}

/** One statement for the whole chunk: crossing into SQLite row by row takes twenty times as long. */
export async function addRows(trx: Trx, draftId: number, rows: readonly StoredRow[], nowMs: number): Promise<void> {
  const json = JSON.stringify(
    rows.map((row) => [
      row.row,
      row.line,
      row.verdict,
      row.lineKey,
      row.deviceId,
      row.mdn,
      row.oldIccid,
      row.oldImei,
      row.newIccid,
      row.newImei,
      row.customer,
      row.ratePlan,
      row.ratePool,
      row.effectiveDate,
      row.note,
      row.findings,
      row.raw,
      row.extra,
    ]),
  );
  const columns = Array.from({ length: 18 }, (_, index) => `value->>${index}`).join(', ');
  await trx.raw(
    `insert into draft_row (draft_id, row_no, line_no, verdict, line_key, device_id, mdn, old_iccid, old_imei,
       new_iccid, new_imei, customer, rate_plan, rate_pool, effective_date, note, findings, raw, extra)
     select ?, ${columns} from json_each(?)`,
    [draftId, json],
  );
  await trx.raw(`update draft set touched_at = ? where id = ?`, [nowMs, draftId]);
}

/** Makes an import visible. @returns false when the draft is gone: somebody took it for a dead import */
export async function finishDraft(trx: Trx, draftId: number, totals: DraftTotals, nowMs: number): Promise<boolean> {
  const rows = await trx.raw<{ id: number }[]>(
    `update draft set state = 'ready', row_count = ?, valid_count = ?, warning_count = ?, error_count = ?, findings = ?,
       blank_lines = ?, source_sha256 = ?, encoding = ?, rounded = ?, importer_pid = null, touched_at = ?
     where id = ? and state = 'unfinished' returning id`,
    [
      totals.rows,
      totals.valid,
      totals.warning,
      totals.error,
      JSON.stringify(totals.findings),
      totals.blankLines,
      totals.sha256,
      totals.encoding,
      JSON.stringify(totals.rounded),
      nowMs,
      draftId,
    ],
  );
  return rows.length === 1;
}

export async function unfinishedDrafts(
  db: ReadDb,
): Promise<readonly { id: number; uid: string; importerPid: number | null; touchedAtMs: number }[]> {
  return db.raw(
    `select id, uid, importer_pid as importerPid, touched_at as touchedAtMs from draft where state = 'unfinished'`,
  );
}

/** Removes some rows of an unfinished draft, and the draft with the last of them. @returns whether any were left */
export async function removeUnfinishedChunk(trx: Trx, draftId: number): Promise<boolean> {
  const removed = await trx.raw<{ row_no: number }[]>(
    `delete from draft_row where draft_id = ?1 and row_no in (
       select row_no from draft_row where draft_id = ?1
         and exists (select 1 from draft where id = ?1 and state = 'unfinished') order by row_no limit ?2)
     returning row_no`
      .replaceAll('?1', `${draftId}`)
      .replaceAll('?2', `${CHUNK_ROWS}`),
  );
  if (removed.length > 0) return true;
  await trx.raw(`delete from draft where id = ? and state = 'unfinished'`, [draftId]);
  return false;
}

/** What one row asks of the mirror. */
export interface Question {
  readonly deviceId: number | null;
  readonly oldIccid: string | null;
  readonly oldImei: string | null;
  readonly mdn: string | null;
  readonly newIccid: string | null;
  readonly newImei: string | null;
}

interface HitRow extends MirrorLine {
  readonly at: number;
  readonly field: LineField | NewField;
}

const LINE_COLUMNS = `d.id, d.provider_id as providerId, d.iccid, d.imei, d.mdn, d.status, d.customer_id as customerId`;

/**
 * Finds every line that the rows name, old or new, in one statement for the whole chunk. Old identifiers are looked for
 * among the provider's own lines, new ones among all that are in the mirror.
 *
 * @returns hits by the place of the question
 */
export async function findLines(
  db: ReadDb,
  providerId: number,
  questions: readonly Question[],
): Promise<ReadonlyMap<number, Hits>> {
  const json = JSON.stringify(
    questions.map((one) => [one.deviceId, one.oldIccid, one.oldImei, one.mdn, one.newIccid, one.newImei]),
  );
  const part = (field: LineField | NewField, column: string, index: number, own: boolean): string => `
    select q.at, '${field}' as field, ${LINE_COLUMNS} from q cross join device d on d.${column} = q.v${index}
    ${own ? `where d.provider_id = ${providerId}` : ''}`;
  // `cross join` keeps SQLite from walking through all lines in search of the few questions.
  const rows = await db.raw<HitRow[]>(
    `with q as materialized (
       select key as at, value->>0 as v0, value->>1 as v1, value->>2 as v2, value->>3 as v3, value->>4 as v4,
         value->>5 as v5 from json_each(?))
     ${[
       part('deviceId', 'id', 0, true),
       part('oldIccid', 'iccid', 1, true),
       part('oldImei', 'imei', 2, true),
       part('mdn', 'mdn', 3, true),
       part('newIccid', 'iccid', 4, false),
       part('newImei', 'imei', 5, false),
     ].join(' union all ')}`,
    [json],
  );
  const found = new Map<number, Partial<Record<LineField | NewField, MirrorLine[]>>>();
  for (const { at, field, ...line } of rows) {
    const hits = found.get(at) ?? {};
    found.set(at, hits);
    (hits[field] ??= []).push({ ...line, status: line.status satisfies LineStatus });
  }
  return found;
}

const REPEATED = {
  line: 'line_key',
  device: 'device_id',
  newIccid: 'new_iccid',
  newImei: 'new_imei',
} as const;

/** Rows of a draft that have the same line key, line or new identifier, grouped. */
export async function findRepeats(
  db: ReadDb,
  draftId: number,
  what: keyof typeof REPEATED,
): Promise<readonly RepeatGroup[]> {
  const column = REPEATED[what];
  const rows = await db.raw<{ value: string; row: number; line: number; lineKey: string | null }[]>(
    `select cast(${column} as text) as value, row_no as row, line_no as line, line_key as lineKey from draft_row
     where draft_id = ? and excluded = 0 and ${column} in (
       select ${column} from draft_row where draft_id = ? and excluded = 0 and ${column} is not null
       group by ${column} having count(*) > 1)
     order by ${column}, row_no`,
    [draftId, draftId],
  );
  const groups = new Map<string, RepeatGroup['rows'][number][]>();
  for (const { value, ...place } of rows) {
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [place]);
    else group.push(place);
  }
  return [...groups].map(([value, places]) => ({ value, rows: places }));
}

/** The first row of the draft that changes each of these lines. */
export async function rowsOfLines(
  db: ReadDb,
  draftId: number,
  lineIds: readonly number[],
): Promise<ReadonlyMap<number, RowPlace>> {
  const rows = await db.raw<{ id: number; row: number; line: number }[]>(
    `select device_id as id, row_no as row, line_no as line from draft_row
     where draft_id = ? and excluded = 0 and device_id in (select value from json_each(?)) order by row_no desc`,
    [draftId, JSON.stringify([...new Set(lineIds)])],
  );
  return new Map(rows.map(({ id, row, line }) => [id, { row, line }]));
}

export async function loadFindings(
  db: ReadDb,
  draftId: number,
  rows: readonly number[],
): Promise<readonly { row: number; verdict: Verdict; findings: string | null }[]> {
  return db.raw(
    `select row_no as row, verdict, findings from draft_row
     where draft_id = ? and row_no in (select value from json_each(?)) order by row_no`,
    [draftId, JSON.stringify(rows)],
  );
}

export async function updateFindings(
  trx: Trx,
  draftId: number,
  rows: readonly { readonly row: number; readonly verdict: Verdict; readonly findings: string | null }[],
): Promise<void> {
  await trx.raw(
    `with patch as materialized (
       select value->>0 as row_no, value->>1 as verdict, value->>2 as findings from json_each(?))
     update draft_row set verdict = patch.verdict, findings = patch.findings
     from patch where draft_row.draft_id = ? and draft_row.row_no = patch.row_no`,
    [JSON.stringify(rows.map(({ row, verdict, findings }) => [row, verdict, findings])), draftId],
  );
}

/** The provider's log, for the audit entry; a provider that is not in the mirror yet counts as M2M. */
export async function portalOf(trx: Trx, providerUid: string): Promise<'m2m' | 'mobility'> {
  const [row] = await trx.raw<{ portal: 'm2m' | 'mobility' }[]>(`select portal from service_provider where uid = ?`, [
    providerUid,
  ]);
  return row?.portal ?? 'm2m';
}
