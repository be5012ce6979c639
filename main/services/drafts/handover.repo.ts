import { z } from 'zod';
import { changeTypeSchema } from '../../../shared/domain/change';
import type { CentralTrx } from '../../centraldb/types';
import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import type { SharedDraft } from './types';

/** What belongs to this desk alone, and does not travel. */
const LOCAL_COLUMNS = [
  'id',
  'state',
  'importer_pid',
  'touched_at',
  'sharing',
  'version',
  'unjudged',
  'changes_mark',
  'doing',
];

const valueSchema = z.union([z.string(), z.number(), z.null()]);
/** A draft without its rows, by column. */
const headSchema = z.record(z.string(), valueSchema);
export type DraftHead = Readonly<z.infer<typeof headSchema>>;
/** Rows by the names of their columns, so that a newer desk can read what an older one wrote. */
const partSchema = z.object({ columns: z.array(z.string()), rows: z.array(z.array(valueSchema)) });
export type DraftPart = Readonly<z.infer<typeof partSchema>>;

async function columnsOf(db: ReadDb | Trx, table: 'draft' | 'draft_row'): Promise<readonly string[]> {
  const columns = await db.raw<{ name: string }[]>(`select name from pragma_table_info(?)`, [table]);
  return columns.map(({ name }) => name);
}

export async function setSharing(trx: Trx, draftId: number, sharing: { readonly note: string }): Promise<void> {
  await trx.raw(`update draft set sharing = ?, version = version + 1 where id = ? and state = 'ready'`, [
    JSON.stringify(sharing),
    draftId,
  ]);
}

export async function readHead(db: ReadDb, draftId: number): Promise<DraftHead> {
  const drafts = await db.raw<DraftHead[]>(`select * from draft where id = ?`, [draftId]);
  const head = headSchema.parse(drafts[0]);
  return Object.fromEntries(Object.entries(head).filter(([column]) => !LOCAL_COLUMNS.includes(column)));
}

/** Rows after a number, in order; null: there are no more. */
export async function readPart(
  db: ReadDb,
  draftId: number,
  afterRow: number,
  limit: number,
): Promise<{ readonly part: DraftPart; readonly lastRow: number } | null> {
  const columns = (await columnsOf(db, 'draft_row')).filter((name) => name !== 'draft_id');
  const [answer] = await db.raw<{ rows: string; last: number | null }[]>(
    `select json_group_array(json_array(${columns.join(', ')})) as rows, max(row_no) as last from (
       select * from draft_row where draft_id = ? and row_no > ? order by row_no limit ?)`,
    [draftId, afterRow, limit],
  );
  if (answer === undefined || answer.last === null) return null;
  const part = partSchema.parse({ columns, rows: JSON.parse(answer.rows) as unknown });
  return { part, lastRow: answer.last };
}

/** @returns number of the new draft, which nobody sees until `showTaken` */
export async function insertHead(trx: Trx, head: DraftHead, pid: number, nowMs: number): Promise<number> {
  const known = await columnsOf(trx, 'draft');
  const columns = Object.keys(head).filter((name) => known.includes(name) && !LOCAL_COLUMNS.includes(name));
  const rows = await trx.raw<{ id: number }[]>(
    `insert into draft (state, importer_pid, touched_at, ${columns.join(', ')})
     values ('unfinished', ?, ?, ${columns.map(() => '?').join(', ')}) returning id`,
    [pid, nowMs, ...columns.map((name) => head[name] ?? null)],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('a taken draft got no number');
  return id;
}

export async function insertPart(trx: Trx, draftId: number, { columns, rows }: DraftPart): Promise<void> {
  const known = await columnsOf(trx, 'draft_row');
  const used = columns.map((name, index) => ({ name, index })).filter(({ name }) => known.includes(name));
  await trx.raw(
    `insert into draft_row (draft_id, ${used.map(({ name }) => name).join(', ')})
     select ?, ${used.map(({ index }) => `value->>${index}`).join(', ')} from json_each(?)`,
    [draftId, JSON.stringify(rows)],
  );
}

export async function showTaken(trx: Trx, draftId: number): Promise<void> {
  await trx.raw(`update draft set state = 'ready', importer_pid = null where id = ?`, [draftId]);
}

/** A draft with this uid on this desk, visible or not. */
export async function findByUid(
  db: ReadDb | Trx,
  uid: string,
): Promise<{ readonly id: number; readonly isReady: boolean } | null> {
  const [draft] = await db.raw<{ id: number; state: string }[]>(`select id, state from draft where uid = ?`, [uid]);
  return draft === undefined ? null : { id: draft.id, isReady: draft.state === 'ready' };
}

type Value = string | number;

async function ask<T>(trx: CentralTrx, schema: z.ZodType<T>, sql: string, values: readonly Value[] = []): Promise<T> {
  const answer: { rows: { answer: unknown }[] } = await trx.raw(`select ${sql} as answer`, [...values]);
  return schema.parse(answer.rows[0]?.answer);
}

const sharedSchema = z.array(
  z.object({
    uid: z.string(),
    name: z.string(),
    providerUid: z.string(),
    providerName: z.string(),
    changeType: changeTypeSchema,
    rows: z.number(),
    note: z.string(),
    sharedBy: z.string(),
    sharedAt: z.number(),
  }),
);

export async function listShared(trx: CentralTrx): Promise<readonly SharedDraft[]> {
  const shared = await ask(trx, sharedSchema, 'drafts_shared()');
  return shared.map((draft) => ({ ...draft, sharedAt: isoTime(draft.sharedAt) }));
}

/** `taken`: somebody has it already, from a try before whose answer was lost. */
export function storeHead(
  trx: CentralTrx,
  draft: { readonly uid: string; readonly providerUid: string; readonly head: DraftHead; readonly note: string },
): Promise<'stored' | 'taken'> {
  const { uid, providerUid, head, note } = draft;
  const values = [uid, providerUid, JSON.stringify(head), note];
  return ask(trx, z.enum(['stored', 'taken']), 'draft_share(?, ?, ?::jsonb, ?)', values);
}

export async function storePart(trx: CentralTrx, uid: string, partNo: number, part: DraftPart): Promise<void> {
  await ask(trx, z.unknown(), 'draft_share_part(?, ?, ?::jsonb)', [uid, partNo, JSON.stringify(part)]);
}

/** Null: there is no such draft that the user may see, or somebody else has taken it. */
export function takeHead(trx: CentralTrx, uid: string): Promise<DraftHead | null> {
  return ask(trx, headSchema.nullable(), 'draft_take(?)', [uid]);
}

export function takePart(trx: CentralTrx, uid: string, partNo: number): Promise<DraftPart | null> {
  return ask(trx, partSchema.nullable(), 'draft_taken_part(?, ?)', [uid, partNo]);
}

export async function confirmTaken(trx: CentralTrx, uid: string): Promise<void> {
  await ask(trx, z.unknown(), 'draft_taken(?)', [uid]);
}
