import type { LineFilter } from '../../../shared/contract/lines';
import type { Line } from '../../../shared/domain/line';
import { isoTime } from '../../lib/clock';
import type { ReadDb } from '../../localdb/types';
import type { LineNames } from './types';

const IDENTIFIERS = ['iccid', 'imei', 'mdn', 'eid'] as const;
/** As many digits as the index over the ends holds (migration 0010). */
const END_DIGITS = 4;
/** The shortest whole IMEI. Whoever gives so many digits and meets a line is not looking for a part of another number. */
const WHOLE_DIGITS = 14;

/**
 * Numbers of the lines that have the digits in an identifier: whole or at its beginning, then at its end, both from an
 * index; then anywhere, which reads the lines one after another, but only when the others were not enough.
 */
export async function findLineIds(db: ReadDb, digits: string, limit: number): Promise<readonly number[]> {
  const found = new Set<number>();
  const add = (rows: readonly { id: number }[]): void => rows.forEach((row) => found.add(row.id));
  add(await db.raw<{ id: number }[]>('SELECT id FROM device WHERE id = CAST(? AS INTEGER)', [digits]));
  for (const column of IDENTIFIERS) {
    // ':' follows '9'.
    add(
      await db.raw(`SELECT id FROM device WHERE ${column} >= ? AND ${column} < ? LIMIT ?`, [
        digits,
        `${digits}:`,
        limit,
      ]),
    );
  }
  if (found.size < limit && digits.length >= END_DIGITS) {
    for (const column of IDENTIFIERS) {
      const sql = `SELECT id FROM device WHERE substr(${column}, -${END_DIGITS}) = ? AND ${column} LIKE ? LIMIT ?`;
      add(await db.raw(sql, [digits.slice(-END_DIGITS), `%${digits}`, limit]));
    }
  }
  const isWhole = digits.length >= WHOLE_DIGITS && found.size > 0;
  if (found.size < limit && !isWhole) {
    const anywhere = [...IDENTIFIERS, 'CAST(id AS TEXT)'].map((column) => `instr(${column}, ?) > 0`).join(' OR ');
    // Those found so far may be among them.
    add(
      await db.raw(`SELECT id FROM device WHERE ${anywhere} LIMIT ?`, [
        ...Array.from({ length: IDENTIFIERS.length + 1 }, () => digits),
        limit + found.size,
      ]),
    );
  }
  return [...found].slice(0, limit);
}

/** Numbers of the lines that fit every part of the filter, in order. Its text is digits; they may stand anywhere. */
export async function filterLineIds(db: ReadDb, filter: LineFilter, limit: number): Promise<readonly number[]> {
  const parts = ['true'];
  const bindings: string[] = [];
  const add = (sql: string, value: string | null): void => {
    if (value === null) return;
    parts.push(sql);
    bindings.push(value);
  };
  add('d.provider_id = (SELECT id FROM service_provider WHERE uid = ?)', filter.providerUid);
  add('d.status = ?', filter.status);
  // Names are the same in capitals for a person, but not for the business: here they come from a list of names.
  add('d.customer_id IN (SELECT id FROM customer WHERE name = ?)', filter.customer);
  add('d.customer_rate_plan_id IN (SELECT id FROM customer_rate_plan WHERE name = ?)', filter.ratePlan);
  if (filter.text !== '') {
    const anywhere = [...IDENTIFIERS, 'id'].map((column) => `instr(d.${column}, ?) > 0`);
    parts.push(`(${anywhere.join(' OR ')})`);
    bindings.push(...anywhere.map(() => filter.text));
  }
  const rows = await db.raw<{ id: number }[]>(
    `SELECT d.id FROM device d WHERE ${parts.join(' AND ')} ORDER BY d.id LIMIT ?`,
    [...bindings, limit],
  );
  return rows.map(({ id }) => id);
}

/** Names to choose from; more are no help in a list, and can still be typed. */
const MOST_NAMES = 1_000;

export async function readNames(db: ReadDb, providerUid: string): Promise<LineNames> {
  const of = async (table: string): Promise<string[]> => {
    const rows = await db.raw<{ name: string }[]>(
      `SELECT DISTINCT name FROM ${table} WHERE provider_id = (SELECT id FROM service_provider WHERE uid = ?)
       ORDER BY name LIMIT ?`,
      [providerUid, MOST_NAMES],
    );
    return rows.map(({ name }) => name);
  };
  return {
    customers: await of('customer'),
    ratePlans: await of('customer_rate_plan'),
    ratePools: await of('customer_rate_pool'),
  };
}

type StoredLine = Omit<Line, 'lastConnectionAt'> & { readonly lastConnectionAt: number | null };

/** The lines in the order of their numbers given. */
export async function readLines(db: ReadDb, ids: readonly number[]): Promise<readonly Line[]> {
  const rows = await db.raw<StoredLine[]>(
    `SELECT d.id, d.uid, coalesce(s.name, '') AS provider, d.iccid, d.imei, d.mdn, d.eid, d.status, c.name AS customer,
       p.name AS "ratePlan", q.name AS "ratePool", d.last_connection_at AS "lastConnectionAt"
     FROM json_each(?) wanted
     JOIN device d ON d.id = wanted.value
     LEFT JOIN service_provider s ON s.id = d.provider_id
     LEFT JOIN customer c ON c.id = d.customer_id
     LEFT JOIN customer_rate_plan p ON p.id = d.customer_rate_plan_id
     LEFT JOIN customer_rate_pool q ON q.id = d.customer_rate_pool_id
     ORDER BY wanted.key`,
    [JSON.stringify(ids)],
  );
  return rows.map((row) => ({
    ...row,
    lastConnectionAt: row.lastConnectionAt === null ? null : isoTime(row.lastConnectionAt),
  }));
}
