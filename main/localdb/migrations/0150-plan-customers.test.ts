import { expect, test } from 'vitest';
import { explainUsesIndex, openTestDb } from '../../../test/support/local-db';

test.each(['customer_rate_plan_id', 'customer_rate_pool_id'])(
  'the next customer with a %s is one step away',
  async (column) => {
    const db = await openTestDb();
    try {
      const sql = `select ${column}, customer_id from device where ${column} is not null and customer_id is not null
      and (${column}, customer_id) > (?, ?) order by ${column}, customer_id limit 1`;
      expect(await explainUsesIndex(db.read, sql, [1, 1], `device_${column}`)).toBe(true);
    } finally {
      await db.close();
    }
  },
);
