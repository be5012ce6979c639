import { createReadStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Papa from 'papaparse';
import { dataDir } from './harness';

/** Runs and times. */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** papaparse in its best mode: a stream, row by row, delimiter and line end fixed. */
export function papaRows(file: string, onRow: (cells: string[]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(file, { encoding: 'utf8', highWaterMark: 1024 * 1024 }), {
      delimiter: ',',
      newline: '\r\n',
      step: ({ data }) => onRow(data),
      complete: () => resolve(),
      error: reject,
    });
  });
}

/** The rows of a list without its heading and its last line, which is empty. */
export async function papaList(file: string): Promise<string[][]> {
  const rows: string[][] = [];
  await papaRows(file, (cells) => {
    if (cells.length > 1) rows.push(cells);
  });
  rows.shift();
  return rows;
}

/** A file with one empty table of ten columns, as a peer would keep its rows; WAL, synchronous=NORMAL, 64 MB cache. */
export function makeDetails(name: string): { database: Database.Database; file: string; remove(): void } {
  const file = join(dataDir, `${name}.sqlite`);
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  };
  remove();
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('cache_size = -65536');
  database.exec(`create table detail (id integer primary key, draft_id integer not null, row_no integer not null,
    device_id integer, verdict text not null, old_iccid text, new_iccid text, new_imei text, note text,
    created_at integer not null default 0) strict`);
  return {
    database,
    file,
    remove() {
      if (database.open) database.close();
      remove();
    },
  };
}

export const INSERT_DETAIL = `insert into detail (draft_id, row_no, device_id, verdict, old_iccid, new_iccid, new_imei, note)
  values (?, ?, ?, ?, ?, ?, ?, ?)`;

/**
 * The most memory that was this process's own (heaps and SQLite's caches), in MB. The peak resident size counts the
 * pages of the mapped database too, which the system takes back when it needs them.
 */
export function watchMemory(): { stop(): number } {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, ownMb());
  };
  const timer = setInterval(look, 50);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

function ownMb(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss() / 1024 / 1024;
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes ?? 0) / 1024;
}
