import { z } from 'zod';
import type { ReadDb, Trx } from '../../localdb/types';

const headingsSchema = z.record(z.string(), z.string());

/** A draft or change that was made of a file with the same bytes. */
export interface SameSource {
  readonly kind: 'draft' | 'change';
  readonly id: number;
  readonly name: string;
  readonly atMs: number;
  readonly by: string;
}

/** Remembers the file of a draft; this stays when the draft is submitted or deleted. */
export async function rememberSource(
  trx: Trx,
  source: {
    readonly draftUid: string;
    readonly providerUid: string;
    readonly sha256: string;
    readonly atMs: number;
    readonly by: string;
  },
): Promise<void> {
  await trx.raw(
    `insert into import_source (draft_uid, provider_uid, sha256, imported_at, imported_by) values (?, ?, ?, ?, ?)`,
    [source.draftUid, source.providerUid, source.sha256, source.atMs, source.by],
  );
}

/** Newest first. Drafts that somebody deleted are not told of: nothing came of them. */
export async function findSameSource(
  db: ReadDb,
  providerUid: string,
  sha256: string,
  exceptDraftUid: string | null,
): Promise<readonly SameSource[]> {
  const most = 10;
  return db.raw<SameSource[]>(
    `with same as (
       select * from import_source where provider_uid = ? and sha256 = ? and draft_uid is not ?)
     select 'change' as kind, bulk_change.id, bulk_change.name, bulk_change.created_at as atMs,
       bulk_change.created_by as by
     from same join bulk_change on bulk_change.draft_uid = same.draft_uid
     union all
     select 'draft', draft.id, draft.name, same.imported_at, same.imported_by
     from same join draft on draft.uid = same.draft_uid and draft.state = 'ready'
     order by atMs desc limit ${most}`,
    [providerUid, sha256, exceptDraftUid],
  );
}

/** The draft that a list of problem rows was made of, while it can be worked with. */
export async function draftOfList(
  db: ReadDb,
  draftUid: string,
): Promise<{ readonly id: number; readonly name: string; readonly providerUid: string } | null> {
  const [draft] = await db.raw<{ id: number; name: string; providerUid: string }[]>(
    `select id, name, provider_uid as providerUid from draft where uid = ? and state = 'ready'`,
    [draftUid],
  );
  return draft ?? null;
}

/** Field → heading, as the draft's own file named its columns. */
export async function draftHeadings(db: ReadDb, draftUid: string): Promise<Readonly<Record<string, string>>> {
  const [draft] = await db.raw<{ columns: string | null }[]>(`select columns from draft where uid = ?`, [draftUid]);
  return headingsSchema.parse(JSON.parse(draft?.columns ?? '{}'));
}
