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

/** Begins a new act: what was undone can't be done again after it. @returns its number */
export async function beginEdit(
  trx: Trx,
  draftId: number,
  edit: { readonly words: string; readonly actor: string; readonly at: number },
): Promise<number> {
  await trx.raw(
    `delete from draft_edit_row where draft_id = ? and seq in (
       select seq from draft_edit where draft_id = ? and state = 'undone')`,
    [draftId, draftId],
  );
  await trx.raw(`delete from draft_edit where draft_id = ? and state = 'undone'`, [draftId]);
  const [last] = await trx.raw<{ seq: number }[]>(
    `select coalesce(max(seq), 0) as seq from draft_edit where draft_id = ?`,
    [draftId],
  );
  const seq = (last?.seq ?? 0) + 1;
  await trx.raw(`insert into draft_edit (draft_id, seq, state, words, actor, at) values (?, ?, 'done', ?, ?, ?)`, [
    draftId,
    seq,
    edit.words,
    edit.actor,
    edit.at,
  ]);
  return seq;
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

/** Changes of an act, piece by piece, in the order of their rows. */
export async function changesOf(
  trx: Trx,
  draftId: number,
  seq: number,
  afterRow: number,
  limit: number,
): Promise<readonly RowChange[]> {
  const rows = await trx.raw<{ row: number; before: string; after: string }[]>(
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
  await trx.raw(`delete from draft_edit_row where draft_id = ?`, [draftId]);
  await trx.raw(`delete from draft_edit where draft_id = ?`, [draftId]);
}
