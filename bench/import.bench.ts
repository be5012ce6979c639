import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import knex from 'knex';
import Papa from 'papaparse';
import { AS_FOUND } from '../shared/contract/imports';
import { systemClock } from '../main/lib/clock';
import { systemIds } from '../main/lib/ids';
import { silentLog } from '../main/lib/logger';
import { openLocalDb } from '../main/localdb/open';
import { createImportsService } from '../main/services/imports';
import { buildWorker } from '../test/support/built-worker';
import { PROVIDER_UID } from '../test/support/mirror';
import { csvFile, csvText, mirrorFile, mirrorText } from './data';
import { dataDir, runBenchmark, type Measured } from './harness';
import { INSERT_DETAIL, makeDetails, papaList, papaRows, timed, watchMemory } from './peers';

/** The whole import as the program does it: in its worker thread, all rules on, the draft on disk and visible. */
async function whole(rows: number): Promise<Measured> {
  const [file, databaseFile, worker] = [
    await csvFile(rows),
    await mirrorFile(rows),
    await buildWorker('import-worker'),
  ];
  const local = await openLocalDb({ file: databaseFile });
  const imports = createImportsService({
    local,
    workerUrl: worker.url,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  const request = {
    file,
    sourceName: 'list.csv',
    providerUid: PROVIDER_UID,
    changeType: null,
    look: AS_FOUND,
    map: [],
    continueDraftId: null,
    createdBy: 'bench',
  };
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const memory = watchMemory();
  delays.enable();
  let stored = { rows: 0, error: 0 };
  const ms = await timed(async () => {
    stored = await imports.importFile(request);
  });
  delays.disable();
  if (stored.rows !== rows) throw new Error(`${stored.rows} rows came of ${rows}`);
  await imports.close();
  await local.close();
  await worker.remove();
  const measured = {
    ms,
    longestBlockMs: delays.max / 1e6,
    blockP99Ms: delays.percentile(99) / 1e6,
    ownMb: memory.stop(),
    errors: stored.error,
  };
  removeDrafts(databaseFile);
  return measured;
}

function removeDrafts(databaseFile: string): void {
  const database = new Database(databaseFile);
  for (const table of ['draft_row', 'draft']) database.exec(`delete from ${table}`);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

async function parse(rows: number): Promise<Measured> {
  const file = await csvFile(rows);
  let seen = 0;
  const ms = await timed(() => papaRows(file, () => (seen += 1)));
  return { ms, seen };
}

async function insert(rows: number): Promise<Measured> {
  const list = await papaList(await csvFile(rows));
  const { database, remove } = makeDetails('peer-insert');
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

/** @param columns how many of old ICCID, new ICCID and new IMEI are looked up */
async function lookUp(rows: number, columns: 1 | 3): Promise<Measured> {
  const list = await papaList(await csvFile(rows));
  const database = new Database(await mirrorFile(rows), { readonly: true });
  database.pragma(`mmap_size = ${4 * 1024 ** 3}`);
  const byIccid = database.prepare(`select id from device where iccid = ?`).raw();
  const byImei = database.prepare(`select id from device where imei = ?`).raw();
  let found = 0;
  const ms = await timed(() => {
    database.exec('begin');
    for (const [old, iccid, imei] of list) {
      if (byIccid.get(old) !== undefined) found += 1;
      if (columns === 1) continue;
      if (byIccid.get(iccid) !== undefined) found += 1;
      if (byImei.get(imei) !== undefined) found += 1;
    }
    database.exec('commit');
  });
  database.close();
  return { ms, found };
}

/** As most programs do it: objects, knex `whereIn` and `batchInsert` of 500. */
async function usual(rows: number): Promise<Measured> {
  const [file, mirror] = [await csvFile(rows), await mirrorFile(rows)];
  const { database, file: detailFile, remove } = makeDetails('peer-usual');
  database.close();
  const db = knex({ client: 'sqlite3', connection: { filename: mirror }, useNullAsDefault: true });
  await db.raw(`attach ? as own`, [detailFile]);
  await db.raw('pragma own.synchronous = NORMAL');
  const ms = await timed(async () => {
    const { data } = Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), { header: true });
    const list = data.filter((row) => row['New ICCID'] !== undefined);
    await db.transaction(async (trx) => {
      for (let at = 0; at < list.length; at += 500) {
        const part = list.slice(at, at + 500);
        const lines = await trx('device')
          .select('id', 'iccid')
          .whereIn(
            'iccid',
            part.map((row) => row['Old ICCID'] ?? ''),
          );
        const known = new Map(lines.map(({ id, iccid }: { id: number; iccid: string }) => [iccid, id]));
        const details = part.map((row, index) => ({
          draft_id: 1,
          row_no: at + index + 1,
          device_id: known.get(row['Old ICCID'] ?? '') ?? null,
          verdict: known.has(row['Old ICCID'] ?? '') ? 'valid' : 'error',
          old_iccid: row['Old ICCID'] ?? '',
          new_iccid: row['New ICCID'] ?? '',
          new_imei: row['New IMEI'] ?? '',
          note: row['Note'] ?? '',
        }));
        await trx.batchInsert('detail', details, 500);
      }
    });
  });
  await db.destroy();
  remove();
  return { ms };
}

const floor = (median: (variant: string) => number, look: string): number =>
  median('papaparse parse') + median('better-sqlite3 insert') + median(look);

await runBenchmark({
  name: 'import',
  rows: 1_000_000,
  rounds: 3,
  async prepare(rows) {
    await csvFile(rows);
    await mirrorFile(rows);
    rmSync(join(dataDir, 'peer-usual.sqlite'), { force: true });
    return `${csvText(rows)}; ${mirrorText(rows)}`;
  },
  variants: [
    { name: 'papaparse parse', run: parse },
    { name: 'better-sqlite3 insert', run: insert },
    { name: 'better-sqlite3 look up 1', run: (rows) => lookUp(rows, 1) },
    { name: 'better-sqlite3 look up 3', run: (rows) => lookUp(rows, 3) },
    { name: 'whole import', run: whole },
    { name: 'usual way', once: true, run: usual },
  ],
  figures: [
    {
      name: 'whole import / (parse + insert + look-up of the line)',
      goal: 1.25,
      value: (median) => median('whole import') / floor(median, 'better-sqlite3 look up 1'),
    },
    {
      name: 'whole import / (parse + insert + look-up of all three identifiers)',
      goal: 1.25,
      value: (median) => median('whole import') / floor(median, 'better-sqlite3 look up 3'),
    },
    { name: 'whole import / usual way', goal: 0.25, value: (median) => median('whole import') / median('usual way') },
    {
      name: 'longest block of the main thread, ms',
      goal: 50,
      value: (median) => median('whole import', 'longestBlockMs'),
    },
    { name: 'memory of the whole import, MB', goal: 600, value: (median) => median('whole import', 'peakMb') },
  ],
});
