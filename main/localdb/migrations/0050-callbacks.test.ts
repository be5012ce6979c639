import { afterEach, describe, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { callbacks } from './0050-callbacks';

let db: TestDb;
afterEach(() => db.close());

const insert = `insert into thingspace_callback_log
    (provider_uid, request_id, status, digest, claim, body, received_at, last_received_at)
  values (?, ?, ?, ?, '{}', '{}', 1, 1)`;
const DIGEST = 'a'.repeat(64);

describe('0050-callbacks', () => {
  it('is new: the database before it has no such table', async () => {
    db = await openTestDb({ before: '0050-callbacks' });
    await expect(db.read.raw(`select 1 from thingspace_callback_log`)).rejects.toThrow('no such table');
    await db.write((trx) => callbacks.up(trx));
    expect(await db.read.raw(`select count(*) as rows from thingspace_callback_log`)).toEqual([{ rows: 0 }]);
  });

  it('holds each callback once, and no other status or state', async () => {
    db = await openTestDb();
    const add = (...values: string[]) => db.write((trx) => trx.raw(insert, values));
    await add('north', 'r-1', 'success', DIGEST);
    await expect(add('north', 'r-1', 'success', DIGEST)).rejects.toThrow('UNIQUE');
    await add('north', 'r-1', 'failed', DIGEST);
    await add('north', 'r-1', 'success', 'b'.repeat(64));
    await add('south', 'r-1', 'success', DIGEST);
    await expect(add('north', 'r-2', 'perhaps', DIGEST)).rejects.toThrow('CHECK');
    await expect(add('north', 'r-2', 'success', 'short')).rejects.toThrow('CHECK');
    await expect(db.write((trx) => trx.raw(`update thingspace_callback_log set state = 'lost'`))).rejects.toThrow(
      'CHECK',
    );
  });

  it('finds the callbacks of a request, and those that wait, by an index', async () => {
    db = await openTestDb();
    const ofRequest = `select claim from thingspace_callback_log where provider_uid = ? and request_id = ?`;
    const unique = 'sqlite_autoindex_thingspace_callback_log_1';
    expect(await explainUsesIndex(db.read, ofRequest, ['north', 'r-1'], unique)).toBe(true);
    const waiting = `select request_id from thingspace_callback_log where provider_uid = ? and state = 'waiting'`;
    expect(await explainUsesIndex(db.read, waiting, ['north'], 'thingspace_callback_log_waiting')).toBe(true);
  });
});
