import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../shared/domain/finding';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { runImport } from '../../main/services/imports';
import type { ImportRequest, ImportSummary } from '../../main/services/imports/types';
import type { TestDb } from './local-db';
import { PROVIDER_UID, type MirrorDevice } from './mirror';

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

/** Imports in this very thread, with the handle of the test: fast, and the same code as in the worker. */
export async function importHere(
  db: TestDb,
  content: string | Uint8Array,
  request: Partial<ImportRequest> = {},
): Promise<ImportSummary> {
  const file = join(db.dir, 'list.csv');
  await writeFile(file, content);
  return importFileHere(db, file, request);
}

export async function importFileHere(
  db: TestDb,
  file: string,
  request: Partial<ImportRequest> = {},
): Promise<ImportSummary> {
  const uid = systemIds.uid();
  const { draftId, totals } = await runImport({
    local: db,
    job: {
      databaseFile: db.file,
      request: {
        file,
        sourceName: 'list.csv',
        providerUid: PROVIDER_UID,
        changeType: null,
        map: {},
        createdBy: 'olivia',
        ...request,
      },
      uid,
      createdAtMs: systemClock.now(),
      pid: process.pid,
    },
    clock: systemClock,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  await db.write((trx) => trx.raw(`update draft set state = 'ready' where id = ?`, [draftId]));
  const { rows, valid, warning, error, findings } = totals;
  return { draftId, uid, rows, valid, warning, error, findings };
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
