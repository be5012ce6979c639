import type { ChangeType } from '../../../shared/domain/change';
import type { HowRead } from '../../../shared/contract/imports';
import type { Verdict } from '../../../shared/domain/finding';
import { CHANGES_MARK } from '../../localdb/changes-mark';
import type { ReadDb, Trx } from '../../localdb/types';
import type { RepeatGroup, RowPlace } from './list.rules';

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
  /** Null: nobody read a list. */
  readonly reading: HowRead | null;
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

/** Makes an import visible. @returns false when the draft is gone: somebody took it for a dead import */
export async function finishDraft(trx: Trx, draftId: number, totals: DraftTotals, nowMs: number): Promise<boolean> {
  const rows = await trx.raw<{ id: number }[]>(
    `update draft set state = 'ready', row_count = ?, valid_count = ?, warning_count = ?, error_count = ?, findings = ?,
       blank_lines = ?, reading = ?, source_sha256 = ?, encoding = ?, rounded = ?, importer_pid = null, touched_at = ?
     where id = ? and state = 'unfinished' returning id`,
    [
      totals.rows,
      totals.valid,
      totals.warning,
      totals.error,
      JSON.stringify(totals.findings),
      totals.blankLines,
      totals.reading === null ? null : JSON.stringify(totals.reading),
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
): Promise<readonly { id: number; uid: string; pid: number | null; touchedAtMs: number }[]> {
  return db.raw(`select id, uid, importer_pid as pid, touched_at as touchedAtMs from draft where state = 'unfinished'`);
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

/** The same among some rows of the draft, which are known to be all that can share something. */
export async function repeatsAmong(
  db: ReadDb,
  draftId: number,
  what: keyof typeof REPEATED,
  rows: readonly number[],
): Promise<readonly RepeatGroup[]> {
  const column = REPEATED[what];
  const groups = new Map<string, RepeatGroup['rows'][number][]>();
  const inOrder = [...new Set(rows)].sort((one, other) => one - other);
  for (let at = 0; at < inOrder.length; at += CHUNK_ROWS) {
    const places = await db.raw<{ value: string; row: number; line: number; lineKey: string | null }[]>(
      `select cast(${column} as text) as value, row_no as row, line_no as line, line_key as lineKey from draft_row
       where draft_id = ? and row_no in (select value from json_each(?)) and ${column} is not null order by row_no`,
      [draftId, JSON.stringify(inOrder.slice(at, at + CHUNK_ROWS))],
    );
    for (const { value, ...place } of places) {
      const group = groups.get(value);
      if (group === undefined) groups.set(value, [place]);
      else group.push(place);
    }
  }
  return [...groups].flatMap(([value, places]) => (places.length > 1 ? [{ value, rows: places }] : []));
}

/** Where some rows of the draft stand, and what line each changes; in the order of the list. */
export async function placesOf(
  db: ReadDb,
  draftId: number,
  rows: readonly number[],
): Promise<readonly (RowPlace & { readonly deviceId: number | null })[]> {
  return db.raw(
    `select row_no as row, line_no as line, device_id as deviceId from draft_row
     where draft_id = ? and row_no in (select value from json_each(?)) order by row_no`,
    [draftId, JSON.stringify(rows)],
  );
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
