import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { control } from './0130-control';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: control.name });
  await db.write(async (trx) => {
    await trx.raw(
      `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, plan_hash, row_count,
                                created_at, created_by)
       values ('c', 'n', 'p', 'P', 'm2m', 'ChangeICCID', 'h', 1, 0, 'olivia')`,
    );
    await trx.raw(
      `insert into job (provider_uid, device_id, bulk_change_id, device_change_id, confirms, priority, message, state,
                        run_at, added_at)
       values ('p', 1, 1, 1, 0, 1, '{}', 'waiting', 0, 0)`,
    );
    await trx.raw(`insert into provider_hold values ('p', 'paused', 'paused', 'by olivia', 5)`);
    await control.up(trx);
  });
});
afterEach(() => db.close());

describe('0130-control', () => {
  it('leaves changes running, jobs free and pauses as they were', async () => {
    expect(await db.read.raw(`select control, options, wave_end from bulk_change`)).toEqual([
      { control: 'running', options: '{}', wave_end: null },
    ]);
    expect(await db.read.raw(`select held from job`)).toEqual([{ held: 0 }]);
    expect(await db.read.raw(`select provider_uid, kind, since, everywhere from provider_hold`)).toEqual([
      { provider_uid: 'p', kind: 'paused', since: 5, everywhere: 0 },
    ]);
    await db.write((trx) => trx.raw(`insert into provider_hold values ('p', 'stopped', 'x', 'y', 6, 0)`));
    await expect(db.write((trx) => trx.raw(`update bulk_change set control = 'resting'`))).rejects.toThrow();
  });

  it.each([
    [
      `select id from job where state = 'waiting' and held = 0 and provider_uid = ? and confirms = ? and priority = 1
         and run_at <= ? order by run_at, id limit 9`,
      ['p', 0, 1],
      'job_due',
    ],
    [
      `select id from job where bulk_change_id = ? and confirms = 0 and device_change_id between 1 and 9
         and state <> 'dead'`,
      [1],
      'job_change',
    ],
    [`select id from bulk_change where wave_end is not null`, [], 'bulk_change_waves'],
    [
      `select 1 from m2m_device_change where provider_uid = ? and confirmed_at >= ? order by confirmed_at desc limit 9`,
      ['p', 1],
      'm2m_device_change_confirmed',
    ],
    [
      `select id, looks from m2m_device_change where look_at <= ? order by look_at, id limit 9`,
      [1],
      'm2m_device_change_look',
    ],
  ])('answers through an index: %s', async (sql, bindings, index) => {
    expect(await explainUsesIndex(db.read, sql, bindings, index)).toBe(true);
  });
});
