import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { iccid, imei, importedRows, importFileHere, importHere, line, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror } from '../../../test/support/mirror';

let db: TestDb;

beforeEach(async () => {
  db = await openTestDb();
});
afterEach(() => db.close());

const visible = () => db.read.raw<unknown[]>(`select id from draft where state = 'ready'`);

test('a line is found by MDN, IMEI or number too, and its identifiers are filled in', async () => {
  await fillMirror(db, lines(4));
  const { draftId } = await importHere(
    db,
    `Phone Number;IMEI;Device ID;Replacement ICCID\n(512) 555-0001;;;${iccid(101)}\n;${imei(2)};;${iccid(102)}\n;;3;${iccid(103)}\n`,
  );
  expect(await importedRows(db, draftId)).toMatchObject(
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
  const summary = await importHere(db, text);
  expect((await importedRows(db, summary.draftId)).map((row) => row.codes)).toEqual(rows.map(([, codes]) => codes));
  // What is deleted at the carrier first must be accepted; everything else can't be sent.
  expect(summary).toMatchObject({ rows: rows.length, valid: 1, warning: 1, error: rows.length - 2 });
  expect(summary.findings['line-unknown']).toBe(3);
});

test('what only the whole list shows: repeats, chains, circles, a slipped column', async () => {
  await fillMirror(db, lines(30));
  const summary = await importHere(
    db,
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
  const rows = await importedRows(db, summary.draftId);
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
    valid: 2,
    error: 11,
    findings: { cycle: 2, chain: 1, 'pairs-shifted': 3 },
  });
  const [shifted] = await db.read.raw<{ findings: string }[]>(`select findings from draft_row where row_no = 13`);
  expect(shifted?.findings).toContain('From line 12 on');
});

test('customers, plans and dates are checked, defaults apply where a row names none', async () => {
  await fillMirror(db, lines(4));
  const summary = await importHere(
    db,
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
  const summary = await importHere(db, `Old ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n${iccid(2)},123\n`);
  expect(summary).toMatchObject({ rows: 2, valid: 1, error: 1, findings: { 'mirror-empty': 2, 'iccid-length': 1 } });
});

test('an odd old identifier is no finding when the line really has it', async () => {
  const odd = '8991101200003204510';
  await fillMirror(db, [{ id: 1, iccid: odd, imei: '201809030000009', mdn: '5125550001' }]);
  const summary = await importHere(db, `Old ICCID,Old IMEI,New ICCID\n${odd},201809030000009,${iccid(101)}\n`);
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
  const summary = await importHere(db, `Old ICCID,New ICCID\n${iccid(1)},${iccid(201)}\n${iccid(2)},${iccid(101)}\n`);
  expect((await importedRows(db, summary.draftId)).map((row) => row.codes)).toEqual([
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
  const summary = await importHere(db, encode(`Old ICCID\tNew ICCID\tNote\r${iccid(1)}\t${iccid(101)}\tMüller\r`));
  expect(summary).toMatchObject({ rows: 1, valid: 1 });
  expect(await db.read.raw(`select note from draft_row`)).toEqual([{ note: 'Müller' }]);
});

test('bytes that stop being UTF-8 far down in the file are read as Windows-1252', async () => {
  const filler = Array.from({ length: 2_000 }, (_, index) => `${iccid(index)},${iccid(index + 5_000)},plain filler`);
  const text = `Old ICCID,New ICCID,Note\n${filler.join('\n')}\n${iccid(1)},${iccid(9_999)},Müller\n`;
  const summary = await importHere(db, Buffer.from(text, 'latin1'));
  expect(summary.rows).toBe(2_001);
  expect(await db.read.raw(`select note from draft_row where row_no = 2001`)).toEqual([{ note: 'Müller' }]);
});

test.each([
  ['file-empty', ''],
  ['file-empty', '\n \r\n'],
  ['file-without-rows', 'Old ICCID,New ICCID\n\n'],
  ['workbook-damaged', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0])],
  ['file-binary', Buffer.from('%PDF-1.7 …')],
  ['file-binary', Buffer.from('Old ICCID,New ICCID\n1,2\u0000\n')],
  ['column-missing', 'a,b\n1,2\n'],
  ['column-missing', 'ICCID,MDN\n1,2\n'],
  ['column-missing', 'New ICCID,Customer\n1,2\n'],
  ['column-twice', 'Old ICCID,Current SIM,New ICCID\n1,2,3\n'],
  ['quote-not-closed', `Old ICCID,New ICCID\n${'1,2\n'.repeat(50)}"3,4\n5,6\n`],
  ['row-too-wide', `Old ICCID,New ICCID\n1${','.repeat(2_000)}\n`],
  ['row-too-long', `Old ICCID,New ICCID\n1,${'8'.repeat(3_000_000)}\n`],
  ['row-too-long', '8'.repeat(3_000_000)],
])('a file is refused as a whole: %s', async (code, content) => {
  await expect(importHere(db, content)).rejects.toMatchObject({ code });
  expect(await visible()).toEqual([]);
});

test('a file that is not there, not a file, or not a heading', async () => {
  await expect(importFileHere(db, join(db.dir, 'no.csv'))).rejects.toMatchObject({
    code: 'file-missing',
    kind: 'failed',
  });
  await mkdir(join(db.dir, 'folder.csv'));
  await expect(importFileHere(db, join(db.dir, 'folder.csv'))).rejects.toMatchObject({ code: 'file-is-folder' });
  await symlink('/dev/zero', join(db.dir, 'zero.csv'));
  await expect(importFileHere(db, join(db.dir, 'zero.csv'))).rejects.toMatchObject({ code: 'file-not-regular' });
  await expect(importHere(db, 'a,b\n1,2\n', { map: [{ column: 'c', field: 'newIccid' }] })).rejects.toMatchObject({
    code: 'heading-unknown',
    kind: 'usage',
  });
});

test('headings that nobody knows are mapped by hand, titles above them are passed over', async () => {
  await fillMirror(db, lines(2));
  const summary = await importHere(
    db,
    `Swaps for Harbor Logistics,,\n,,\nAlt,Ersatz,Wer\n${iccid(1)},${iccid(101)},ich\n`,
    {
      map: [
        { column: 'Alt', field: 'oldIccid' },
        { column: 'ersatz', field: 'newIccid' },
      ],
    },
  );
  expect(summary).toMatchObject({ rows: 1, valid: 1 });
});

test('an empty column for new IMEIs changes no IMEI; a filled one that is not asked for is told', async () => {
  await fillMirror(db, lines(3));
  const one = await importHere(db, `ICCID,IMEI,New ICCID,New IMEI\n${iccid(1)},${imei(1)},${iccid(101)},\n`);
  const both = await importHere(
    db,
    `ICCID,IMEI,New ICCID,New IMEI\n${iccid(1)},${imei(1)},${iccid(101)},${imei(101)}\n`,
  );
  const asked = await importHere(db, `ICCID,New ICCID,New IMEI\n${iccid(1)},${iccid(101)},${imei(101)}\n`, {
    changeType: 'ChangeICCID',
  });
  const types = await db.read.raw<{ change_type: string }[]>(`select change_type from draft order by id`);
  expect(types.map((draft) => draft.change_type)).toEqual(['ChangeICCID', 'ChangeIMEIandICCID', 'ChangeICCID']);
  expect([one.valid, both.valid, asked.warning]).toEqual([1, 1, 1]);
  expect(asked.findings).toEqual({ 'new-value-ignored': 1 });
});
