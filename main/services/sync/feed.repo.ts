import { z } from 'zod';
import type { ReadDb, Trx } from '../../localdb/types';

/** Up to where the central callback log has been taken over. */
const positionSchema = z.object({
  centralUid: z.string(),
  /** xid8 as text. */
  xid: z.string(),
  id: z.number().int(),
});
export type FeedPosition = z.infer<typeof positionSchema>;

const KEY = 'callback-feed.position';

export async function readFeedPosition(db: ReadDb): Promise<FeedPosition | null> {
  const [row] = await db.raw<{ value: string }[]>('select value from setting where key = ?', [KEY]);
  return row === undefined ? null : positionSchema.parse(JSON.parse(row.value));
}

export async function writeFeedPosition(trx: Trx, position: FeedPosition): Promise<void> {
  await trx.raw('insert or replace into setting (key, value) values (?, ?)', [KEY, JSON.stringify(position)]);
}
