import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { startCarrier, type CarrierProcess } from '../support/carrier-process';
import { newDesk, newFolder, type Desk } from '../support/cli';
import { textRows, workbook } from '../support/workbook';

interface CarrierLine {
  readonly iccid: string;
  readonly mdn: string;
  readonly state: string;
}
interface Summary {
  readonly draftId: number;
  readonly rows: number;
  readonly valid: number;
  readonly error: number;
  readonly replaced: number | null;
}

const ENVIRONMENT = {
  SWAPDESK_USER: 'chief',
  SWAPDESK_PASSWORD: 'correct-horse-battery',
  SWAPDESK_CREDENTIALS: 'memory',
  SWAPDESK_CREDENTIALS_JSON: JSON.stringify({
    Acme: {
      clientId: 'training-key-1',
      clientSecret: 'training-secret-1',
      username: 'training-user-1',
      password: 'training-password-1',
    },
  }),
};

/** A valid ICCID that no line has. */
function newIccid(number: number): string {
  const stem = `8914877${String(number).padStart(12, '0')}`;
  return `${stem}${luhnCheckDigit(stem)}`;
}

describe('lists in every format, and the way of problem rows', () => {
  const folder = newFolder('formats');
  let carrier: CarrierProcess;
  let desk: Desk;
  let lines: readonly CarrierLine[];

  beforeAll(async () => {
    carrier = await startCarrier(['--lines', '40', '--seed', '7', '--latency-ms', '20']);
    desk = newDesk(ENVIRONMENT);
    const answer = await fetch(`${carrier.url}/__control/lines?account=0000123456-00001&limit=1000`);
    lines = ((await answer.json()) as CarrierLine[]).filter((line) => line.state === 'active' && line.mdn !== null);
    await desk.run(['central', 'init', '--url', 'embedded', '--json']);
    const provider = ['--account', '0000123456-00001', '--base-url', carrier.url, '--rate', 'none'];
    await desk.run(['provider', 'add', '--name', 'Acme', ...provider, '--json']);
    expect((await desk.run(['devices', 'refresh', '--provider', 'Acme', '--json'])).code).toBe(0);
  }, 120_000);
  afterAll(async () => {
    await carrier.stop();
    desk.dispose();
  });

  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const importFile = (file: string, ...more: string[]) =>
    desk.run(['import', file, '--provider', 'Acme', ...more, '--json']);
  const line = (index: number): CarrierLine => {
    const found = lines[index];
    if (found === undefined) throw new Error('the carrier has too few lines');
    return found;
  };
  const rowsOf = async (draftId: number) =>
    (await desk.run(['draft', 'show', String(draftId), '--json'])).json<{
      rows: readonly { row: number; verdict: string; new: { iccid?: string } }[];
    }>().rows;

  it('reads a workbook, a file in UTF-16 and one in Latin-1 as the same list', async () => {
    const table = [
      ['MDN', 'New ICCID', 'Note'],
      [line(0).mdn, newIccid(1), 'Küche'],
    ];
    const text = table.map((cells) => cells.join('\t')).join('\n');
    const files = [
      write('list.xlsx', workbook({ rows: textRows(table) })),
      write('list.txt', Buffer.from(`\ufeff${text}`, 'utf16le')),
      write('latin.csv', Buffer.from(text.replaceAll('\t', ';'), 'latin1')),
    ];
    const readings = [];
    for (const file of files) readings.push((await importFile(file)).json());
    expect(readings).toMatchObject([
      { rows: 1, valid: 1, reading: { format: 'xlsx', sheet: 'Swaps' } },
      { rows: 1, valid: 1, reading: { encoding: 'utf-16le', delimiter: '\t' } },
      { rows: 1, valid: 1, reading: { encoding: 'windows-1252', delimiter: ';' } },
    ]);
  });

  it('takes what the person says about the file, and remembers the columns', async () => {
    const title = 'Swaps of the week|x\n';
    const file = write('strange.csv', `${title}Alt|Neu\n${line(1).iccid}|${newIccid(2)}\n`);
    const said = ['--delimiter', 'pipe', '--heading-row', '2', '--encoding', 'windows-1252'];
    expect((await importFile(file, ...said)).code).toBe(1);
    const mapped = await importFile(file, ...said, '--map', 'Alt=oldIccid', '--map', 'Neu=newIccid');
    expect(mapped.json()).toMatchObject({ rows: 1, valid: 1, reading: { savedMapping: null, headingRow: 2 } });
    const again = await importFile(file, ...said);
    expect(again.json()).toMatchObject({
      valid: 1,
      reading: { savedMapping: { by: 'chief' }, sameContent: [{ kind: 'draft', by: 'chief' }] },
    });
    const seen = await desk.run(['import', file, '--provider', 'Acme', ...said, '--preview']);
    expect(seen.stdout).toContain('Columns as chief mapped them');
    expect((await importFile(file, '--encoding', 'ebcdic')).code).toBe(2);
  });

  it.each(['xlsx', 'csv'] as const)('sends problem rows out as %s and goes on with what comes back', async (format) => {
    const first = format === 'xlsx' ? 4 : 8;
    const rows = [0, 1, 2].map((index) => [
      line(first + index).mdn,
      index === 1 ? '8.91E+19' : newIccid(first + index),
      `Depot ${index}`,
    ]);
    const list = write(
      `list-${format}.csv`,
      [['MDN', 'New SIM', 'Site'], ...rows].map((cells) => cells.join()).join('\n'),
    );
    const { draftId } = (await importFile(list)).json<Summary>();
    const out = join(folder, `problems.${format}`);
    const sent = await desk.run(['draft', 'export', String(draftId), '--only', 'error', '--out', out, '--json']);
    expect(sent.json()).toMatchObject({ draftId, rows: 1, file: out });

    replaceIn(out, format, '8.91E+19', newIccid(100 + first));
    const back = (await importFile(out)).json<Summary>();
    expect(back).toMatchObject({ draftId, rows: 3, valid: 3, error: 0, replaced: 1 });
    expect((await rowsOf(draftId)).map((row) => [row.row, row.new.iccid])).toEqual([
      [1, newIccid(first)],
      [2, newIccid(100 + first)],
      [3, newIccid(first + 2)],
    ]);
  });

  it('refuses a ZIP bomb, an old workbook and a list whose draft is gone, each with what to do', async () => {
    const bomb = workbook({
      rows: '',
      parts: { 'xl/worksheets/sheet1.xml': new Uint8Array(64 * 1024 * 1024).fill(32) },
    });
    const old = Buffer.alloc(1024);
    old.set([0xd0, 0xcf, 0x11, 0xe0]);
    const gone = `Swapdesk row of 0190f1c2-0000-7000-8000-000000000001,New ICCID\n1,${newIccid(1)}\n`;
    const cases = [
      [write('bomb.xlsx', bomb), 'workbook-bomb'],
      [write('old.xls', old), 'file-binary'],
      [write('gone.csv', gone), 'draft-of-list-gone'],
    ] as const;
    for (const [file, code] of cases) {
      const refused = await importFile(file);
      expect(refused.code).toBe(1);
      expect(refused.stderr + refused.stdout).toContain(code);
    }
  });
});

/** What a person does in a spreadsheet: one cell of the list is another one now. */
function replaceIn(file: string, format: 'csv' | 'xlsx', from: string, to: string): void {
  if (format === 'csv') {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(new RegExp(`'?${from.replaceAll(/[.+]/g, '\\$&')}`), to));
    return;
  }
  const parts = unzipSync(new Uint8Array(readFileSync(file)));
  const sheet = 'xl/worksheets/sheet1.xml';
  parts[sheet] = strToU8(strFromU8(parts[sheet] ?? new Uint8Array()).replace(from, to));
  writeFileSync(file, zipSync(parts));
}
