import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { openLocalDb } from '../../main/localdb/open';
import { runImport } from '../../main/services/imports';
import { AS_FOUND } from '../../shared/contract/imports';
import { SwapdeskError } from '../../shared/domain/fault';
import { iccid, imei } from '../support/import-here';
import { openTestDb } from '../support/local-db';
import { PROVIDER_UID } from '../support/mirror';
import { scaled } from '../support/scale';

/**
 * Lists as bad as chance makes them, through the whole import. The rows of each are known, so that none can be lost; and
 * whatever is stored as an identifier must stand in its cell, digit by digit.
 */
const FILES = scaled(100_000);
const ROWS_A_FILE = 10;
const SEED = 20_261_124;

/** A small generator (Lehmer), so that a failure can be repeated. */
function createChance(seed: number): (below: number) => number {
  let state = seed % 2_147_483_647;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
const chance = createChance(SEED);
const pick = <T>(list: readonly [T, ...T[]]): T => list[chance(list.length)] ?? list[0];

/** What is done to a cell on its way through spreadsheets, mail and scanners. */
const DAMAGES: readonly [(cell: string) => string, ...((cell: string) => string)[]] = [
  (cell) => cell,
  (cell) => cell,
  (cell) => ` ${cell}\u00a0`,
  (cell) => `'${cell}`,
  (cell) => `="${cell}"`,
  (cell) => Number(cell).toExponential(4).toUpperCase(),
  (cell) => `${cell.slice(0, 15)}${'0'.repeat(Math.max(0, cell.length - 15))}`,
  (cell) => cell.replace(/(\d{4})/g, '$1-'),
  (cell) => cell.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
  (cell) => `${cell}F`,
  (cell) => cell.slice(0, -1),
  (cell) => cell.slice(1),
  (cell) => `${cell.slice(0, 9)}O${cell.slice(10)}`,
  (cell) => `${cell}.0`,
  (cell) => `ICCID: ${cell}`,
  () => '',
  (cell) => `${cell},${cell}`,
  (cell) => `${cell}"`,
  (cell) => `${cell}\r\nsecond line`,
  () => 'x'.repeat(chance(2_000)),
];

interface List {
  readonly text: string;
  /** Cells of each row, as they were meant. */
  readonly rows: readonly (readonly string[])[];
  readonly blankLines: number;
}

function makeList(): List {
  const delimiter = pick([',', ';', '\t', '|']);
  const end = pick(['\r\n', '\n', '\r']);
  const quote = (cell: string): string =>
    chance(4) === 0 || /["\r\n,;\t|]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const rows: string[][] = [];
  let blankLines = 0;
  let text = ['Old ICCID', 'New ICCID', 'New IMEI', 'Note'].map(quote).join(delimiter) + end;
  for (let count = 0; count < ROWS_A_FILE; count += 1) {
    const at = chance(1_000_000);
    const sound = [iccid(at), iccid(at + 1_000_000), imei(at % 900_000)];
    const cells = [...sound.map((cell) => (chance(3) === 0 ? pick(DAMAGES)(cell) : cell)), `row ${count} é`];
    rows.push(cells);
    text += cells.map(quote).join(delimiter) + end;
    if (chance(10) === 0) {
      blankLines += 1;
      text += pick(['', ' ', delimiter.repeat(3)]) + end;
    }
  }
  return { text: chance(3) === 0 ? text.slice(0, -end.length) : text, rows, blankLines };
}

function encode(text: string): Uint8Array {
  switch (chance(5)) {
    case 0:
      return Buffer.from(`\ufeff${text}`);
    case 1:
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 2:
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    default:
      return Buffer.from(text);
  }
}

/** Bytes exchanged, lost, doubled: nobody knows what rows such a file has, but it must not hurt. */
function wreck(bytes: Uint8Array): Uint8Array {
  const wrecked = Buffer.from(bytes);
  for (let times = chance(6) + 1; times > 0; times -= 1)
    wrecked[chance(wrecked.length)] = pick([0, 10, 13, 34, 44, 255]);
  return wrecked.subarray(0, wrecked.length - chance(40));
}

const digitsOf = (cell: string): string => cell.normalize('NFKC').replace(/\D/g, '');

interface StoredRow {
  readonly row: number;
  readonly verdict: string;
  readonly new_iccid: string | null;
  readonly new_imei: string | null;
}

test(`${FILES} lists of ${ROWS_A_FILE} rows: none crashes, no row is lost, no digit is invented`, async () => {
  const db = await openTestDb();
  const local = await openLocalDb({ file: db.file, durability: 'last' });
  const file = join(db.dir, 'list.csv');
  const importBytes = async (bytes: Uint8Array) => {
    writeFileSync(file, bytes);
    const request = {
      file,
      sourceName: 'list.csv',
      providerUid: PROVIDER_UID,
      changeType: 'ChangeIMEIandICCID',
      look: AS_FOUND,
      map: [],
      continueDraftId: null,
      createdBy: 'olivia',
    } as const;
    const outcome = await runImport({
      local,
      job: { databaseFile: db.file, request, uid: systemIds.uid(), createdAtMs: systemClock.now(), pid: process.pid },
      clock: systemClock,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (outcome.kind !== 'new') throw new Error('a list was taken for a correction');
    return outcome;
  };
  const counts = { files: 0, rows: 0, accepted: 0, rejected: 0, wrecked: 0, refused: 0 };

  for (let number = 0; number < FILES; number += 1) {
    const list = makeList();
    const bytes = encode(list.text);
    if (number % 10 === 9) {
      counts.wrecked += 1;
      const problem = await importBytes(wreck(bytes)).then(
        ({ totals }) => (totals.valid + totals.warning + totals.error === totals.rows ? null : 'rows are lost'),
        (error: unknown) => {
          counts.refused += 1;
          return error instanceof SwapdeskError ? null : String(error);
        },
      );
      expect([number, problem]).toEqual([number, null]);
      continue;
    }
    const { draftId, totals } = await importBytes(bytes);
    const accepted = totals.valid + totals.warning;
    expect([number, totals.rows, accepted + totals.error]).toEqual([number, ROWS_A_FILE, ROWS_A_FILE]);
    const stored = await local.read.raw<StoredRow[]>(
      `select row_no as row, verdict, new_iccid, new_imei from draft_row where draft_id = ? order by row_no`,
      [draftId],
    );
    const invented = stored.filter(({ row, verdict, new_iccid, new_imei }) => {
      const [, newIccid = '', newImei = ''] = list.rows[row - 1] ?? [];
      if (verdict === 'error') return false;
      return !digitsOf(newIccid).includes(new_iccid ?? '') || !digitsOf(newImei).includes(new_imei ?? '');
    });
    expect([number, invented]).toEqual([number, []]);
    counts.files += 1;
    counts.rows += totals.rows;
    counts.accepted += accepted;
    counts.rejected += totals.error;
    if (number % 500 === 0) await local.write((trx) => trx.raw('delete from draft_row'));
  }
  console.log(`import-fuzz: ${JSON.stringify(counts)}`);
  expect(counts.accepted + counts.rejected).toBe(counts.rows);
  await local.close();
  await db.close();
}, 1_800_000);
