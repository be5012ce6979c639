import type { LocalDb, Trx } from '../../localdb/types';

const KEY_COLUMNS = ['line_key', 'device_id', 'new_iccid', 'new_imei'] as const;

const keyIndex = (draftId: number, column: string): string => `draft_${draftId}_${column}`;

/** Rows that are in the list and not left out, and have one of these keys. */
export async function rowsSharing(
  trx: Trx,
  draftId: number,
  keys: {
    readonly lineKeys: readonly string[];
    readonly deviceIds: readonly number[];
    readonly iccids: readonly string[];
    readonly imeis: readonly string[];
  },
): Promise<readonly number[]> {
  const id = Math.trunc(draftId);
  const [index] = await trx.raw<{ name: string }[]>(`select name from sqlite_schema where name = ?`, [
    keyIndex(id, KEY_COLUMNS[KEY_COLUMNS.length - 1] ?? ''),
  ]);
  // The draft's number stands in the text: only so does SQLite see that the index is for it. By itself it would rather
  // read the whole draft.
  const part = (column: (typeof KEY_COLUMNS)[number]): string =>
    `select row_no from draft_row ${index === undefined ? '' : `indexed by ${keyIndex(id, column)}`}
     where draft_id = ${id} and excluded = 0 and ${column} in (select value from json_each(?))`;
  const rows = await trx.raw<{ row_no: number }[]>(
    KEY_COLUMNS.map(part).join(' union '),
    [keys.lineKeys, keys.deviceIds, keys.iccids, keys.imeis].map((values) => JSON.stringify(values)),
  );
  return rows.map(({ row_no }) => row_no);
}

/**
 * For drafts that are too long to be searched row by row; made when such a draft is first edited. Each in a transaction of
 * its own: of a million rows it takes about a second, and others write in between.
 */
export async function makeKeyIndexes(local: LocalDb, draftId: number): Promise<void> {
  const id = Math.trunc(draftId);
  for (const column of KEY_COLUMNS) {
    const name = keyIndex(id, column);
    const known = await local.read.raw<unknown[]>(`select 1 from sqlite_schema where name = ?`, [name]);
    if (known.length > 0) continue;
    await local.write((trx) =>
      trx.raw(`create index if not exists ${name} on draft_row (${column}) where draft_id = ${id}`),
    );
  }
}

export async function dropKeyIndexes(trx: Trx, draftId: number): Promise<void> {
  for (const column of KEY_COLUMNS) await trx.raw(`drop index if exists ${keyIndex(Math.trunc(draftId), column)}`);
}
