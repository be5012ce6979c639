import type { LineStatus } from '../../../shared/domain/line';
import { CHANGES_MARK } from '../../localdb/changes-mark';
import type { ReadDb, Trx } from '../../localdb/types';
import type { LineChoice, NewDraft } from './types';

/** A draft without rows; `columns` is JSON, field → heading. */
export async function insertDraft(
  trx: Trx,
  draft: NewDraft & {
    readonly uid: string;
    readonly sourceName: string;
    readonly columns: string;
    readonly createdAtMs: number;
    readonly createdBy: string;
  },
): Promise<number> {
  const rows = await trx.raw<{ id: number }[]>(
    `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter, created_at,
       created_by, touched_at, columns, rounded, mirror_at, changes_mark)
     select ?, ?, 'ready', ?, ?, ?, 'none', '', ?, ?, ?, ?, '{"seen":0,"lost":0,"doubtful":0}',
       (select mirror_at from sync_state), mark from (${CHANGES_MARK}) returning id`,
    [
      draft.uid,
      draft.name.trim(),
      draft.providerUid,
      draft.changeType,
      draft.sourceName,
      draft.createdAtMs,
      draft.createdBy,
      draft.createdAtMs,
      draft.columns,
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a new draft got no number');
  return id;
}

/** Everything of a draft, and nothing of who made it when. */
const OWN_COLUMNS = [
  'id',
  'uid',
  'name',
  'state',
  'created_at',
  'created_by',
  'importer_pid',
  'touched_at',
  'sharing',
  'doing',
];

async function columnsOf(trx: Trx, table: 'draft' | 'draft_row', without: readonly string[]): Promise<string> {
  const columns = await trx.raw<{ name: string }[]>(`select name from pragma_table_info(?)`, [table]);
  return columns
    .map(({ name }) => name)
    .filter((name) => !without.includes(name))
    .join(', ');
}

/** An unfinished copy without rows; nobody sees it until `finishCopy`. */
export async function beginCopy(
  trx: Trx,
  draftId: number,
  copy: {
    readonly uid: string;
    readonly name: string;
    readonly createdAtMs: number;
    readonly createdBy: string;
    readonly pid: number;
  },
): Promise<number | null> {
  const columns = await columnsOf(trx, 'draft', OWN_COLUMNS);
  const rows = await trx.raw<{ id: number }[]>(
    `insert into draft (uid, name, state, created_at, created_by, importer_pid, touched_at, ${columns})
     select ?, ?, 'unfinished', ?, ?, ?, ?, ${columns} from draft where id = ? and state = 'ready' returning id`,
    [copy.uid, copy.name.trim(), copy.createdAtMs, copy.createdBy, copy.pid, copy.createdAtMs, draftId],
  );
  return rows[0]?.id ?? null;
}

/** @returns the number of the last row that was copied; null: there are no more */
export async function copyRows(
  trx: Trx,
  fromDraft: number,
  toDraft: number,
  afterRow: number,
  limit: number,
): Promise<number | null> {
  const columns = await columnsOf(trx, 'draft_row', ['draft_id']);
  const rows = await trx.raw<{ last: number | null }[]>(
    `select max(row_no) as last from (
       select row_no from draft_row where draft_id = ? and row_no > ? order by row_no limit ?)`,
    [fromDraft, afterRow, limit],
  );
  const last = rows[0]?.last ?? null;
  if (last === null) return null;
  await trx.raw(
    `insert into draft_row (draft_id, ${columns}) select ?, ${columns} from draft_row
     where draft_id = ? and row_no > ? and row_no <= ?`,
    [toDraft, fromDraft, afterRow, last],
  );
  return last;
}

export async function finishCopy(trx: Trx, draftId: number): Promise<void> {
  await trx.raw(`update draft set state = 'ready', importer_pid = null where id = ?`, [draftId]);
}

export interface ChosenLine {
  readonly id: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
}

/** Lines of one provider. @param limit one more than may be taken tells that there are too many */
export async function chooseLines(
  db: ReadDb,
  providerUid: string,
  choice: LineChoice,
  limit: number,
): Promise<readonly ChosenLine[]> {
  const { sql, bindings } = 'ids' in choice ? byIds(choice.ids) : byFilter(choice);
  return db.raw<ChosenLine[]>(
    `select d.id, d.iccid, d.imei, d.mdn from device d
       left join customer c on c.id = d.customer_id
       left join customer_rate_plan p on p.id = d.customer_rate_plan_id
     where d.provider_id = (select id from service_provider where uid = ?) and ${sql} order by d.id limit ?`,
    [providerUid, ...bindings, limit],
  );
}

interface Condition {
  readonly sql: string;
  readonly bindings: readonly string[];
}

function byIds(ids: readonly number[]): Condition {
  return { sql: 'd.id in (select value from json_each(?))', bindings: [JSON.stringify(ids)] };
}

function byFilter(filter: {
  readonly text: string;
  readonly status: LineStatus | null;
  readonly customer: string | null;
  readonly ratePlan: string | null;
}): Condition {
  const parts = ['true'];
  const bindings: string[] = [];
  if (filter.text.trim() !== '') {
    parts.push('(instr(d.iccid, ?) or instr(d.imei, ?) or instr(d.mdn, ?) or instr(d.eid, ?))');
    bindings.push(...Array.from({ length: 4 }, () => filter.text.trim()));
  }
  for (const [column, value] of [
    ['d.status', filter.status],
    ['c.name', filter.customer],
    ['p.name', filter.ratePlan],
  ] as const) {
    if (value === null) continue;
    parts.push(`${column} = ?`);
    bindings.push(value);
  }
  return { sql: parts.join(' and '), bindings };
}
