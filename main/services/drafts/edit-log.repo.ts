import { z } from 'zod';
import { fieldSchema } from '../../../shared/domain/finding';
import { overrideSchema } from '../../../shared/domain/override';
import type { ReadDb, Trx } from '../../localdb/types';

/**
 * What an act changes of a row's input; an absent key stays as it is. Verdicts are not kept: they follow from the input.
 * `present` false: the row is not in the list (yet, or any more).
 */
export const rowPatchSchema = z.object({
  present: z.boolean().optional(),
  line: z.number().int().optional(),
  /** All cells, not only the changed ones. */
  cells: z.partialRecord(fieldSchema, z.string()).optional(),
  malformed: z.boolean().optional(),
  surplus: z.string().nullable().optional(),
  excluded: z.boolean().optional(),
  edited: z.array(fieldSchema).readonly().optional(),
  overrides: z.array(overrideSchema).readonly().optional(),
});
export type RowPatch = Readonly<z.infer<typeof rowPatchSchema>>;

export interface RowChange {
  readonly row: number;
  readonly before: RowPatch;
  readonly after: RowPatch;
}

export interface LoggedEdit {
  readonly seq: number;
  readonly words: string;
}

/** The number for a new act: entries of one that is under way, or was left behind, count too. */
export async function nextSeq(db: ReadDb | Trx, draftId: number): Promise<number> {
  const [last] = await db.raw<{ seq: number }[]>(
    `select max(coalesce((select max(seq) from draft_edit where draft_id = ?), 0),
       coalesce((select max(seq) from draft_edit_row where draft_id = ?), 0)) as seq`,
    [draftId, draftId],
  );
  return (last?.seq ?? 0) + 1;
}

/** Notes an act: what was undone can't be done again after it. Its changes are logged under the same number. */
export async function addEdit(
  trx: Trx,
  draftId: number,
  edit: { readonly seq: number; readonly words: string; readonly actor: string; readonly at: number },
): Promise<void> {
  await trx.raw(`delete from draft_edit where draft_id = ? and state = 'undone'`, [draftId]);
  await trx.raw(`insert into draft_edit (draft_id, seq, state, words, actor, at) values (?, ?, 'done', ?, ?, ?)`, [
    draftId,
    edit.seq,
    edit.words,
    edit.actor,
    edit.at,
  ]);
}

/** Numbers of entries whose act is gone. Those of an act that is under way are none. */
export async function orphanedSeqs(db: ReadDb | Trx, draftId: number): Promise<readonly number[]> {
  // Jumps from number to number: there are few, with up to a million entries each.
  const next = (after: string): string =>
    `(select min(seq) from draft_edit_row where draft_id = ${Math.trunc(draftId)} and seq > ${after})`;
  const rows = await db.raw<{ seq: number }[]>(
    `with recursive logged (seq) as (
       select ${next('0')} union all select ${next('logged.seq')} from logged where logged.seq is not null)
     select seq from logged where seq is not null
       and not exists (select 1 from draft_edit where draft_id = ? and draft_edit.seq = logged.seq)
       and not exists (select 1 from draft where id = ? and doing ->> 'seq' = logged.seq)`,
    [draftId, draftId],
  );
  return rows.map(({ seq }) => seq);
}

/** Removes the first entries of an act. @returns whether there were any */
export async function dropEntries(trx: Trx, draftId: number, seq: number, limit: number): Promise<boolean> {
  const removed = await trx.raw<{ row_no: number }[]>(
    `delete from draft_edit_row where draft_id = ? and seq = ? and row_no in (
       select row_no from draft_edit_row where draft_id = ? and seq = ? order by row_no limit ?) returning row_no`,
    [draftId, seq, draftId, seq, limit],
  );
  return removed.length > 0;
}

export async function logChanges(trx: Trx, draftId: number, seq: number, changes: readonly RowChange[]): Promise<void> {
  await trx.raw(
    `insert into draft_edit_row (draft_id, seq, row_no, before, after)
     select ?, ?, value->>0, value->>1, value->>2 from json_each(?)`,
    [
      draftId,
      seq,
      JSON.stringify(changes.map(({ row, before, after }) => [row, JSON.stringify(before), JSON.stringify(after)])),
    ],
  );
}

/** The act that undo or redo is about. */
export async function nextEdit(
  db: ReadDb | Trx,
  draftId: number,
  state: 'done' | 'undone',
): Promise<LoggedEdit | null> {
  const [edit] = await db.raw<LoggedEdit[]>(
    `select seq, words from draft_edit where draft_id = ? and state = ? order by seq ${state === 'done' ? 'desc' : 'asc'}
     limit 1`,
    [draftId, state],
  );
  return edit ?? null;
}

export async function setEditState(trx: Trx, draftId: number, seq: number, state: 'done' | 'undone'): Promise<void> {
  await trx.raw(`update draft_edit set state = ? where draft_id = ? and seq = ?`, [state, draftId, seq]);
}

/** How many rows an act changed, up to a limit. */
export async function countChanges(db: ReadDb | Trx, draftId: number, seq: number, limit: number): Promise<number> {
  const [counted] = await db.raw<{ count: number }[]>(
    `select count(*) as count from (select 1 from draft_edit_row where draft_id = ? and seq = ? limit ?)`,
    [draftId, seq, limit],
  );
  return counted?.count ?? 0;
}

/** Changes of an act, piece by piece, in the order of their rows. */
export async function changesOf(
  db: ReadDb | Trx,
  draftId: number,
  seq: number,
  afterRow: number,
  limit: number,
): Promise<readonly RowChange[]> {
  const rows = await db.raw<{ row: number; before: string; after: string }[]>(
    `select row_no as "row", before, after from draft_edit_row where draft_id = ? and seq = ? and row_no > ?
     order by row_no limit ?`,
    [draftId, seq, afterRow, limit],
  );
  return rows.map(({ row, before, after }) => ({
    row,
    before: rowPatchSchema.parse(JSON.parse(before)),
    after: rowPatchSchema.parse(JSON.parse(after)),
  }));
}

/** After rows have left the draft: what was done with them can't be taken back here. */
export async function forgetEdits(trx: Trx, draftId: number): Promise<void> {
  await trx.raw(`delete from draft_edit where draft_id = ?`, [draftId]);
}
