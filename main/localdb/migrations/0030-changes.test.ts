import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceChangeStatusSchema } from '../../../shared/domain/change';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { changes } from './0030-changes';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: changes.name });
  await db.write((trx) => changes.up(trx));
  await db.write((trx) =>
    trx.raw(
      `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, plan_hash, row_count,
                                created_at, created_by)
       values ('c', 'n', 'p', 'P', 'm2m', 'ChangeICCID', 'h', 1, 0, 'olivia')`,
    ),
  );
});
afterEach(() => db.close());

const insert = (uid: string, rowNo: number, status: string): Promise<unknown> =>
  db.write((trx) =>
    trx.raw(
      `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, status, updated_at)
       values (?, 1, ?, 'p', 1, ?, 0)`,
      [uid, rowNo, status],
    ),
  );

const OPEN = `status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;

describe('0030-changes', () => {
  it('takes every state that there is and no other, each row number and uid once', async () => {
    let rowNo = 0;
    for (const status of deviceChangeStatusSchema.options) await insert(`row-${status}`, (rowNo += 1), status);
    await expect(insert('other', 99, 'lost')).rejects.toThrow();
    await expect(insert('other', 1, 'created')).rejects.toThrow();
    await expect(insert('row-created', 98, 'created')).rejects.toThrow();
  });

  it.each([
    [
      `select status, count(*), sum(needs_person), min(first_sending_at), max(ended_at) from m2m_device_change
      where bulk_change_id = ? group by status`,
      [1],
      'm2m_device_change_status',
    ],
    [
      `select * from m2m_device_change where status = ? and id > ? and ${OPEN} order by id limit 5`,
      ['created', 0],
      'm2m_device_change_open',
    ],
    [
      `select count(*) from m2m_device_change where ${OPEN} and not (status = 'unknown' and needs_person = 1)`,
      [],
      'm2m_device_change_open',
    ],
    [
      `select * from m2m_device_change where provider_uid = ? and request_id = ?`,
      ['p', 'r'],
      'm2m_device_change_request',
    ],
    [
      `select * from m2m_device_change where row_version > pushed_version and central_id is not null order by id limit 5`,
      [],
      'm2m_device_change_unpushed',
    ],
    [
      `select status, count(*) from m2m_device_change where ended_at >= ? group by status`,
      [1],
      'm2m_device_change_ended',
    ],
  ])('answers through an index: %s', async (sql, bindings, index) => {
    expect(await explainUsesIndex(db.read, sql, bindings, index)).toBe(true);
  });
});
