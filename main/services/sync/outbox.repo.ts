import type { ReadDb, Trx } from '../../localdb/types';

export interface OutboxRecord {
  readonly id: number;
  readonly uid: string;
  readonly kind: string;
  readonly body: unknown;
}

export async function insertOutbox(
  trx: Trx,
  records: readonly { readonly uid: string; readonly kind: string; readonly body: unknown; readonly addedAt: number }[],
): Promise<void> {
  await trx.raw(
    `INSERT INTO outbox (uid, kind, body, added_at)
     SELECT value ->> '$.uid', value ->> '$.kind', value -> '$.body', value ->> '$.addedAt' FROM json_each(?) ORDER BY key`,
    [JSON.stringify(records)],
  );
}

/** The oldest, in the order in which they were added. */
export async function readOutbox(db: ReadDb, limit: number): Promise<readonly OutboxRecord[]> {
  const rows = await db.raw<{ id: number; uid: string; kind: string; body: string }[]>(
    'SELECT id, uid, kind, body FROM outbox ORDER BY id LIMIT ?',
    [limit],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }));
}

export async function deleteOutbox(trx: Trx, ids: readonly number[]): Promise<void> {
  await trx.raw('DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))', [JSON.stringify(ids)]);
}

export async function countOutbox(db: ReadDb): Promise<number> {
  const [row] = await db.raw<{ waiting: number }[]>('SELECT count(*) AS waiting FROM outbox');
  return row?.waiting ?? 0;
}
