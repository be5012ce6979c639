import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fieldSchema, type Field } from '../../../shared/domain/finding';
import type { ReadDb, Trx } from '../../localdb/types';

/** What a person said about the columns of files with these headings. */
export interface SavedMapping {
  /** Heading key → field; null: left out. */
  readonly fields: ReadonlyMap<string, Field | null>;
  readonly atMs: number;
  readonly by: string;
}

const storedFields = z.record(z.string(), fieldSchema.nullable());

/** Files with the same headings in another order are the same kind of file. */
function fingerprintOf(headingKeys: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([...headingKeys].sort()))
    .digest('hex');
}

export async function findMapping(
  db: ReadDb,
  providerUid: string,
  headingKeys: readonly string[],
): Promise<SavedMapping | null> {
  const [row] = await db.raw<{ fields: string; atMs: number; by: string }[]>(
    `select fields, saved_at as atMs, saved_by as by from import_mapping where provider_uid = ? and fingerprint = ?`,
    [providerUid, fingerprintOf(headingKeys)],
  );
  if (row === undefined) return null;
  const fields = new Map(Object.entries(storedFields.parse(JSON.parse(row.fields))));
  return { fields, atMs: row.atMs, by: row.by };
}

export async function saveMapping(
  trx: Trx,
  mapping: {
    readonly providerUid: string;
    readonly headingKeys: readonly string[];
    /** In the order of the keys. */
    readonly fields: readonly (Field | null)[];
    readonly atMs: number;
    readonly by: string;
  },
): Promise<void> {
  const fields = Object.fromEntries(mapping.headingKeys.map((key, index) => [key, mapping.fields[index] ?? null]));
  await trx.raw(
    `insert into import_mapping (provider_uid, fingerprint, fields, saved_at, saved_by) values (?, ?, ?, ?, ?)
     on conflict (provider_uid, fingerprint) do update
       set fields = excluded.fields, saved_at = excluded.saved_at, saved_by = excluded.saved_by`,
    [mapping.providerUid, fingerprintOf(mapping.headingKeys), JSON.stringify(fields), mapping.atMs, mapping.by],
  );
}
