import { expect, test } from 'vitest';
import { openTestDb } from '../../../test/support/local-db';

test('each line is there once, with at least one change', async () => {
  const db = await openTestDb();
  try {
    const add = (id: number, actions: number) =>
      db.write((trx) => trx.raw('insert into busy_line values (?, ?, 1)', [id, actions]));
    await add(7, 5);
    await expect(add(7, 6)).rejects.toThrow(/UNIQUE/);
    await expect(add(8, 0)).rejects.toThrow(/CHECK/);
  } finally {
    await db.close();
  }
});
