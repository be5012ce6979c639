import type { ReadDb, Trx } from '../../localdb/types';
import { MIRROR_TABLES, type MirrorRow, type MirrorTable } from './mirror-tables';
import { unfinishedPullSchema, type MirrorState, type UnfinishedPull } from './sync.rules';

/** A full pull fills `incoming_…`; the tables that it replaces are `outgoing_…` until they are dropped. */
export type Prefix = '' | 'incoming_';

export async function readMirrorState(db: ReadDb): Promise<MirrorState | null> {
  const rows = await db.raw<MirrorState[]>(
    `SELECT central_uid AS "centralUid", scope, cursor_xid AS "cursorXid", mirror_at AS "mirrorAt" FROM sync_state`,
  );
  return rows[0] ?? null;
}

export async function writeMirrorState(trx: Trx, state: MirrorState): Promise<void> {
  await trx.raw('INSERT OR REPLACE INTO sync_state VALUES (1, ?, ?, ?, ?)', [
    state.centralUid,
    state.scope,
    state.cursorXid,
    state.mirrorAt,
  ]);
  await trx.raw('DELETE FROM sync_pull');
}

/** Null also when it can't be read: then it is begun anew. */
export async function readUnfinished(db: ReadDb): Promise<UnfinishedPull | null> {
  const rows = await db.raw<{ state: string }[]>('SELECT state FROM sync_pull');
  const [row] = rows;
  if (row === undefined) return null;
  const parsed = unfinishedPullSchema.safeParse(JSON.parse(row.state));
  return parsed.success ? parsed.data : null;
}

export async function writeUnfinished(trx: Trx, pull: UnfinishedPull): Promise<void> {
  await trx.raw('INSERT OR REPLACE INTO sync_pull VALUES (1, ?)', [JSON.stringify(pull)]);
}

interface SchemaItem {
  readonly type: 'table' | 'index';
  readonly name: string;
  readonly sql: string;
}

/** The definitions as they are, so that a later migration needs to change them in one place only. */
async function definitionsOf(db: ReadDb | Trx, table: string): Promise<readonly SchemaItem[]> {
  const schema = await (db as ReadDb).raw<SchemaItem[]>(
    'SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC, name',
    [table],
  );
  return schema;
}

/** Names of indexes are unique in the file and can't be changed: copies have a 2 at the end, and copies of those not. */
function nameOfCopy(index: string): string {
  return index.endsWith('_2') ? index.slice(0, -2) : `${index}_2`;
}

function copyIndexSql(index: SchemaItem, table: string): string {
  return index.sql.replace(/INDEX\s+\S+\s+ON\s+\S+/i, `INDEX ${nameOfCopy(index.name)} ON incoming_${table}`);
}

/** Empty copies of the mirror's tables with what must be unique in them. */
export async function createIncoming(trx: Trx): Promise<void> {
  await dropIncoming(trx);
  for (const table of MIRROR_TABLES) {
    for (const item of await definitionsOf(trx, table.name)) {
      if (item.type === 'table') {
        await trx.raw(item.sql.replace(/TABLE\s+("[^"]+"|\S+)/i, `TABLE incoming_${table.name}`));
      } else if (/UNIQUE/i.test(item.sql)) {
        await trx.raw(copyIndexSql(item, table.name));
      }
    }
  }
}

export async function dropIncoming(trx: Trx): Promise<void> {
  for (const table of MIRROR_TABLES) await trx.raw(`DROP TABLE IF EXISTS incoming_${table.name}`);
}

/** Indexes that only speed up: made when the rows are there, which costs a fraction of keeping them up row by row. */
export async function missingIndexes(db: ReadDb): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const table of MIRROR_TABLES) {
    const present = new Set((await definitionsOf(db, `incoming_${table.name}`)).map((item) => item.name));
    for (const item of await definitionsOf(db, table.name)) {
      if (item.type === 'index' && !present.has(nameOfCopy(item.name))) missing.push(copyIndexSql(item, table.name));
    }
  }
  return missing;
}

/** Rows of a full pull. A row that another one has moved on from since is read again by the pass that follows. */
export async function fillIncoming(trx: Trx, table: MirrorTable, rows: readonly MirrorRow[]): Promise<void> {
  await trx.raw(`INSERT OR REPLACE ${intoFromJson(`incoming_${table.name}`, table)}`, [JSON.stringify(rows)]);
}

/** Puts the filled tables in the place of the old ones: a matter of names, whatever their size. */
export async function swapIncoming(trx: Trx): Promise<void> {
  for (const { name } of MIRROR_TABLES) {
    await trx.raw(`ALTER TABLE ${name} RENAME TO outgoing_${name}`);
    await trx.raw(`ALTER TABLE incoming_${name} RENAME TO ${name}`);
  }
}

export async function dropOutgoing(trx: Trx): Promise<void> {
  for (const { name } of MIRROR_TABLES) await trx.raw(`DROP TABLE IF EXISTS outgoing_${name}`);
}

function intoFromJson(target: string, table: MirrorTable): string {
  const values = table.columns.map((_, index) => `value ->> ${index}`).join(', ');
  return `INTO ${target} (${table.columns.join(', ')}) SELECT ${values} FROM json_each(?)`;
}

/**
 * Stores rows as they are now and removes what is gone.
 *
 * An identifier that a row brings may still stand at another line, of which the news has not come yet: that line is
 * taken out and has to be read again. @returns its number among `evictedIds`
 */
export async function applyRows(
  trx: Trx,
  prefix: Prefix,
  table: MirrorTable,
  rows: readonly MirrorRow[],
  goneUids: readonly string[],
): Promise<{ readonly changed: number; readonly evictedIds: readonly number[] }> {
  const target = `${prefix}${table.name}`;
  const gone = await trx.raw<{ id: number }[]>(
    `DELETE FROM ${target} WHERE uid IN (SELECT value FROM json_each(?)) RETURNING id`,
    [JSON.stringify(goneUids)],
  );
  const fresh = new Set(
    (
      await trx.raw<{ id: number }[]>(
        `SELECT value ->> 0 AS id FROM json_each(?) LEFT JOIN ${target} t ON t.id = value ->> 0
         WHERE t.row_version IS NOT value ->> 2`,
        [JSON.stringify(rows)],
      )
    ).map((row) => row.id),
  );
  const changed = rows.filter((row) => fresh.has(row[0]));
  if (changed.length === 0) return { changed: gone.length, evictedIds: [] };

  const json = JSON.stringify(changed);
  await trx.raw(`DELETE FROM ${target} WHERE id IN (SELECT value ->> 0 FROM json_each(?))`, [json]);
  const evicted = new Set<number>();
  for (const column of table.unique) {
    const index = table.columns.indexOf(column);
    const removed = await trx.raw<{ id: number }[]>(
      `DELETE FROM ${target} WHERE ${column} IN (SELECT value ->> ${index} FROM json_each(?)) RETURNING id`,
      [json],
    );
    removed.forEach((row) => evicted.add(row.id));
  }
  await trx.raw(`INSERT ${intoFromJson(target, table)}`, [json]);
  return { changed: gone.length + changed.length, evictedIds: [...evicted] };
}

/** Read by the import's rules (`mirror-view.repo.ts`). */
export async function setMirrorMaxAge(trx: Trx, hours: number): Promise<void> {
  await trx.raw(`insert or replace into setting (key, value) values ('mirror.max-age-hours', ?)`, [
    JSON.stringify(hours),
  ]);
}
