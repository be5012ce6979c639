import type { AuditEntry } from '../../../shared/domain/audit';
import type { CentralTrx } from '../../centraldb';
import type { ChainHead } from '../audit';
import type { Session } from '../identity';
import { z } from 'zod';
import type { FeedPosition } from './feed.repo';
import { MIRROR_TABLES, type MirrorRow, type MirrorTable } from './mirror-tables';
import type { CentralStart, LogPosition } from './sync.rules';
import type { CentralCallback } from './types';

export async function readStart(trx: CentralTrx, session: Session): Promise<CentralStart> {
  const answer = await trx.raw<{ rows: { centralUid: string; oldestXid: string; scopeMark: string | null }[] }>(
    `select (select uid from central_identity) as "centralUid",
       pg_snapshot_xmin(pg_current_snapshot())::text as "oldestXid",
       (select max(xid || ':' || seq) from change_log where table_name = 'user_scope') as "scopeMark"`,
  );
  const [start] = answer.rows;
  if (start === undefined) throw new Error('a select without a table answers with one row');
  return {
    centralUid: start.centralUid,
    oldestXid: start.oldestXid,
    scope: JSON.stringify([session.userUid, session.providerUids, session.customerUids, start.scopeMark]),
  };
}

type CentralRow = Readonly<Record<string, string | number | null>>;

function inOrder(table: MirrorTable, row: CentralRow): MirrorRow {
  // The driver hands bigint over as a number and uuid as text.
  return table.columns.map((column) => row[column] ?? null) as unknown as MirrorRow;
}

/** Rows with higher numbers, in the order of their numbers. */
export async function readPage(
  trx: CentralTrx,
  table: MirrorTable,
  afterId: number,
  limit: number,
): Promise<readonly MirrorRow[]> {
  const answer = await trx.raw<{ rows: CentralRow[] }>(
    `select ${table.columns.join(', ')} from ${table.name} where id > ? order by id limit ?`,
    [afterId, limit],
  );
  return answer.rows.map((row) => inOrder(table, row));
}

export interface ChangePage {
  readonly end: LogPosition;
  readonly isLast: boolean;
  readonly tables: readonly {
    readonly table: MirrorTable;
    readonly rows: readonly MirrorRow[];
    /** Changed, and not shown to this user (any more): deleted, or moved out of the scope. */
    readonly goneUids: readonly string[];
  }[];
}

/**
 * The things that changed after a place in the change log, as they are now.
 * @param owedDeviceIds lines to read besides
 */
export async function readChanges(
  trx: CentralTrx,
  after: LogPosition,
  owedDeviceIds: readonly number[],
  limit: number,
): Promise<ChangePage> {
  const answer = await trx.raw<{ rows: { table: string; uid: string; xid: string; seq: number }[] }>(
    `select table_name as "table", uid, xid::text as xid, seq from change_log
     where (xid, seq) > (?::text::xid8, ?::bigint) order by xid, seq limit ?`,
    [after.xid, after.seq, limit],
  );
  const entries = answer.rows;
  const last = entries.at(-1);
  const tables: ChangePage['tables'][number][] = [];
  for (const table of MIRROR_TABLES) {
    const uids = [...new Set(entries.filter((entry) => entry.table === table.name).map((entry) => entry.uid))];
    const owed = table.name === 'device' ? owedDeviceIds : [];
    if (uids.length === 0 && owed.length === 0) continue;
    const rows = await readThings(trx, table, uids, owed);
    const shown = new Set(rows.map((row) => row[1]));
    tables.push({ table, rows, goneUids: uids.filter((uid) => !shown.has(uid)) });
  }
  return {
    end: last === undefined ? after : { xid: last.xid, seq: last.seq },
    isLast: entries.length < limit,
    tables,
  };
}

async function readThings(
  trx: CentralTrx,
  table: MirrorTable,
  uids: readonly string[],
  ids: readonly number[],
): Promise<readonly MirrorRow[]> {
  const answer = await trx.raw<{ rows: CentralRow[] }>(
    `select ${table.columns.join(', ')} from ${table.name}
     where uid in (select value::uuid from jsonb_array_elements_text(?::jsonb) as value)
     union
     select ${table.columns.join(', ')} from ${table.name}
     where id in (select value::bigint from jsonb_array_elements_text(?::jsonb) as value)`,
    [JSON.stringify(uids), JSON.stringify(ids)],
  );
  return answer.rows.map((row) => inOrder(table, row));
}

/** What the central database countersigned of the chains that this user writes on this desktop. */
export async function readOwnHeads(trx: CentralTrx): Promise<readonly ChainHead[]> {
  const answer = await trx.raw<{ rows: ChainHead[] }>(
    `select h.chain, h.seq, h.hash from access.session_row() me,
       audit_heads('desktop:' || me.desktop_uid || ':' || me.user_uid || ':') h`,
  );
  return answer.rows;
}

/** @throws failed `audit-gap` … when the entries do not continue what is stored; see procedures/audit.sql */
export async function appendAudit(trx: CentralTrx, chain: string, entries: readonly AuditEntry[]): Promise<void> {
  await trx.raw('select audit_append(?, ?::jsonb)', [chain, JSON.stringify(entries)]);
}

/** Stores callbacks by uid; one that is there already, also by another desk, changes nothing. */
export async function storeCallbacks(
  trx: CentralTrx,
  session: Session,
  callbacks: readonly { readonly uid: string; readonly body: unknown }[],
): Promise<void> {
  await trx.raw(
    `insert into thingspace_callback_log (uid, provider_id, request_id, status, digest, body, received_by, received_at)
     select c.uid, p.id, c.body ->> 'requestId', c.body ->> 'status', c.body ->> 'digest', c.body -> 'callback', ?,
       to_timestamp((c.body ->> 'receivedAt')::bigint / 1000.0)
     from jsonb_to_recordset(?::jsonb) as c (uid uuid, body jsonb)
     join service_provider p on p.uid = (c.body ->> 'providerUid')::uuid
     on conflict do nothing`,
    [session.userName, JSON.stringify(callbacks)],
  );
}

export async function readFeedStart(trx: CentralTrx): Promise<{ centralUid: string; oldestXid: string }> {
  const answer = await trx.raw<{ rows: { centralUid: string; oldestXid: string }[] }>(
    `select (select uid from central_identity) as "centralUid",
       pg_snapshot_xmin(pg_current_snapshot())::text as "oldestXid"`,
  );
  const [start] = answer.rows;
  if (start === undefined) throw new Error('a select without a table answers with one row');
  return start;
}

const callbackSchema = z.object({
  xid: z.string(),
  id: z.number().int(),
  providerUid: z.string(),
  digest: z.string(),
  body: z.unknown(),
  /** Epoch ms: the driver's way with timestamptz. */
  receivedAt: z.number(),
});

/** Callbacks behind a place in the log, in its order. Those of a transaction that others may precede still wait. */
export async function readCallbackPage(
  trx: CentralTrx,
  after: FeedPosition,
  limit: number,
): Promise<readonly CentralCallback[]> {
  const answer = await trx.raw<{ rows: unknown[] }>(
    `select c.xid::text as xid, c.id, p.uid as "providerUid", c.digest, c.body, c.received_at as "receivedAt"
     from thingspace_callback_log c join service_provider p on p.id = c.provider_id
     where (c.xid, c.id) > (?::text::xid8, ?::bigint) and c.xid < pg_snapshot_xmin(pg_current_snapshot())
     order by c.xid, c.id limit ?`,
    [after.xid, after.id, limit],
  );
  return answer.rows.map((row) => callbackSchema.parse(row));
}
