import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { AS_FOUND } from '../../../shared/contract/imports';
import { systemClock } from '../../lib/clock';
import { systemIds } from '../../lib/ids';
import { silentLog } from '../../lib/logger';
import { iccid, imei, importedRows, lines } from '../../../test/support/import-here';
import { buildWorker, type BuiltWorker } from '../../../test/support/built-worker';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';
import type { AuditEvent } from '../audit/types';
import { createImportsService } from './index';
import type { ImportSummary } from './types';

let worker: BuiltWorker;
let db: TestDb;
let imports: ReturnType<typeof service>;
const recorded: AuditEvent[] = [];

beforeAll(async () => {
  worker = await buildWorker('import-worker');
}, 30_000);
afterAll(() => worker.remove());

beforeEach(async () => {
  db = await openTestDb();
  recorded.length = 0;
  imports = service();
});
afterEach(() => db.close());

function service() {
  return createImportsService({
    local: db,
    workerUrl: worker.url,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
    audit: {
      record: async (_trx, events) => {
        recorded.push(...events);
      },
    },
  });
}

async function write(name: string, content: string): Promise<string> {
  const file = join(db.dir, name);
  await writeFile(file, content);
  return file;
}

async function importText(content: string): Promise<ImportSummary> {
  const file = await write('list.csv', content);
  return imports.importFile({ file, ...REQUEST });
}

const REQUEST = {
  sourceName: 'list.csv',
  providerUid: PROVIDER_UID,
  changeType: null,
  look: AS_FOUND,
  map: [],
  continueDraftId: null,
  createdBy: 'olivia',
} as const;

const everything = () => db.read.raw<unknown[]>(`select id from draft union all select draft_id from draft_row`);

test('a refusal of the worker arrives with its story, and leaves nothing', async () => {
  await expect(imports.importFile({ file: join(db.dir, 'no.csv'), ...REQUEST })).rejects.toMatchObject({
    kind: 'failed',
    code: 'file-missing',
    story: { where: 'list.csv' },
  });
  await expect(importText('Old ICCID,New ICCID\n"1,2\n')).rejects.toMatchObject({ code: 'quote-not-closed' });
  expect(await everything()).toEqual([]);
  expect(recorded).toEqual([]);
});

test('a list with usual headings is read, matched and stored as a draft, with its audit entry', async () => {
  await fillMirror(db, lines(3));
  const summary = await importText(
    `Current SIM,New SIM,Note\r\n${iccid(1)},${iccid(101)},van 1\r\n\r\n${iccid(2)},${iccid(102)},\r\n`,
  );
  expect(summary).toMatchObject({ draftId: 1, rows: 2, valid: 2, warning: 0, error: 0, findings: {} });
  expect(await importedRows(db, 1)).toMatchObject([
    { row: 1, line: 2, verdict: 'valid', device_id: 1, mdn: '5125550001', old_imei: imei(1), new_iccid: iccid(101) },
    { row: 2, line: 4, verdict: 'valid', device_id: 2 },
  ]);
  const [draft] = await db.read.raw<Record<string, unknown>[]>(`select * from draft`);
  expect(draft).toMatchObject({ state: 'ready', change_type: 'ChangeICCID', row_count: 2, blank_lines: 1 });
  expect(recorded).toMatchObject([
    { action: 'draft.imported', actor: 'olivia', stream: 'm2m', details: { rows: 2, draft: summary.uid } },
  ]);
});

test('in many chunks the same as in one, with progress, and the caller is never blocked for long', async () => {
  const count = 12_000;
  await fillMirror(db, lines(count));
  const rows = Array.from({ length: count }, (_, index) => `${iccid(index + 1)},${iccid(index + 50_001)}`);
  rows[11_999] = rows[0] ?? '';
  const file = await write('big.csv', `Old ICCID,New ICCID\n${rows.join('\n')}\n`);
  const seen: number[] = [];
  const summary = await imports.importFile(
    { file, ...REQUEST },
    { onProgress: (progress) => seen.push(progress.rows) },
  );
  expect(summary).toMatchObject({ rows: count, valid: count - 2, error: 2 });
  expect(summary.findings).toEqual({ 'duplicate-new': 2, 'duplicate-old': 2 });
  expect(seen).toEqual([5_000, 10_000, 12_000]);
});

test('a cancelled import leaves nothing', async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `${iccid(index + 1)},${iccid(index + 100_001)}`);
  const file = await write('big.csv', `Old ICCID,New ICCID\n${rows.join('\n')}\n`);
  const stop = new AbortController();
  const running = imports.importFile({ file, ...REQUEST }, { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(running).rejects.toMatchObject({ code: 'import-cancelled' });
  expect(await everything()).toEqual([]);
});

test('closing stops what is running, and waits until nothing of it is left', async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `${iccid(index + 1)},${iccid(index + 100_001)}`);
  const file = await write('big.csv', `Old ICCID,New ICCID\n${rows.join('\n')}\n`);
  let closed: Promise<void> | undefined;
  const running = imports.importFile({ file, ...REQUEST }, { onProgress: () => void (closed ??= imports.close()) });
  await expect(running).rejects.toMatchObject({ code: 'import-cancelled' });
  await closed;
  expect(await everything()).toEqual([]);
  await expect(importText('Old ICCID,New ICCID\n1,2\n')).rejects.toMatchObject({ code: 'import-cancelled' });
});

test('what a dead import left is removed at the next start, what a living one has is not', async () => {
  const insert = (uid: string, pid: number, at: number) =>
    db.write(async (trx) => {
      const [draft] = await trx.raw<{ id: number }[]>(
        `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter, created_at,
           created_by, importer_pid, touched_at)
         values (?, 'n', 'unfinished', 'p', 'ChangeICCID', 's', 'utf-8', ',', 1, 'me', ?, ?) returning id`,
        [uid, pid, at],
      );
      await trx.raw(`insert into draft_row (draft_id, row_no, line_no, verdict) values (?, 1, 2, 'valid')`, [
        draft?.id ?? 0,
      ]);
    });
  await insert('dead', 2 ** 30, systemClock.now());
  await insert('alive', process.ppid, systemClock.now());
  await insert('silent', process.ppid, 1);
  await fillMirror(db, lines(1));
  imports = service();
  await importText(`Old ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n`);
  const left = await db.read.raw<{ uid: string }[]>(`select uid from draft where state = 'unfinished'`);
  expect(left).toEqual([{ uid: 'alive' }]);
  expect(await db.read.raw(`select count(*) as n from draft_row`)).toEqual([{ n: 2 }]);
});
