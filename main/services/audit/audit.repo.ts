import { everyone } from '../../lib/together';
import type { ReadDb, Trx } from '../../localdb/types';
import { NO_HASH, type SealedEntry } from './chain.rules';
import { SEARCH_COUNT_LIMIT, parseSince, parseText } from './search.rules';
import type { AuditFilter, ChainHead } from './types';

export interface StoredHead extends ChainHead {
  readonly chainId: number;
}

export interface StoredEntry {
  readonly id: number;
  readonly seq: number;
  readonly body: string;
  readonly hash: string;
}

/** What one statement saw: the trail is only ever added to, so everything up to `lastId` stays as it is. */
export interface TrailSnapshot {
  readonly heads: readonly StoredHead[];
  readonly lastId: number;
}

/** The heads to append to; chains that are new begin here. */
export async function headsToAppendTo(
  trx: Trx,
  chains: readonly string[],
): Promise<{ heads: readonly StoredHead[]; lastId: number }> {
  const names = JSON.stringify(chains);
  const select = (): Promise<readonly (StoredHead & { readonly lastId: number })[]> =>
    trx.raw(
      `select id as chainId, chain, seq, hash, (select coalesce(max(id), 0) from audit_entry) as lastId
       from audit_chain where chain in (select value from json_each(?))`,
      [names],
    );
  let heads = await select();
  if (heads.length < chains.length) {
    await trx.raw(
      `insert into audit_chain (chain, seq, hash)
       select value, 0, ? from json_each(?) where true on conflict (chain) do nothing`,
      [NO_HASH, names],
    );
    heads = await select();
  }
  return { heads, lastId: heads[0]?.lastId ?? 0 };
}

export interface EntryToAppend extends SealedEntry {
  readonly id: number;
  readonly chainId: number;
}

/**
 * Set-based: one crossing into SQLite for all entries, not one for each. The three statements don't look at each other's
 * rows, so none waits for the answer of another.
 *
 * @param heads of all chains, as they are behind these entries
 */
export async function appendEntries(
  trx: Trx,
  entries: readonly EntryToAppend[],
  heads: readonly StoredHead[],
): Promise<void> {
  await everyone(
    [
      trx.raw(
        `insert into audit_entry (id, chain_id, seq, body, hash)
       select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)`,
        [JSON.stringify(entries.map(({ id, chainId, seq, body, hash }) => [id, chainId, seq, body, hash]))],
      ),
      trx.raw(`insert into audit_text (rowid, text) select value ->> 0, value ->> 1 from json_each(?)`, [
        JSON.stringify(entries.map(({ id, text }) => [id, text])),
      ]),
      trx.raw(
        `update audit_chain set seq = head.value ->> 1, hash = head.value ->> 2
       from json_each(?) as head where audit_chain.id = head.value ->> 0`,
        [JSON.stringify(heads.map(({ chainId, seq, hash }) => [chainId, seq, hash]))],
      ),
    ].map((statement) => statement.then(() => undefined)),
  );
}

export async function snapshot(db: ReadDb): Promise<TrailSnapshot> {
  const rows = await db.raw<(StoredHead & { lastId: number })[]>(
    `select id as chainId, chain, seq, hash, (select coalesce(max(id), 0) from audit_entry) as lastId
     from audit_chain order by chain`,
  );
  return {
    heads: rows.map(({ chainId, chain, seq, hash }) => ({ chainId, chain, seq, hash })),
    lastId: rows[0]?.lastId ?? 0,
  };
}

/** Chains that have entries but no head any more. */
export async function headlessChains(db: ReadDb): Promise<readonly number[]> {
  const rows = await db.raw<{ chainId: number }[]>(
    `with recursive used (id) as (
       select min(chain_id) from audit_entry
       union all
       select (select min(chain_id) from audit_entry where chain_id > used.id) from used where used.id is not null)
     select id as chainId from used where id is not null and id not in (select id from audit_chain)`,
  );
  return rows.map(({ chainId }) => chainId);
}

export async function chainEntries(
  db: ReadDb,
  chainId: number,
  afterSeq: number,
  limit: number,
): Promise<readonly StoredEntry[]> {
  return db.raw<StoredEntry[]>(
    `select id, seq, body, hash from audit_entry where chain_id = ? and seq > ? order by seq limit ?`,
    [chainId, afterSeq, limit],
  );
}

export async function entriesAfter(
  db: ReadDb,
  chain: string,
  afterSeq: number,
  limit: number,
): Promise<readonly StoredEntry[]> {
  return db.raw<StoredEntry[]>(
    `select e.id, e.seq, e.body, e.hash from audit_entry e
     where e.chain_id = (select id from audit_chain where chain = ?) and e.seq > ? order by e.seq limit ?`,
    [chain, afterSeq, limit],
  );
}

type Bindings = (string | number)[];

/**
 * The entries of a filter as `from … where …`. With words the index of words leads and the rest is checked on what it
 * finds; else SQLite chooses. Both lead to entries in the order of their numbers.
 */
function selection(filter: AuditFilter): { readonly sql: string; readonly bindings: Bindings } {
  const text = parseText(filter.text ?? '');
  const conditions: string[] = [];
  const bindings: Bindings = [];
  const where = (condition: string, ...values: Bindings): void => {
    conditions.push(condition);
    bindings.push(...values);
  };
  if (text.match !== null) where('audit_text match ?', text.match);
  for (const pattern of text.inBody) where(`e.body like ? escape '\\'`, pattern);
  for (const pattern of text.inValues) {
    where(
      `exists (select 1 from json_tree(e.body) t where t.atom like ? escape '\\'
         and t.path || '.' || t.key not in ('$.at', '$.chain', '$.prevHash', '$.provider', '$.seq'))`,
      pattern,
    );
  }
  const leads = text.match === null ? 'own index' : 'words';
  if (filter.change !== undefined) where(equals('change_uid', 'change', leads), filter.change);
  if (filter.deviceId !== undefined) where(equals('device_id', 'device', leads), filter.deviceId);
  if (filter.actor !== undefined) where(equals('actor', 'actor', leads), filter.actor);
  if (filter.stream !== undefined) where(equals('stream', 'stream', leads), filter.stream);
  if (filter.since !== undefined) {
    const since = parseSince(filter.since);
    // Numbers grow with time but for a clock that is set back: the first number from then on bounds the walk. The plus
    // keeps SQLite from looking for it through the whole table instead of in the index of times.
    where('e.id >= (select min(+id) from audit_entry where at >= ?) and e.at >= ?', since, since);
  }
  const from = text.match === null ? 'audit_entry e' : 'audit_text cross join audit_entry e on e.id = audit_text.rowid';
  return { sql: `from ${from} where ${conditions.length === 0 ? 'true' : conditions.join(' and ')}`, bindings };
}

/**
 * Reading a virtual column means parsing the entry. What the index of words finds is therefore looked up in the column's
 * own index, which holds the numbers too; SQLite by itself would go to the entry.
 */
function equals(column: string, index: string, leads: 'words' | 'own index'): string {
  if (leads === 'own index') return `e.${column} = ?`;
  return `exists (select 1 from audit_entry x indexed by audit_entry_${index}
    where x.${column} = ? and x.id = audit_text.rowid)`;
}

/** The column that numbers the entries in the table that leads. */
function leadingId(filter: AuditFilter): string {
  return parseText(filter.text ?? '').match === null ? 'e.id' : 'audit_text.rowid';
}

export async function newestEntries(
  db: ReadDb,
  filter: AuditFilter,
  page: { limit: number; offset: number },
): Promise<readonly StoredEntry[]> {
  const { sql, bindings } = selection(filter);
  return db.raw<StoredEntry[]>(
    `select e.id, e.seq, e.body, e.hash ${sql} order by ${leadingId(filter)} desc limit ? offset ?`,
    [...bindings, page.limit, page.offset],
  );
}

/** One more than the limit says that there are more. */
export async function countUpToLimit(db: ReadDb, filter: AuditFilter): Promise<number> {
  const { sql, bindings } = selection(filter);
  const rows = await db.raw<{ found: number }[]>(`select count(*) as found from (select 1 ${sql} limit ?)`, [
    ...bindings,
    SEARCH_COUNT_LIMIT + 1,
  ]);
  return rows[0]?.found ?? 0;
}

export async function countEntries(db: ReadDb, filter: AuditFilter): Promise<number> {
  const { sql, bindings } = selection(filter);
  const rows = await db.raw<{ found: number }[]>(`select count(*) as found ${sql}`, bindings);
  return rows[0]?.found ?? 0;
}

/** In the order in which they were written, for exports. */
export async function oldestEntries(
  db: ReadDb,
  filter: AuditFilter,
  range: { afterId: number; lastId: number; limit: number },
): Promise<readonly StoredEntry[]> {
  const { sql, bindings } = selection(filter);
  const id = leadingId(filter);
  return db.raw<StoredEntry[]>(
    `select e.id, e.seq, e.body, e.hash ${sql} and ${id} > ? and ${id} <= ? order by ${id} limit ?`,
    [...bindings, range.afterId, range.lastId, range.limit],
  );
}

export interface ChainRange {
  readonly chainId: number;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly entries: number;
}

export async function chainRanges(db: ReadDb, filter: AuditFilter, lastId: number): Promise<readonly ChainRange[]> {
  const { sql, bindings } = selection(filter);
  return db.raw<ChainRange[]>(
    `select e.chain_id as chainId, min(e.seq) as fromSeq, max(e.seq) as toSeq, count(*) as entries
     ${sql} and e.id <= ? group by e.chain_id`,
    [...bindings, lastId],
  );
}
