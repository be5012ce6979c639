import { z } from 'zod';
import type { ReadDb, Trx } from '../../localdb/types';

/**
 * Work on a whole draft that is under way, or was left behind. `judge` changes no row's input; `do` has logged what it
 * changed under a number that no act has yet; `undo` and `redo` move the act of that number.
 */
const doingSchema = z.object({
  token: z.string(),
  pid: z.number().int().nullable(),
  way: z.enum(['do', 'undo', 'redo', 'judge']),
  seq: z.number().int(),
});
export type Doing = Readonly<z.infer<typeof doingSchema>>;

export async function readDoing(
  db: ReadDb | Trx,
  draftId: number,
): Promise<{ readonly doing: Doing; readonly touchedAtMs: number } | null> {
  const [draft] = await db.raw<{ doing: string; touchedAtMs: number }[]>(
    `select doing, touched_at as touchedAtMs from draft where id = ? and doing is not null`,
    [draftId],
  );
  if (draft === undefined) return null;
  return { doing: doingSchema.parse(JSON.parse(draft.doing)), touchedAtMs: draft.touchedAtMs };
}

/** From here on nobody else changes or sends the draft. */
export async function beginDoing(trx: Trx, draftId: number, doing: Doing, nowMs: number): Promise<void> {
  await trx.raw(`update draft set doing = ?, unjudged = 1, touched_at = ?, version = version + 1 where id = ?`, [
    JSON.stringify(doing),
    nowMs,
    draftId,
  ]);
}

/** Tells others that this process is at it. */
export async function touchDoing(trx: Trx, draftId: number, nowMs: number): Promise<void> {
  await trx.raw(`update draft set touched_at = ? where id = ?`, [nowMs, draftId]);
}

/** @returns false: somebody else has it now */
export async function endDoing(trx: Trx, draftId: number, token: string): Promise<boolean> {
  const ended = await trx.raw<{ id: number }[]>(
    `update draft set doing = null where id = ? and doing ->> 'token' = ? returning id`,
    [draftId, token],
  );
  return ended.length === 1;
}

/** What could not be ended is left to whoever looks at the draft next. */
export async function leaveDoing(trx: Trx, draftId: number, token: string): Promise<void> {
  await trx.raw(`update draft set doing = json_set(doing, '$.pid', null) where id = ? and doing ->> 'token' = ?`, [
    draftId,
    token,
  ]);
}
