import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AS_FOUND } from '../../shared/contract/imports';
import type { Finding } from '../../shared/domain/finding';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { finishDraft, runImport, type ImportOutcome } from '../../main/services/imports';
import type { FoundReading, ImportRequest, ImportSummary } from '../../main/services/imports/types';
import type { TestDb } from './local-db';
import { PROVIDER_UID, type MirrorDevice } from './mirror';

/** Days in the test files mean the same whenever the tests run. */
const TEST_NOW_MS = Date.UTC(2026, 10, 24, 7);

/** A sound ICCID, IMEI or line for each number. */
export const iccid = (number: number): string => {
  const stem = `891480000${String(number).padStart(10, '0')}`;
  return stem + luhnCheckDigit(stem);
};
export const imei = (number: number): string => {
  const stem = `35912301${String(number).padStart(6, '0')}`;
  return stem + luhnCheckDigit(stem);
};
export const line = (id: number): MirrorDevice => ({
  id,
  iccid: iccid(id),
  imei: imei(id),
  mdn: `512555${String(id).padStart(4, '0')}`,
});
export const lines = (count: number): MirrorDevice[] => Array.from({ length: count }, (_, index) => line(index + 1));

export type ImportedHere = Omit<ImportSummary, 'replaced' | 'reading'> & { readonly reading: FoundReading };

/** Imports in this very thread, with the handle of the test: fast, and the same code as in the worker. */
export async function importHere(
  db: TestDb,
  content: string | Uint8Array,
  request: Partial<ImportRequest> = {},
): Promise<ImportedHere> {
  const file = join(db.dir, 'list.csv');
  await writeFile(file, content);
  return importFileHere(db, file, request);
}

export async function importFileHere(
  db: TestDb,
  file: string,
  request: Partial<ImportRequest> = {},
): Promise<ImportedHere> {
  const uid = systemIds.uid();
  const outcome = await runHere(db, file, uid, request);
  if (outcome.kind !== 'new') throw new Error('the list went on with a draft');
  const { draftId, totals, reading } = outcome;
  await db.write((trx) => finishDraft(trx, draftId, totals, systemClock.now()));
  const { rows, valid, warning, error, findings, blankLines } = totals;
  return { draftId, uid, rows, valid, warning, error, findings, blankLines, reading };
}

/** What an exported list of problem rows brings back; nothing is stored. */
export async function correctionsHere(
  db: TestDb,
  file: string,
): Promise<Extract<ImportOutcome, { kind: 'continuation' }>> {
  const outcome = await runHere(db, file, systemIds.uid(), {});
  if (outcome.kind !== 'continuation') throw new Error('the list made a draft of its own');
  return outcome;
}

function runHere(db: TestDb, file: string, uid: string, request: Partial<ImportRequest>): Promise<ImportOutcome> {
  return runImport({
    local: db,
    job: {
      databaseFile: db.file,
      request: {
        file,
        sourceName: 'list.csv',
        providerUid: PROVIDER_UID,
        changeType: null,
        look: AS_FOUND,
        map: [],
        continueDraftId: null,
        createdBy: 'olivia',
        ...request,
      },
      uid,
      createdAtMs: systemClock.now(),
      pid: process.pid,
    },
    clock: { now: () => TEST_NOW_MS },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

export interface ImportedRow {
  readonly row: number;
  readonly line: number;
  readonly verdict: string;
  readonly device_id: number | null;
  readonly mdn: string | null;
  readonly old_iccid: string | null;
  readonly old_imei: string | null;
  readonly new_iccid: string | null;
  readonly new_imei: string | null;
  readonly codes: readonly string[];
}

export async function importedRows(db: TestDb, draftId: number): Promise<readonly ImportedRow[]> {
  const rows = await db.read.raw<(ImportedRow & { findings: string | null })[]>(
    `select row_no as row, line_no as line, * from draft_row where draft_id = ? order by row_no`,
    [draftId],
  );
  return rows.map((row) => ({
    ...row,
    codes: (JSON.parse(row.findings ?? '[]') as Finding[]).map((finding) => finding.code),
  }));
}

export async function importedFindings(
  db: TestDb,
  draftId: number,
): Promise<readonly { readonly row: number; readonly findings: readonly Finding[] }[]> {
  const rows = await db.read.raw<{ row: number; findings: string | null }[]>(
    `select row_no as row, findings from draft_row where draft_id = ? order by row_no`,
    [draftId],
  );
  return rows.map(({ row, findings }) => ({ row, findings: JSON.parse(findings ?? '[]') as Finding[] }));
}
