import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { runImport } from '../../main/services/imports';
import { AS_FOUND } from '../../shared/contract/imports';
import { iccid, imei } from '../support/import-here';
import { writeAtomically } from '../../main/lib/atomic-output';
import { writeWorkbook, type SheetCell } from '../../main/lib/xlsx-writer';
import { openTestDb, type TestDb } from '../support/local-db';
import { PROVIDER_UID } from '../support/mirror';
import { scaled } from '../support/scale';
import { skipBecause } from '../support/skip';

/** Files that are made, or happen, to break a reader: each is read or refused with its story, and nothing of it is left. */

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb();
});
afterEach(() => db.close());

const HEADING = 'Old ICCID,New ICCID,New IMEI\r\n';
const row = (number: number): string => `${iccid(number)},${iccid(number + 500_000)},${imei(number)}\r\n`;
const manyRows = (count: number): string => Array.from({ length: count }, (_, index) => row(index)).join('');
const MIB = 1024 * 1024;
const TWO_GB = 2 * 1024 * MIB;

function write(content: string | Uint8Array): string {
  const file = join(db.dir, 'list.csv');
  writeFileSync(file, content);
  return file;
}

async function importFile(file: string, onProgress = (): void => undefined): Promise<number> {
  const request = {
    file,
    sourceName: 'list.csv',
    providerUid: PROVIDER_UID,
    changeType: null,
    look: AS_FOUND,
    map: [],
    continueDraftId: null,
    createdBy: 'olivia',
  };
  const outcome = await runImport({
    local: db,
    job: { databaseFile: db.file, request, uid: systemIds.uid(), createdAtMs: systemClock.now(), pid: process.pid },
    clock: systemClock,
    signal: new AbortController().signal,
    onProgress,
  });
  return outcome.kind === 'new' ? outcome.totals.rows : 0;
}

const refused = (code: string, where = 'list.csv') => ({ code, story: { where: expect.stringContaining(where) } });

describe('one row that is far too much', () => {
  test('a million columns in a row', async () => {
    const file = write(HEADING + row(1) + ','.repeat(1_000_000) + '\r\n' + row(2));
    await expect(importFile(file)).rejects.toMatchObject(refused('row-too-wide', 'line 3'));
  });

  test('a million columns in the heading', async () => {
    const file = write(`${'Old ICCID,'.repeat(1_000_000)}New ICCID\r\n${row(1)}`);
    await expect(importFile(file)).rejects.toMatchObject({ code: expect.stringMatching(/^row-too-/) });
  });

  test('a line of 2 GB is refused after its first MiB, and never held in memory', async () => {
    const file = write(HEADING + row(1) + 'x'.repeat(4 * MIB));
    // What follows is a hole in the file: it takes no space on the disk, and is never reached.
    truncateSync(file, TWO_GB);
    const before = process.memoryUsage.rss();
    await expect(importFile(file)).rejects.toMatchObject(refused('row-too-long', 'line 3'));
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * MIB);
  });

  test('2 GB behind a quotation mark that is never closed', async () => {
    const file = write(`${HEADING}"${manyRows(40_000)}`);
    truncateSync(file, TWO_GB);
    await expect(importFile(file)).rejects.toMatchObject(refused('row-too-long', 'line 2'));
  });

  test('2 GB of zero bytes', async () => {
    const file = write('');
    truncateSync(file, TWO_GB);
    await expect(importFile(file)).rejects.toMatchObject(refused('file-binary'));
  });
});

describe('a long workbook', () => {
  const rows = scaled(1_000_000, 30_000);

  test(`of ${rows} rows is read to its end, and never held in memory`, async () => {
    const file = join(db.dir, 'list.xlsx');
    const columns = ['Old ICCID', 'New ICCID', 'New IMEI'].map((heading) => ({ heading, width: 24 }));
    const cells = async function* (): AsyncGenerator<readonly SheetCell[]> {
      for (let number = 0; number < rows; number += 1) {
        const texts = [iccid(number), iccid(number + 5_000_000), imei(number % 900_000)];
        yield texts.map((text): SheetCell => ({ text, tone: 'plain' }));
      }
    };
    await writeAtomically(file, (out) => writeWorkbook('List', columns, cells(), out));
    const before = process.memoryUsage.rss();
    let most = 0;
    const read = await importFile(file, () => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    });
    console.log(`import-hostile: a workbook of ${read} rows took ${Math.round(most / MIB)} MB more memory`);
    expect(read).toBe(rows);
    expect(most).toBeLessThan(600 * MIB);
  }, 600_000);
});

describe('zero characters', () => {
  test('among the rows', async () => {
    const file = write(`${HEADING}${manyRows(9_000)}\0,1,2\r\n`);
    await expect(importFile(file)).rejects.toMatchObject(refused('file-binary'));
  });

  test('in UTF-16, where half of all bytes are zero', async () => {
    const text = `\ufeff${HEADING}${row(1)}`;
    expect(await importFile(write(Buffer.from(text, 'utf16le')))).toBe(1);
    const damaged = Buffer.from(`${text}\0,1,2\r\n`, 'utf16le');
    await expect(importFile(write(damaged))).rejects.toMatchObject(refused('file-binary'));
  });
});

describe('a file that changes while it is read', () => {
  const rows = 60_000;

  /** Does something to the file once its first rows are stored. */
  async function importWhile(file: string, act: () => void): Promise<number> {
    let isDone = false;
    return importFile(file, () => {
      if (!isDone) act();
      isDone = true;
    });
  }

  test('one that grows is refused', async () => {
    const file = write(HEADING + manyRows(rows));
    await expect(importWhile(file, () => appendFileSync(file, row(7)))).rejects.toMatchObject(refused('file-changed'));
  });

  test('one that shrinks is refused', async () => {
    const file = write(HEADING + manyRows(rows));
    await expect(importWhile(file, () => truncateSync(file, 10_000))).rejects.toMatchObject(refused('file-changed'));
  });

  test('one that is replaced is read to its end as it was', async () => {
    const file = write(HEADING + manyRows(rows));
    const other = `${file}.new`;
    writeFileSync(other, HEADING + row(1));
    expect(await importWhile(file, () => renameSync(other, file))).toBe(rows);
  });
});

describe('what is no file', () => {
  test('a folder', async () => {
    const folder = join(db.dir, 'folder.csv');
    mkdirSync(folder);
    await expect(importFile(folder)).rejects.toMatchObject(refused('file-is-folder'));
  });

  test('a device', async (context) => {
    skipBecause(process.platform !== 'win32' ? null : 'Windows has no devices in its folders')(context);
    await expect(importFile('/dev/zero')).rejects.toMatchObject(refused('file-not-regular'));
  });

  test('a pipe that nobody writes to', async (context) => {
    skipBecause(process.platform !== 'win32' ? null : 'Windows has no pipes in its folders')(context);
    const pipe = join(db.dir, 'pipe.csv');
    execFileSync('mkfifo', [pipe]);
    await expect(importFile(pipe)).rejects.toMatchObject(refused('file-not-regular'));
  });

  test('a file that one may not read', async (context) => {
    skipBecause(process.getuid?.() !== 0 ? null : 'the administrator may read every file')(context);
    const file = write(HEADING + row(1));
    chmodSync(file, 0o000);
    await expect(importFile(file)).rejects.toMatchObject(refused('file-unreadable'));
  });
});
