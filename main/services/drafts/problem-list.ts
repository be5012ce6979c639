import papaparse from 'papaparse';
import { workFailed } from '../../../shared/domain/fault';
import type { Verdict } from '../../../shared/domain/finding';
import { explainOutputFault, writeAtomically, type WriteChunk } from '../../lib/atomic-output';
import { BYTE_ORDER_MARK, NEEDS_TEXT_MARK } from '../../lib/csv-cells';
import { writeWorkbook, type SheetCell } from '../../lib/xlsx-writer';
import type { LocalDb } from '../../localdb/types';
import { rowsAfter } from './drafts.repo';
import { extrasOf, fileColumnsOf } from './problem-rows.repo';
import { problemTable, type ProblemTable } from './problem-rows.rules';
import type { Draft } from './types';

export interface WrittenList {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
}

/** Rows between two pauses: of short lists, on the thread that answers the window. */
const ROWS_AT_ONCE = 500;

/** @throws failed `list-not-written` */
export async function writeProblemRows(
  local: LocalDb,
  draft: Draft,
  verdicts: readonly Verdict[],
  format: 'csv' | 'xlsx',
  file: string,
): Promise<WrittenList> {
  const table = problemTable(draft.uid, await fileColumnsOf(local.read, draft.id));
  let rows = 0;
  const counted = async function* (): AsyncGenerator<readonly SheetCell[], void> {
    for await (const cells of tableRows(local, draft, verdicts, table)) {
      rows += 1;
      yield cells;
    }
  };
  try {
    const { sha256 } = await writeAtomically(file, (write) =>
      format === 'csv'
        ? writeCsv(table, counted(), write)
        : writeWorkbook(`Draft ${draft.id}`, table.columns, counted(), write),
    );
    return { file, rows, sha256 };
  } catch (error) {
    const reason = explainOutputFault(error);
    if (reason === null) throw error;
    const story = { code: 'list-not-written', what: 'The list could not be written', where: file, ...reason };
    throw workFailed(story, error);
  }
}

async function* tableRows(
  local: LocalDb,
  draft: Draft,
  verdicts: readonly Verdict[],
  table: ProblemTable,
): AsyncGenerator<readonly SheetCell[], void> {
  for (let last = 0; ;) {
    const rows = await rowsAfter(local.read, draft.id, verdicts, last, ROWS_AT_ONCE);
    const numbers = rows.map(({ row }) => row);
    const extras = await extrasOf(local.read, draft.id, numbers);
    for (const row of rows) yield table.cells(row, extras.get(row.row) ?? []);
    last = numbers.at(-1) ?? last;
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

async function writeCsv(
  table: ProblemTable,
  rows: AsyncIterable<readonly SheetCell[]>,
  write: WriteChunk,
): Promise<void> {
  const line = (cells: readonly string[]): string =>
    `${papaparse.unparse([[...cells]], { newline: '\r\n', escapeFormulae: NEEDS_TEXT_MARK })}\r\n`;
  await write(BYTE_ORDER_MARK + line(table.columns.map(({ heading }) => heading)));
  for await (const cells of rows) await write(line(cells.map(({ text }) => text)));
}
