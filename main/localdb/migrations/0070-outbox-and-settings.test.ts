import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { outboxAndSettings } from './0070-outbox-and-settings';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: '0070-outbox-and-settings' });
  await db.write((trx) => outboxAndSettings.up(trx));
});
afterEach(() => db.close());

const add = (uid: string, body = '{}'): Promise<void> =>
  db.write(async (trx) => {
    await trx.raw(`INSERT INTO outbox (uid, kind, body, added_at) VALUES (?, 'callback', ?, 1)`, [uid, body]);
  });

it('numbers records in the order in which they came, also after the last was sent', async () => {
  await add('a');
  await add('b');
  await db.write((trx) => trx.raw('DELETE FROM outbox'));
  await add('c');
  expect(await db.read.raw('SELECT id, uid FROM outbox')).toEqual([{ id: 3, uid: 'c' }]);
});

it('refuses a uid twice, and what is no JSON', async () => {
  await add('a');
  await expect(add('a')).rejects.toThrow(/UNIQUE/);
  await expect(add('b', '{')).rejects.toThrow(/CHECK/);
  const setting = db.write((trx) => trx.raw(`INSERT INTO setting VALUES ('theme', 'dark')`));
  await expect(setting).rejects.toThrow(/CHECK/);
});
