import { expect, test } from 'vitest';
import { openTestDb } from '../../../test/support/local-db';

test('a draft keeps how it was read, as JSON and nothing else', async () => {
  const db = await openTestDb();
  const add = (uid: string, reading: string | null) =>
    db.write((trx) =>
      trx.raw(
        `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter, created_at,
           created_by, touched_at, reading) values (?, 'd', 'ready', 'p', 'ChangeICCID', 's', 'utf-8', ',', 1, 'o', 1, ?)`,
        [uid, reading],
      ),
    );
  try {
    await add('1', null);
    await add('2', '{"format":"csv"}');
    await expect(add('3', 'csv')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
  } finally {
    await db.close();
  }
});
