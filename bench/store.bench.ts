import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import knex from 'knex';
import { openLocalDb } from '../main/localdb/open';
import { addRecords, recordsOf } from '../main/services/imports/rows.repo';
import { CHUNK_ROWS, type StoredRow } from '../main/services/imports/imports.repo';
import { addEmptyDraft, csvFile, csvText } from './data';
import { dataDir, runBenchmark, type Measured } from './harness';
import { INSERT_DETAIL, makeDetails, papaList, timed } from './peers';

/** A database of the program with an empty draft. */
async function makeDraft(name: string): Promise<{ file: string; draftId: number; remove(): void }> {
  const file = join(dataDir, `${name}.sqlite`);
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  };
  remove();
  const local = await openLocalDb({ file });
  const draftId = await addEmptyDraft(local, 'ChangeIMEIandICCID');
  await local.close();
  return { file, draftId, remove };
}

/** As the import stores them: through knex and sqlite3, chunk by chunk, each its own transaction, with the verdict's index. */
async function ours(rows: number): Promise<Measured> {
  const stored = (await papaList(await csvFile(rows))).map(([oldIccid, newIccid, newImei, note], index): StoredRow => ({
    row: index + 1,
    line: index + 2,
    verdict: 'valid',
    lineKey: `oldIccid:${oldIccid ?? ''}`,
    deviceId: index + 1,
    mdn: '5125550143',
    oldIccid: oldIccid ?? null,
    oldImei: null,
    newIccid: newIccid ?? null,
    newImei: newImei ?? null,
    customer: null,
    ratePlan: null,
    ratePool: null,
    effectiveDate: null,
    note: note ?? null,
    findings: null,
    raw: null,
    extra: null,
  }));
  const { file, draftId, remove } = await makeDraft('store');
  const local = await openLocalDb({ file, durability: 'last' });
  const ms = await timed(async () => {
    let before: Promise<void> = Promise.resolve();
    for (let at = 0; at < stored.length; at += CHUNK_ROWS) {
      const records = await recordsOf(stored.slice(at, at + CHUNK_ROWS));
      await before;
      before = local.write((trx) => addRecords(trx, draftId, records, 1));
    }
    await before;
  });
  await local.close();
  remove();
  return { ms };
}

/** The peer's way, with all that the program keeps of a row: its table, its columns, its index. */
async function preparedSame(rows: number): Promise<Measured> {
  const list = await papaList(await csvFile(rows));
  const { file, draftId, remove } = await makeDraft('peer-same');
  const database = new Database(file);
  database.pragma('synchronous = NORMAL');
  database.pragma('cache_size = -65536');
  const statement = database.prepare(
    `insert into draft_row (draft_id, row_no, line_no, verdict, line_key, device_id, mdn, old_iccid, new_iccid, new_imei, note)
     values (?, ?, ?, 'valid', ?, ?, '5125550143', ?, ?, ?, ?)`,
  );
  const ms = await timed(() =>
    database.transaction(() => {
      for (const [index, [old = '', iccid, imei, note]] of list.entries()) {
        statement.run(draftId, index + 1, index + 2, `oldIccid:${old}`, index + 1, old, iccid, imei, note);
      }
    })(),
  );
  database.close();
  remove();
  return { ms };
}

async function prepared(rows: number): Promise<Measured> {
  const list = await papaList(await csvFile(rows));
  const { database, remove } = makeDetails('peer-prepared');
  const statement = database.prepare(INSERT_DETAIL);
  const ms = await timed(() =>
    database.transaction(() => {
      for (const [index, [old, iccid, imei, note]] of list.entries()) {
        statement.run(1, index + 1, index + 2, 'valid', old, iccid, imei, note);
      }
    })(),
  );
  remove();
  return { ms };
}

async function batchInsert(rows: number): Promise<Measured> {
  const list = await papaList(await csvFile(rows));
  const { database, file, remove } = makeDetails('peer-batch');
  database.close();
  const db = knex({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true });
  const details = list.map(([old = '', iccid = '', imei = '', note = ''], index) => ({
    draft_id: 1,
    row_no: index + 1,
    device_id: index + 2,
    verdict: 'valid',
    old_iccid: old,
    new_iccid: iccid,
    new_imei: imei,
    note,
  }));
  const ms = await timed(() => db.transaction((trx) => trx.batchInsert('detail', details, 500)));
  await db.destroy();
  remove();
  return { ms };
}

await runBenchmark({
  name: 'store',
  rows: 1_000_000,
  rounds: 3,
  async prepare(rows) {
    await csvFile(rows);
    return `${csvText(rows)}; the program's table has 13 columns and an index, the peers' 8 columns and none`;
  },
  variants: [
    { name: 'knex + sqlite3 records', run: ours },
    { name: 'better-sqlite3 prepared', run: prepared },
    { name: 'better-sqlite3 into the same table', run: preparedSame },
    { name: 'knex batchInsert 500', once: true, run: batchInsert },
  ],
  figures: [
    {
      name: 'knex + sqlite3 / better-sqlite3 prepared',
      goal: 1.3,
      value: (median) => median('knex + sqlite3 records') / median('better-sqlite3 prepared'),
    },
    {
      name: "knex + sqlite3 / better-sqlite3 prepared, both into the program's table",
      goal: 1.3,
      value: (median) => median('knex + sqlite3 records') / median('better-sqlite3 into the same table'),
    },
    {
      name: 'knex + sqlite3 / batchInsert 500',
      goal: 0.25,
      value: (median) => median('knex + sqlite3 records') / median('knex batchInsert 500'),
    },
  ],
});
