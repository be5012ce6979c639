import { expect, test } from 'vitest';
import { explainUsesIndex, openTestDb } from '../../../test/support/local-db';

test('an earlier job of a line is found by index', async () => {
  const db = await openTestDb();
  try {
    const earlier = `select 1 from job where state <> 'dead' and device_id = ? and (device_change_id, id) < (?, ?)`;
    expect(await explainUsesIndex(db.read, earlier, [1, 2, 3], 'job_line')).toBe(true);
  } finally {
    await db.close();
  }
});
