import { setImmediate } from 'node:timers/promises';
import type { ReadDb, Trx } from '../../localdb/types';
import type { RowFilter, RowSort } from './types';

const SEARCHED = ['old_iccid', 'old_imei', 'new_iccid', 'new_imei', 'mdn', 'customer', 'rate_plan', 'note', 'findings'];

interface Condition {
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

/** What a filter lets through, as a condition on `draft_row`. */
function conditionOf(draftId: number, { verdict, finding, text, excluded }: RowFilter): Condition {
  const parts = ['draft_id = ?'];
  const bindings: (string | number)[] = [draftId];
  if (excluded !== 'any') {
    parts.push('excluded = ?');
    bindings.push(excluded === 'only' ? 1 : 0);
  }
  if (verdict !== null) {
    parts.push('verdict = ?');
    bindings.push(verdict);
  }
  if (finding !== null) {
    parts.push(`instr(findings, ?) > 0`);
    bindings.push(`"code":${JSON.stringify(finding)},`);
  }
  if (text.trim() !== '') {
    const pattern = `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`;
    parts.push(`(${SEARCHED.map((column) => `${column} like ? escape '\\'`).join(' or ')})`);
    bindings.push(...SEARCHED.map(() => pattern));
  }
  return { sql: parts.join(' and '), bindings };
}

const SORTED: Readonly<Record<RowSort['by'], string>> = {
  row: 'row_no',
  verdict: `case verdict when 'error' then 0 when 'warning' then 1 else 2 end`,
  deviceId: 'device_id',
  oldIccid: 'old_iccid',
  newIccid: 'new_iccid',
  oldImei: 'old_imei',
  newImei: 'new_imei',
  mdn: 'mdn',
  customer: 'customer',
  ratePlan: 'rate_plan',
  ratePool: 'rate_pool',
  effectiveDate: 'effective_date',
  note: 'note',
};

/** Numbers of the rows that a filter lets through, in order; rows without the value come last either way. */
export async function orderedRows(
  db: ReadDb | Trx,
  draftId: number,
  filter: RowFilter,
  sort: RowSort,
): Promise<Int32Array> {
  const { sql, bindings } = conditionOf(draftId, filter);
  const direction = sort.direction === 'ascending' ? 'asc' : 'desc';
  const column = SORTED[sort.by];
  const order = sort.by === 'row' ? `row_no ${direction}` : `${column} is null, ${column} ${direction}, row_no asc`;
  // One text for all numbers: a million rows as a million objects would hold up this thread for seconds.
  const [answer] = await db.raw<{ rows: string }[]>(
    `select json_group_array(row_no) as rows from (select row_no from draft_row where ${sql} order by ${order})`,
    bindings,
  );
  return readNumbers(answer?.rows ?? '[]');
}

/** How many rows a filter lets through. */
export async function countRows(db: ReadDb | Trx, draftId: number, filter: RowFilter): Promise<number> {
  const { sql, bindings } = conditionOf(draftId, filter);
  const [answer] = await db.raw<{ count: number }[]>(`select count(*) as count from draft_row where ${sql}`, bindings);
  return answer?.count ?? 0;
}

/** Characters that are read between two pauses: some 20,000 numbers, about 2 ms. */
const CHARS_AT_ONCE = 150_000;

/** `[3,1,2]`, piece by piece: a million numbers at once would hold up this thread. */
async function readNumbers(json: string): Promise<Int32Array> {
  const end = json.length - 1;
  const parts: Int32Array[] = [];
  for (let from = 1; from < end;) {
    const comma = from + CHARS_AT_ONCE < end ? json.indexOf(',', from + CHARS_AT_ONCE) : -1;
    const to = comma === -1 ? end : comma;
    parts.push(Int32Array.from(JSON.parse(`[${json.slice(from, to)}]`) as number[]));
    from = to + 1;
    if (from < end) await setImmediate();
  }
  const [first = new Int32Array(0), ...others] = parts;
  if (others.length === 0) return first;
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Numbers of one page, skipped to within the index of verdicts. */
export async function numbersOfPage(
  db: ReadDb,
  draftId: number,
  filter: Pick<RowFilter, 'verdict' | 'excluded'>,
  page: { readonly limit: number; readonly offset: number },
): Promise<readonly number[]> {
  const { sql, bindings } = conditionOf(draftId, { ...filter, finding: null, text: '' });
  const rows = await db.raw<{ row_no: number }[]>(
    `select row_no from draft_row where ${sql} order by row_no limit ? offset ?`,
    [...bindings, page.limit, page.offset],
  );
  return rows.map(({ row_no }) => row_no);
}

export async function versionOf(db: ReadDb, draftId: number): Promise<number> {
  const [draft] = await db.raw<{ version: number }[]>(`select version from draft where id = ?`, [draftId]);
  return draft?.version ?? 0;
}
