import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import type { ChangeType } from '../shared/domain/change';
import { luhnCheckDigit } from '../shared/domain/luhn';
import { openLocalDb } from '../main/localdb/open';
import type { LocalDb } from '../main/localdb/types';
import { addDraft } from '../main/services/imports/imports.repo';
import { fillMirror, PROVIDER_UID } from '../test/support/mirror';
import { dataDir } from './harness';

/** Lines of the mirror for each row of the list. */
const LINES_PER_ROW = 5;

/** Digits from 32 bits that any two neighbours share nothing of (a multiplicative hash): seeded, and never the same twice. */
const scattered = (number: number): number => Math.imul(number + 1, 0x9e3779b1) >>> 0;

const withCheckDigit = (stem: string): string => stem + luhnCheckDigit(stem);
export const lineIccid = (id: number): string => withCheckDigit(`891480000${String(scattered(id)).padStart(10, '0')}`);
const lineImei = (id: number): string => withCheckDigit(`35${String(scattered(id)).padStart(10, '0')}42`);
const newIccid = (row: number): string => withCheckDigit(`891490000${String(scattered(row)).padStart(10, '0')}`);
const newImei = (row: number): string => withCheckDigit(`86${String(scattered(row)).padStart(10, '0')}17`);

/** The line that a row changes: each another one, in no order. The factor is prime. */
const lineOf = (row: number, lines: number): number => ((row * 2_654_435_761) % lines) + 1;

/**
 * A list as support staff have it: which SIM and device leave, which come. One row in a hundred is wrong: its line is
 * unknown, a check digit is wrong, or it repeats the row before. CRLF; one row in twenty has a quoted cell.
 */
function csvRow(row: number, lines: number): string {
  const note = row % 20 === 7 ? `"depot ""north"", shelf ${row % 97}"` : `depot shelf ${row % 97}`;
  const old = row % 300 === 11 ? newIccid(row + 2_000_000_000) : lineIccid(lineOf(row, lines));
  const fresh = row % 300 === 113 ? newIccid(row - 1) : newIccid(row);
  const imei = newImei(row);
  const wrong = row % 300 === 215 ? imei.slice(0, -1) + String((Number(imei.at(-1)) + 1) % 10) : imei;
  return `${old},${fresh},${wrong},${note}\r\n`;
}

/** @returns the file, made when it isn't there */
export async function csvFile(rows: number): Promise<string> {
  const file = join(dataDir, `list-${rows}.csv`);
  if (existsSync(file)) return file;
  const lines = rows * LINES_PER_ROW;
  const out = createWriteStream(`${file}.part`);
  let text = 'Old ICCID,New ICCID,New IMEI,Note\r\n';
  for (let row = 0; row < rows; row += 1) {
    text += csvRow(row, lines);
    if (text.length > 1_000_000) {
      if (!out.write(text)) await once(out, 'drain');
      text = '';
    }
  }
  out.end(text);
  await once(out, 'finish');
  renameSync(`${file}.part`, file);
  return file;
}

export const csvText = (rows: number): string =>
  `${rows.toLocaleString('en')} rows of old ICCID, new ICCID, new IMEI, note (CRLF, seeded, 1 % wrong)`;

/** A local database whose mirror has five lines for every row, as a pull leaves it. @returns the file */
export async function mirrorFile(rows: number): Promise<string> {
  const lines = rows * LINES_PER_ROW;
  const file = join(dataDir, `mirror-${lines}.sqlite`);
  if (existsSync(file)) return file;
  const part = `${file}.part`;
  for (const end of ['', '-wal', '-shm']) await rm(part + end, { force: true });
  const local = await openLocalDb({ file: part });
  await fillMirror(local, []);
  await local.close();
  const db = new Database(part);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -1000000');
  const indices = db
    .prepare(`select name, sql from sqlite_schema where type = 'index' and tbl_name = 'device' and sql is not null`)
    .all() as { name: string; sql: string }[];
  for (const { name } of indices) db.exec(`drop index ${name}`);
  const insert = db.prepare(
    `insert into device (id, uid, provider_id, iccid, imei, mdn, status) values (?, ?, 1, ?, ?, ?, 'active')`,
  );
  db.transaction(() => {
    for (let id = 1; id <= lines; id += 1) {
      const mdn = String(2_000_000_000 + (scattered(id) % 7_000_000_000)).padStart(10, '0');
      insert.run(id, `0190${String(id).padStart(8, '0')}`, lineIccid(id), lineImei(id), mdn);
    }
  })();
  for (const { sql } of indices) db.exec(sql);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  renameSync(part, file);
  return file;
}

export const mirrorText = (rows: number): string => `mirror of ${(rows * LINES_PER_ROW).toLocaleString('en')} lines`;

/** @returns the number of an unfinished draft without rows */
export function addEmptyDraft(local: LocalDb, changeType: ChangeType): Promise<number> {
  return local.write((trx) =>
    addDraft(trx, {
      uid: 'bench',
      name: 'list',
      providerUid: PROVIDER_UID,
      changeType,
      sourceName: 'list.csv',
      encoding: 'utf-8',
      delimiter: ',',
      createdAtMs: 1,
      createdBy: 'bench',
      mirrorAtMs: null,
      importerPid: process.pid,
      columns: '{}',
      defaults: '{}',
      extraHeadings: null,
    }),
  );
}
