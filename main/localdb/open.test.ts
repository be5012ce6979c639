import { stat } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../test/support/local-db';

let db: TestDb | undefined;
afterEach(async () => {
  await db?.close();
  db = undefined;
});

it('makes a private file with all tables', async () => {
  db = await openTestDb();
  expect((await stat(db.file)).mode & 0o777).toBe(0o600);
  const rows = await db.read.raw<{ name: string }[]>('SELECT name FROM migration ORDER BY name');
  expect(rows.map((row) => row.name)).toContain('0010-mirror');
  await db.write((trx) => trx.raw(`INSERT INTO setting VALUES ('a', '1')`));
  await expect(db.read.raw(`INSERT INTO setting VALUES ('b', '1')`)).rejects.toThrow(/readonly/);
});
