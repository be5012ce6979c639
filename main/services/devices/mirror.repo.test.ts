import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { ANY_LINE } from '../../../shared/contract/lines';
import { filterLineIds, findLineIds, readLines, readNames } from './mirror.repo';

let local: TestDb;
beforeAll(async () => {
  local = await openTestDb();
  await local.write(async (trx) => {
    await trx.raw(`INSERT INTO service_provider (id, uid, name, account, base_url, service_type, portal, concurrency)
      VALUES (1, 'p1', 'North', '1', 'https://n.example', '4g', 'm2m', 1)`);
    await trx.raw(`INSERT INTO customer (id, uid, provider_id, name) VALUES (4, 'c4', 1, 'Harbor')`);
    await trx.raw(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO device (id, uid, provider_id, iccid, imei, mdn, status, customer_id, last_connection_at)
      SELECT 10000 + i, 'd' || i, 1, printf('891480000000%07d5', i), printf('3500000%07d4', i), printf('512%07d', i),
        'active', 4, 1700000000000 FROM n`);
  });
});
afterAll(() => local.close());

describe('finding lines', () => {
  it.each([
    ['a whole ICCID', '89148000000000012345', [10_123 + 1_111]],
    ['the beginning of an MDN', '5120000012', [10_012]],
    ['the last digits of an IMEI', '0000774', [10_077]],
    ['digits in the middle', '00000777', [10_777]],
    ['the number of a line', '10042', [10_042]],
  ])('by %s', async (_, digits, ids) => {
    const found = await findLineIds(local.read, digits, 10);
    expect(found[0]).toBe(ids[0]);
  });

  it('gives each line once, and no more than asked for', async () => {
    const found = await findLineIds(local.read, '8914', 50);
    expect(found).toHaveLength(50);
    expect(new Set(found).size).toBe(50);
    expect(await findLineIds(local.read, '999999', 50)).toEqual([]);
  });

  it('by a filter: every part counts, and lines come in the order of their numbers', async () => {
    const filter = { ...ANY_LINE, providerUid: 'p1', status: 'active' as const, customer: 'Harbor' };
    expect(await filterLineIds(local.read, filter, 2)).toEqual([10_001, 10_002]);
    expect(await filterLineIds(local.read, { ...filter, text: '5120000012' }, 5)).toEqual([10_012]);
    expect(await filterLineIds(local.read, { ...ANY_LINE, text: '11999' }, 5)).toEqual([11_999]);
    for (const other of [
      { providerUid: 'p2' },
      { status: 'suspended' as const },
      { customer: 'harbor' },
      { ratePlan: 'P' },
    ]) {
      expect(await filterLineIds(local.read, { ...filter, ...other }, 5)).toEqual([]);
    }
  });

  it('tells the names to choose from, of one provider', async () => {
    expect(await readNames(local.read, 'p1')).toEqual({ customers: ['Harbor'], ratePlans: [], ratePools: [] });
    expect(await readNames(local.read, 'p2')).toEqual({ customers: [], ratePlans: [], ratePools: [] });
  });

  it('tells names and times', async () => {
    expect(await readLines(local.read, [10_002, 10_001])).toMatchObject([
      { id: 10_002, provider: 'North', customer: 'Harbor', ratePlan: null },
      { id: 10_001, lastConnectionAt: '2023-11-14T22:13:20.000Z', eid: null },
    ]);
  });

  it('reads beginnings and ends from an index', async () => {
    for (const column of ['iccid', 'imei', 'mdn', 'eid']) {
      const beginning = `SELECT id FROM device WHERE ${column} >= ? AND ${column} < ? LIMIT ?`;
      expect(await explainUsesIndex(local.read, beginning, ['8', '8:', 5], `device_${column}`)).toBe(true);
      const end = `SELECT id FROM device WHERE substr(${column}, -4) = ? AND ${column} LIKE ? LIMIT ?`;
      expect(await explainUsesIndex(local.read, end, ['1234', '%1234', 5], `device_${column}_end`)).toBe(true);
    }
  });
});
