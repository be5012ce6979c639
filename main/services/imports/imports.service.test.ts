import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { luhnCheckDigit } from '../../../shared/domain/luhn';
import type { Finding } from '../../../shared/domain/finding';
import { systemClock } from '../../lib/clock';
import { systemIds } from '../../lib/ids';
import { silentLog } from '../../lib/logger';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { buildImportWorker, type BuiltWorker } from '../../../test/support/import-worker';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';
import type { AuditEvent } from '../audit/types';
import { createImportsService } from './index';
import type { ImportRequest, ImportsService, ImportSummary } from './types';

let worker: BuiltWorker;
let db: TestDb;
let imports: ImportsService;
const recorded: AuditEvent[] = [];

beforeAll(async () => {
  worker = await buildImportWorker();
}, 30_000);
afterAll(() => worker.remove());

beforeEach(async () => {
  db = await openTestDb();
  recorded.length = 0;
  imports = service();
});
afterEach(() => db.close());

function service(): ImportsService {
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

const iccid = (number: number): string => {
  const stem = `891480000${String(number).padStart(10, '0')}`;
  return stem + luhnCheckDigit(stem);
};
const imei = (number: number): string => {
  const stem = `35912301${String(number).padStart(6, '0')}`;
  return stem + luhnCheckDigit(stem);
};
const line = (id: number) => ({ id, iccid: iccid(id), imei: imei(id), mdn: `512555${String(id).padStart(4, '0')}` });
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index + 1));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(db.dir, name);
  await writeFile(file, content);
  return file;
}

function importFile(file: string, request: Partial<ImportRequest> = {}): Promise<ImportSummary> {
  return imports.importFile({
    file,
    sourceName: 'list.csv',
    providerUid: PROVIDER_UID,
    changeType: null,
    map: {},
    createdBy: 'olivia',
    ...request,
  });
}

async function importText(content: string | Uint8Array, request: Partial<ImportRequest> = {}): Promise<ImportSummary> {
  return importFile(await write('list.csv', content), request);
}

interface Row {
  readonly row: number;
  readonly line: number;
  readonly verdict: string;
  readonly device_id: number | null;
  readonly mdn: string | null;
  readonly old_iccid: string | null;
  readonly old_imei: string | null;
  readonly new_iccid: string | null;
  readonly codes: readonly string[];
}

async function stored(draftId: number): Promise<readonly Row[]> {
  const rows = await db.read.raw<(Row & { findings: string | null })[]>(
    `select row_no as row, line_no as line, * from draft_row where draft_id = ? order by row_no`,
    [draftId],
  );
  return rows.map((row) => ({
    ...row,
    codes: (JSON.parse(row.findings ?? '[]') as Finding[]).map((finding) => finding.code),
  }));
}

const everything = () => db.read.raw<unknown[]>(`select id from draft union all select draft_id from draft_row`);

test('a list with usual headings is read, matched and stored as a draft, with its audit entry', async () => {
  await fillMirror(db, lines(3));
  const summary = await importText(
    `Current SIM,New SIM,Note\r\n${iccid(1)},${iccid(101)},van 1\r\n\r\n${iccid(2)},${iccid(102)},\r\n`,
  );
  expect(summary).toMatchObject({ draftId: 1, rows: 2, valid: 2, warning: 0, error: 0, findings: {} });
  expect(await stored(1)).toMatchObject([
    { row: 1, line: 2, verdict: 'valid', device_id: 1, mdn: '5125550001', old_imei: imei(1), new_iccid: iccid(101) },
    { row: 2, line: 4, verdict: 'valid', device_id: 2 },
  ]);
  const [draft] = await db.read.raw<Record<string, unknown>[]>(`select * from draft`);
  expect(draft).toMatchObject({ state: 'ready', change_type: 'ChangeICCID', row_count: 2, blank_lines: 1 });
  expect(recorded).toMatchObject([
    { action: 'draft.imported', actor: 'olivia', stream: 'm2m', details: { rows: 2, draft: summary.uid } },
  ]);
});

test('a line is found by MDN, IMEI or number too, and its identifiers are filled in', async () => {
  await fillMirror(db, lines(4));
  const { draftId } = await importText(
    `Phone Number;IMEI;Device ID;Replacement ICCID\n(512) 555-0001;;;${iccid(101)}\n;${imei(2)};;${iccid(102)}\n;;3;${iccid(103)}\n`,
  );
  expect(await stored(draftId)).toMatchObject(
    [1, 2, 3].map((id) => ({ device_id: id, old_iccid: iccid(id), old_imei: imei(id), verdict: 'valid' })),
  );
});

test('every problem of every row, not only the first', async () => {
  await fillMirror(db, [
    ...lines(9),
    { ...line(20), status: 'suspended' },
    { ...line(21), mdn: null },
    { ...line(30), status: 'deactivated', mdn: null },
    { ...line(40), providerId: 2 },
  ]);
  const rows: readonly (readonly [cells: string, codes: readonly string[]])[] = [
    [`${iccid(1)},,${iccid(101)}`, []],
    [`${iccid(999)},,${iccid(102)}`, ['line-unknown']],
    [`${iccid(40)},,${iccid(103)}`, ['line-unknown']],
    [`${iccid(20)},,${iccid(104)}`, ['line-not-active']],
    [`${iccid(21)},,${iccid(105)}`, ['line-no-mdn']],
    [`${iccid(2)},${imei(3)},${iccid(106)}`, ['current-pair-differs']],
    [`${iccid(3)},,${iccid(3)}`, ['nothing-to-do']],
    [`${iccid(4)},,${iccid(9)}`, ['target-in-use']],
    [`${iccid(5)},,${iccid(30)}`, ['target-deactivated']],
    [`${iccid(6)},,${iccid(40)}`, ['target-other-provider']],
    [`${iccid(7)},,`, ['new-missing']],
    [`,,${iccid(107)}`, ['old-missing']],
    [`8.91E+19,,8.91E+19`, ['scientific-notation', 'scientific-notation']],
    [`${iccid(8)},,89148000000842500000`, ['digits-lost']],
    [`${iccid(998)},,${imei(7)}`, ['iccid-length', 'wrong-kind', 'line-unknown']],
  ];
  const text = `Old ICCID,Old IMEI,New ICCID\n${rows.map(([cells]) => cells).join('\n')}\n`;
  const summary = await importText(text);
  expect((await stored(summary.draftId)).map((row) => row.codes)).toEqual(rows.map(([, codes]) => codes));
  expect(summary).toMatchObject({ rows: rows.length, valid: 1, error: rows.length - 1 });
  expect(summary.findings['line-unknown']).toBe(3);
});

test('what only the whole list shows: repeats, chains, circles, a slipped column', async () => {
  await fillMirror(db, lines(30));
  const summary = await importText(
    [
      'Old ICCID,MDN,Old IMEI,New ICCID',
      `${iccid(1)},,,${iccid(101)}`,
      `${iccid(1)},,,${iccid(102)}`,
      `${iccid(2)},,,${iccid(103)}`,
      `${iccid(3)},,,${iccid(103)}`,
      `${iccid(4)},,,${iccid(104)}`,
      `,5125550004,,${iccid(105)}`,
      `${iccid(5)},,,${iccid(6)}`,
      `${iccid(6)},,,${iccid(106)}`,
      `${iccid(7)},,,${iccid(8)}`,
      `${iccid(8)},,,${iccid(7)}`,
      `${iccid(10)},,${imei(9)},${iccid(110)}`,
      `${iccid(11)},,${imei(10)},${iccid(111)}`,
      `${iccid(12)},,${imei(11)},${iccid(112)}`,
    ].join('\n'),
  );
  const rows = await stored(summary.draftId);
  expect(rows.map((row) => row.codes)).toEqual([
    ['duplicate-old'],
    ['duplicate-old'],
    ['duplicate-new'],
    ['duplicate-new'],
    ['same-line-twice'],
    ['same-line-twice'],
    ['chain'],
    [],
    ['cycle'],
    ['cycle'],
    ['current-pair-differs', 'pairs-shifted'],
    ['current-pair-differs', 'pairs-shifted'],
    ['current-pair-differs', 'pairs-shifted'],
  ]);
  expect(summary).toMatchObject({
    rows: 13,
    valid: 1,
    error: 12,
    findings: { cycle: 2, chain: 1, 'pairs-shifted': 3 },
  });
  const [shifted] = await db.read.raw<{ findings: string }[]>(`select findings from draft_row where row_no = 13`);
  expect(shifted?.findings).toContain('From line 12 on');
});

test('customers, plans and dates are checked, defaults apply where a row names none', async () => {
  await fillMirror(db, lines(4));
  const summary = await importText(
    `ICCID,New ICCID,Customer,Effective Date\n${iccid(1)},${iccid(101)},harbor logistics,2026-12-01\n` +
      `${iccid(2)},${iccid(102)},Nobody,12/01/2026\n${iccid(3)},${iccid(103)},,12/25/2026\n`,
    { customer: 'Harbor Logistics', ratePlan: 'HL-5MB', ratePool: 'no-pool' },
  );
  expect(summary.findings).toEqual({ 'customer-unknown': 1, 'effective-date-invalid': 1, 'rate-pool-unknown': 3 });
  const rows = await db.read.raw<unknown[]>(
    `select customer, rate_plan, effective_date from draft_row order by row_no`,
  );
  expect(rows).toEqual([
    { customer: 'Harbor Logistics', rate_plan: 'HL-5MB', effective_date: '2026-12-01' },
    { customer: 'Nobody', rate_plan: 'HL-5MB', effective_date: '12/01/2026' },
    { customer: 'Harbor Logistics', rate_plan: 'HL-5MB', effective_date: '2026-12-25' },
  ]);
});

test('without a mirror the form is checked, and the draft says that the lines were not', async () => {
  const summary = await importText(`Old ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n${iccid(2)},123\n`);
  expect(summary).toMatchObject({ rows: 2, valid: 1, error: 1, findings: { 'mirror-empty': 2, 'iccid-length': 1 } });
});

test('an odd old identifier is no finding when the line really has it', async () => {
  const odd = '8991101200003204510';
  await fillMirror(db, [{ id: 1, iccid: odd, imei: '201809030000009', mdn: '5125550001' }]);
  const summary = await importText(`Old ICCID,Old IMEI,New ICCID\n${odd},201809030000009,${iccid(101)}\n`);
  expect(summary).toMatchObject({ valid: 1, findings: {} });
});

test('a line or a target of a change that has not ended is named with that change', async () => {
  await fillMirror(db, lines(3));
  await db.write(async (trx) => {
    await trx.raw(`insert into bulk_change (id, uid, name, provider_uid, provider_name, portal, change_type, plan_hash,
      row_count, created_at, created_by) values (7, 'b', 'b', 'p', 'p', 'm2m', 'ChangeICCID', 'h', 1, 1, 'x')`);
    await trx.raw(
      `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, new_iccid, status, updated_at)
       values ('d', 7, 1, 'p', 1, ?, 'queued', 1)`,
      [iccid(101)],
    );
  });
  const summary = await importText(`Old ICCID,New ICCID\n${iccid(1)},${iccid(201)}\n${iccid(2)},${iccid(101)}\n`);
  expect((await stored(summary.draftId)).map((row) => row.codes)).toEqual([
    ['line-in-open-change'],
    ['target-in-open-change'],
  ]);
});

test.each([
  ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16LE with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16LE without', (text: string) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ['Windows-1252', (text: string) => Buffer.from(text, 'latin1')],
] as const)('reads %s', async (_name, encode) => {
  await fillMirror(db, lines(2));
  const summary = await importText(encode(`Old ICCID\tNew ICCID\tNote\r${iccid(1)}\t${iccid(101)}\tMüller\r`));
  expect(summary).toMatchObject({ rows: 1, valid: 1 });
  expect(await db.read.raw(`select note from draft_row`)).toEqual([{ note: 'Müller' }]);
});

test('bytes that stop being UTF-8 far down in the file are read as Windows-1252', async () => {
  const filler = Array.from({ length: 2_000 }, (_, index) => `${iccid(index)},${iccid(index + 5_000)},plain filler`);
  const text = `Old ICCID,New ICCID,Note\n${filler.join('\n')}\n${iccid(1)},${iccid(9_999)},Müller\n`;
  const summary = await importText(Buffer.from(text, 'latin1'));
  expect(summary.rows).toBe(2_001);
  expect(await db.read.raw(`select note from draft_row where row_no = 2001`)).toEqual([{ note: 'Müller' }]);
});

test.each([
  ['file-empty', ''],
  ['file-empty', '\n \r\n'],
  ['file-without-rows', 'Old ICCID,New ICCID\n\n'],
  ['file-binary', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0])],
  ['file-binary', Buffer.from('%PDF-1.7 …')],
  ['file-binary', Buffer.from('Old ICCID,New ICCID\n1,2\u0000\n')],
  ['column-missing', 'a,b\n1,2\n'],
  ['column-missing', 'ICCID,MDN\n1,2\n'],
  ['column-missing', 'New ICCID,Customer\n1,2\n'],
  ['column-twice', 'Old ICCID,Current SIM,New ICCID\n1,2,3\n'],
  ['quote-not-closed', `Old ICCID,New ICCID\n${'1,2\n'.repeat(50)}"3,4\n5,6\n`],
  ['row-too-wide', `Old ICCID,New ICCID\n${','.repeat(2_000)}\n`],
  ['row-too-long', `Old ICCID,New ICCID\n1,${'8'.repeat(3_000_000)}\n`],
  ['row-too-long', '8'.repeat(3_000_000)],
])('a file is refused as a whole: %s', async (code, content) => {
  await expect(importText(content)).rejects.toMatchObject({ code });
  expect(await everything()).toEqual([]);
});

test('a file that is not there, not a file, or not a heading', async () => {
  await expect(importFile(join(db.dir, 'no.csv'))).rejects.toMatchObject({ code: 'file-missing', kind: 'failed' });
  await mkdir(join(db.dir, 'folder.csv'));
  await expect(importFile(join(db.dir, 'folder.csv'))).rejects.toMatchObject({ code: 'file-is-folder' });
  await symlink('/dev/zero', join(db.dir, 'zero.csv'));
  await expect(importFile(join(db.dir, 'zero.csv'))).rejects.toMatchObject({ code: 'file-not-regular' });
  await expect(importText('a,b\n1,2\n', { map: { c: 'newIccid' } })).rejects.toMatchObject({
    code: 'heading-unknown',
    kind: 'usage',
  });
});

test('headings that nobody knows are mapped by hand, titles above them are passed over', async () => {
  await fillMirror(db, lines(2));
  const summary = await importText(
    `Swaps for Harbor Logistics,,\n,,\nAlt,Ersatz,Wer\n${iccid(1)},${iccid(101)},ich\n`,
    { map: { Alt: 'oldIccid', ersatz: 'newIccid' } },
  );
  expect(summary).toMatchObject({ rows: 1, valid: 1 });
});

test('an empty column for new IMEIs changes no IMEI; a filled one that is not asked for is told', async () => {
  await fillMirror(db, lines(3));
  const one = await importText(`ICCID,IMEI,New ICCID,New IMEI\n${iccid(1)},${imei(1)},${iccid(101)},\n`);
  const both = await importText(`ICCID,IMEI,New ICCID,New IMEI\n${iccid(1)},${imei(1)},${iccid(101)},${imei(101)}\n`);
  const asked = await importText(`ICCID,New ICCID,New IMEI\n${iccid(1)},${iccid(101)},${imei(101)}\n`, {
    changeType: 'ChangeICCID',
  });
  const types = await db.read.raw<{ change_type: string }[]>(`select change_type from draft order by id`);
  expect(types.map((draft) => draft.change_type)).toEqual(['ChangeICCID', 'ChangeIMEIandICCID', 'ChangeICCID']);
  expect([one.valid, both.valid, asked.warning]).toEqual([1, 1, 1]);
  expect(asked.findings).toEqual({ 'new-value-ignored': 1 });
});

test('in many chunks the same as in one, with progress, and the caller is never blocked for long', async () => {
  const count = 12_000;
  await fillMirror(db, lines(count));
  const rows = Array.from({ length: count }, (_, index) => `${iccid(index + 1)},${iccid(index + 50_001)}`);
  rows[11_999] = rows[0] ?? '';
  const file = await write('big.csv', `Old ICCID,New ICCID\n${rows.join('\n')}\n`);
  const seen: number[] = [];
  const summary = await imports.importFile(
    { file, sourceName: 'big.csv', providerUid: PROVIDER_UID, changeType: null, map: {}, createdBy: 'olivia' },
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
  const running = imports.importFile(
    { file, sourceName: 'big.csv', providerUid: PROVIDER_UID, changeType: null, map: {}, createdBy: 'olivia' },
    { signal: stop.signal, onProgress: () => stop.abort() },
  );
  await expect(running).rejects.toMatchObject({ code: 'import-cancelled' });
  expect(await everything()).toEqual([]);
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
