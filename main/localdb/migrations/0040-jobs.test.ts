import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { jobs } from './0040-jobs';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: jobs.name });
  await db.write((trx) => jobs.up(trx));
});
afterEach(() => db.close());

const insert = (state: string, claimedBy: string | null, deadAt: number | null): Promise<unknown> =>
  db.write((trx) =>
    trx.raw(
      `insert into job (provider_uid, device_id, bulk_change_id, device_change_id, confirms, priority, message, state,
                        run_at, added_at, claimed_by, dead_at)
       values ('p', 1, 1, 1, 0, 1, '{}', ?, 0, 0, ?, ?)`,
      [state, claimedBy, deadAt] as (string | number)[],
    ),
  );

describe('0040-jobs', () => {
  it('refuses a job whose state and claim contradict each other', async () => {
    await insert('waiting', null, null);
    await insert('working', 'me', null);
    await insert('dead', null, 5);
    await expect(insert('waiting', 'me', null)).rejects.toThrow();
    await expect(insert('working', null, null)).rejects.toThrow();
    await expect(insert('dead', null, null)).rejects.toThrow();
    await expect(insert('done', null, null)).rejects.toThrow();
  });

  it.each([
    [
      `select id from job where state = 'waiting' and provider_uid = ? and confirms = ? and priority = 1 and run_at <= ?
      order by run_at, id limit 9`,
      ['p', 0, 1],
      'job_due',
    ],
    [
      `select 1 from job where state <> 'dead' and device_id = ? and (state = 'working' or (device_change_id, id) < (?, ?))`,
      [1, 1, 1],
      'job_line',
    ],
    [`select id from job where device_change_id = ? and state <> 'dead'`, [1], 'job_row'],
    [`select id from job where state = 'working' and claimed_until < ?`, [1], 'job_working'],
  ])('answers through an index: %s', async (sql, bindings, index) => {
    expect(await explainUsesIndex(db.read, sql, bindings, index)).toBe(true);
  });
});
