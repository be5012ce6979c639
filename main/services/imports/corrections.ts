import { usageError } from '../../../shared/domain/fault';
import type { Field } from '../../../shared/domain/finding';
import { SURE } from '../../../shared/contract/imports';
import { withoutTextMark } from '../../lib/csv-cells';
import type { ImportMessage, ImportOutcome } from './import.messages';
import type { ImportRun } from './run-context';
import { readingOf, type Layout } from './layout';
import { refuseFile } from './refusals';
import type { Source } from './opened-source';
import { draftOfList } from './sources.repo';
import type { CorrectedRow } from './types';

/** They are held in memory until they are written into the draft, all or none. */
const MOST_ROWS = 200_000;

/**
 * Reads the exported problem list of a draft: which rows, and what their cells say now. Rows that the person deleted from
 * the list stay in the draft as they are.
 *
 * @throws failed `list-of-other-draft`, `row-number-lost`, `row-number-twice`, `list-too-long`, `file-without-rows`
 */
export async function readCorrections(
  run: Pick<ImportRun, 'local' | 'job' | 'signal' | 'onProgress'>,
  source: Source,
  layout: Layout,
  continuation: NonNullable<Layout['continuation']>,
): Promise<ImportOutcome> {
  const { request } = run.job;
  const draft = await draftOfList(run.local.read, continuation.draftUid);
  if (draft?.providerUid !== request.providerUid) throw refuseFile('draft-of-list-gone', request.sourceName);
  if (request.continueDraftId !== null && draft.id !== request.continueDraftId) {
    throw usageError({
      code: 'list-of-other-draft',
      what: `The list belongs to draft ${draft.id}, not to draft ${request.continueDraftId}`,
      where: request.sourceName,
      todo: `Continue draft ${draft.id} with it, or export the problem rows of draft ${request.continueDraftId}.`,
    });
  }
  const fields = layout.columns.flatMap(({ column, field, confidence }) =>
    field === null || confidence < SURE ? [] : [[field, column] as const],
  );
  const rows: CorrectedRow[] = [];
  const seen = new Set<number>();
  const { blankLines } = await source.read({
    skipRows: layout.headingRow,
    onRow({ cells, lineNo }) {
      const where = `${request.sourceName}, line ${lineNo}`;
      const row = rowNumber(cells[continuation.column] ?? '');
      if (row === null) throw refuseFile('row-number-lost', where);
      if (seen.has(row)) throw refuseFile('row-number-twice', where, `row ${row} stood there before`);
      if (rows.length >= MOST_ROWS) throw refuseFile('list-too-long', where);
      seen.add(row);
      rows.push({ row, cells: cellsOf(cells, fields, source.format) });
    },
    ready: async () => {
      if (run.signal.aborted) throw refuseFile('import-cancelled', request.sourceName);
      run.onProgress(progressOf(draft.id, source, rows.length));
      return Promise.resolve();
    },
  });
  if (rows.length === 0) throw refuseFile('file-without-rows', request.sourceName);
  const { encoding } = await source.result();
  const reading = readingOf(source, layout, encoding);
  return { kind: 'continuation', draftUid: continuation.draftUid, rows, blankLines, reading };
}

function cellsOf(
  cells: readonly string[],
  fields: readonly (readonly [Field, number])[],
  format: Source['format'],
): Partial<Record<Field, string>> {
  // In a CSV the export itself marks what a spreadsheet would damage; see main/lib/csv-cells.
  const plain = (cell: string): string => (format === 'csv' ? withoutTextMark(cell) : cell);
  return Object.fromEntries(fields.map(([field, column]) => [field, plain(cells[column] ?? '')]));
}

function rowNumber(cell: string): number | null {
  const digits = /^'?(\d{1,7})(?:[.,]0)?$/.exec(cell.trim())?.[1];
  return digits === undefined || Number(digits) < 1 ? null : Number(digits);
}

function progressOf(draftId: number, source: Source, rows: number): Extract<ImportMessage, { kind: 'progress' }> {
  return { kind: 'progress', draftId, bytesRead: source.bytesRead(), bytesTotal: source.sizeBytes, rows };
}
