import { afterEach, beforeEach, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { mirror } from './0010-mirror';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: '0010-mirror' });
  await db.write((trx) => mirror.up(trx));
});
afterEach(() => db.close());

const insert = (id: number, iccid: string, imei: string | null): Promise<void> =>
  db.write(async (trx) => {
    await trx.raw(`INSERT INTO device (id, uid, provider_id, iccid, imei, status) VALUES (?, ?, 1, ?, ?, 'active')`, [
      id,
      `uid-${id}`,
      iccid,
      imei,
    ]);
  });

it('holds each SIM and each piece of hardware once', async () => {
  await insert(1, '89148000004127300112', '350000000000006');
  await insert(2, '89148000004127300120', null);
  await insert(3, '89148000004127300138', null);
  await expect(insert(4, '89148000004127300112', null)).rejects.toThrow(/UNIQUE/);
  await expect(insert(4, '89148000004127300146', '350000000000006')).rejects.toThrow(/UNIQUE/);
});

it('keeps ICCIDs as text with every digit', async () => {
  await insert(1, '08914800000412730011', null);
  const [row] = await db.read.raw<{ iccid: unknown }[]>('SELECT iccid FROM device');
  expect(row?.iccid).toBe('08914800000412730011');
});

it('answers whether many ICCIDs exist from the index alone', async () => {
  const sql = 'SELECT j.key, d.id FROM json_each(?) j LEFT JOIN device d ON d.iccid = j.value';
  expect(await explainUsesIndex(db.read, sql, ['[]'], 'device_iccid')).toBe(true);
  const plan = await db.read.raw<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, ['[]']);
  expect(plan.map((step) => step.detail).join()).toContain('COVERING INDEX device_iccid');
});
