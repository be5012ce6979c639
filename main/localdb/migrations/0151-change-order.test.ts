import { expect, test } from 'vitest';
import { explainUsesIndex, openTestDb } from '../../../test/support/local-db';

test('what waits for a row is found by index', async () => {
  const db = await openTestDb();
  try {
    const before = `select after_id from device_change_order where before_id = ?`;
    expect(await explainUsesIndex(db.read, before, [1], 'device_change_order_before')).toBe(true);
  } finally {
    await db.close();
  }
});
