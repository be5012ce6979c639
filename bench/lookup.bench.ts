import Database from 'better-sqlite3';
import { openReaders } from '../main/localdb/clients';
import type { ReadDb } from '../main/localdb/types';
import { findLines } from '../main/services/imports/look-up.repo';
import { CHUNK_ROWS } from '../main/services/imports/imports.repo';
import { csvFile, csvText, mirrorFile, mirrorText } from './data';
import { runBenchmark, type Measured } from './harness';
import { papaList, timed } from './peers';

const oldIccids = async (rows: number): Promise<string[]> =>
  (await papaList(await csvFile(rows))).map(([old = '']) => old);

/** As the import asks: a chunk in one statement. Each line comes with what the rules look at. */
async function ours(rows: number): Promise<Measured> {
  const iccids = await oldIccids(rows);
  const db = openReaders(await mirrorFile(rows));
  const none = { deviceId: null, oldImei: null, mdn: null, newIccid: null, newImei: null };
  let found = 0;
  const ms = await timed(async () => {
    for (let at = 0; at < iccids.length; at += CHUNK_ROWS) {
      const questions = iccids.slice(at, at + CHUNK_ROWS).map((oldIccid) => ({ ...none, oldIccid }));
      for (const { oldIccid = [] } of await findLines(db as unknown as ReadDb, 1, questions)) found += oldIccid.length;
    }
  });
  await db.destroy();
  return { ms, found };
}

/** @param columns the number of the line alone, which its index holds, or what the rules look at too */
async function prepared(rows: number, columns: string): Promise<Measured> {
  const iccids = await oldIccids(rows);
  const database = new Database(await mirrorFile(rows), { readonly: true });
  database.pragma(`mmap_size = ${4 * 1024 ** 3}`);
  const byIccid = database.prepare(`select ${columns} from device where iccid = ?`);
  let found = 0;
  const ms = await timed(() => {
    database.exec('begin');
    for (const iccid of iccids) if (byIccid.get(iccid) !== undefined) found += 1;
    database.exec('commit');
  });
  database.close();
  return { ms, found };
}

async function whereIn(rows: number): Promise<Measured> {
  const iccids = await oldIccids(rows);
  const db = openReaders(await mirrorFile(rows));
  let found = 0;
  const ms = await timed(async () => {
    for (let at = 0; at < iccids.length; at += 500) {
      found += (
        await db('device')
          .select('id', 'iccid')
          .whereIn('iccid', iccids.slice(at, at + 500))
      ).length;
    }
  });
  await db.destroy();
  return { ms, found };
}

await runBenchmark({
  name: 'lookup',
  rows: 1_000_000,
  rounds: 3,
  async prepare(rows) {
    await csvFile(rows);
    await mirrorFile(rows);
    return `${csvText(rows)}; ${mirrorText(rows)}`;
  },
  variants: [
    { name: 'ours, the whole line', run: ours },
    {
      name: 'better-sqlite3, the whole line',
      run: (rows) => prepared(rows, 'id, provider_id, iccid, imei, mdn, status, customer_id'),
    },
    { name: 'better-sqlite3, its number', run: (rows) => prepared(rows, 'id') },
    { name: 'knex whereIn 500', once: true, run: whereIn },
  ],
  figures: [
    {
      name: 'ours / better-sqlite3 in one read transaction, both the whole line',
      goal: 1.25,
      value: (median) => median('ours, the whole line') / median('better-sqlite3, the whole line'),
    },
    {
      name: 'ours with the whole line / better-sqlite3 with its number',
      goal: 1.25,
      value: (median) => median('ours, the whole line') / median('better-sqlite3, its number'),
    },
    {
      name: 'ours / knex whereIn 500',
      goal: 0.35,
      value: (median) => median('ours, the whole line') / median('knex whereIn 500'),
    },
  ],
});
