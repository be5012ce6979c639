import { z } from 'zod';
import { fieldSchema, type Field } from '../../../shared/domain/finding';
import type { ReadDb } from '../../localdb/types';

/** The columns of the file that a draft was made of. */
export interface FileColumns {
  /** By field; null: the draft was typed, or is older than this is kept. */
  readonly headings: Readonly<Partial<Record<Field, string>>> | null;
  /** Of the columns that mean nothing to us. */
  readonly extras: readonly string[];
}

const headingsSchema = z.partialRecord(fieldSchema, z.string());
const textsSchema = z.array(z.string());

export async function fileColumnsOf(db: ReadDb, draftId: number): Promise<FileColumns> {
  const [draft] = await db.raw<{ columns: string | null; extras: string | null }[]>(
    `select columns, extra_headings as extras from draft where id = ?`,
    [draftId],
  );
  return {
    headings: draft?.columns == null ? null : headingsSchema.parse(JSON.parse(draft.columns)),
    extras: textsSchema.parse(JSON.parse(draft?.extras ?? '[]')),
  };
}

/** The cells under the extra headings, by row number. */
export async function extrasOf(
  db: ReadDb,
  draftId: number,
  rows: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const found = await db.raw<{ row: number; extra: string }[]>(
    `select row_no as row, extra from draft_row
     where draft_id = ? and extra is not null and row_no in (select value from json_each(?))`,
    [draftId, JSON.stringify(rows)],
  );
  return new Map(found.map(({ row, extra }) => [row, textsSchema.parse(JSON.parse(extra))]));
}
