import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import Papa from 'papaparse';
import { workFailed } from '../../../shared/domain/fault';
import { CSV_COLUMNS, type CsvCells, type CsvColumn } from './row.rules';

export interface CsvLine {
  /** Physical line in the file, from 1, heading included. */
  readonly lineNo: number;
  readonly cells: CsvCells;
}

const READ_BYTES = 256 * 1024;
/** Enough for any heading; the delimiter is chosen by it and then fixed, since guessing by content goes wrong. */
const HEADING_BYTES = 64 * 1024;

/**
 * Reads a CSV of lines batch by batch; a blank line is skipped. Columns in any order, headings in any case; columns
 * that are not ours are passed over.
 * @throws failed `file-missing`, `file-unreadable`, `file-empty`, `file-binary`, `column-missing`, `file-damaged`
 */
export async function* readCsv(file: string, batchRows: number): AsyncGenerator<readonly CsvLine[]> {
  const delimiter = await chooseDelimiter(file);
  const reader = startParser(file, delimiter, batchRows);
  let columns: readonly (CsvColumn | null)[] | null = null;
  let lineNo = 1;
  try {
    for (;;) {
      const rows = await reader.next();
      if (rows === null) return;
      const lines: CsvLine[] = [];
      for (const row of rows) {
        const isBlank = row.every((cell) => cell.trim() === '');
        if (columns === null) {
          if (!isBlank) columns = readHeading(file, row);
        } else if (!isBlank) {
          lines.push({ lineNo, cells: cellsOf(columns, row) });
        }
        lineNo += 1 + newlinesIn(row);
      }
      if (lines.length > 0) yield lines;
    }
  } finally {
    reader.stop();
  }
}

async function chooseDelimiter(file: string): Promise<string> {
  const head = await readHead(file);
  if (head.length === 0) {
    throw workFailed({ code: 'file-empty', what: 'The file is empty', where: file, todo: 'Choose another file.' });
  }
  if (head.includes(0)) {
    throw workFailed({
      code: 'file-binary',
      what: 'The file is no CSV',
      where: file,
      why: 'it holds binary data (a spreadsheet, a picture, or UTF-16 text)',
      todo: 'Save it as CSV (UTF-8), then load it again.',
    });
  }
  const heading = /[^\r\n]+/.exec(head.toString('utf8'))?.[0] ?? '';
  const count = (delimiter: string): number => heading.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

async function readHead(file: string): Promise<Buffer> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADING_BYTES), 0, HEADING_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileFault(file, error);
  }
}

function fileFault(file: string, error: unknown): Error {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  return workFailed(
    {
      code: isMissing ? 'file-missing' : 'file-unreadable',
      what: isMissing ? 'There is no such file' : 'The file can not be read',
      where: file,
      ...(!isMissing && { why: error instanceof Error ? error.message : 'no reason given' }),
      todo: isMissing ? 'Check the name and the folder.' : 'Check that it is a file and that you may read it.',
    },
    error,
  );
}

interface BatchReader {
  /** The next rows; null at the end. */
  next(): Promise<readonly (readonly string[])[] | null>;
  stop(): void;
}

/** papaparse pushes; this lets it run only as far as the reader has come. */
function startParser(file: string, delimiter: string, batchRows: number): BatchReader {
  const input = createReadStream(file, { encoding: 'utf8', highWaterMark: READ_BYTES });
  let rows: (readonly string[])[] = [];
  let failure: Error | null = null;
  let ended = false;
  let paused: Papa.Parser | null = null;
  let wake: () => void = () => undefined;

  const end = (error: Error | null): void => {
    failure ??= error;
    ended = true;
    wake();
  };
  Papa.parse<string[], NodeJS.ReadableStream>(input, {
    delimiter,
    step(result, parser) {
      const quotes = result.errors.find((error) => error.type === 'Quotes');
      if (quotes !== undefined) {
        end(damaged(file, quotes.message));
        parser.abort();
        return;
      }
      rows.push(result.data);
      if (rows.length < batchRows) return;
      paused = parser;
      parser.pause();
      wake();
    },
    complete: () => end(null),
    error: (error) => end(fileFault(file, error)),
  });

  return {
    async next() {
      for (;;) {
        if (failure !== null) throw failure;
        if (rows.length >= batchRows || (ended && rows.length > 0)) {
          const batch = rows;
          rows = [];
          return batch;
        }
        if (ended) return null;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const parser = paused;
        paused = null;
        parser?.resume();
        await woken;
      }
    },
    stop: () => input.destroy(),
  };
}

function damaged(file: string, why: string): Error {
  return workFailed({
    code: 'file-damaged',
    what: 'The file is no whole CSV',
    where: file,
    why: `a quotation mark is out of place (${why})`,
    todo: 'Save it again as CSV, then load it again.',
  });
}

function readHeading(file: string, row: readonly string[]): readonly (CsvColumn | null)[] {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');
  const columns = row.map((heading) => CSV_COLUMNS.find((column) => plain(column) === plain(heading)) ?? null);
  const named = columns.filter((column) => column !== null);
  const twice = named.find((column, index) => named.indexOf(column) !== index);
  if (named.includes('iccid') && twice === undefined) return columns;
  throw workFailed({
    code: twice === undefined ? 'column-missing' : 'column-twice',
    what: twice === undefined ? 'The file has no column “iccid”' : `The file has two columns “${twice}”`,
    where: file,
    why: `its headings are: ${row.slice(0, 20).join(', ').slice(0, 200)}`,
    todo: `Name the columns ${CSV_COLUMNS.join(', ')}; only iccid is needed.`,
  });
}

function cellsOf(columns: readonly (CsvColumn | null)[], row: readonly string[]): CsvCells {
  const cells: Partial<Record<CsvColumn, string>> = {};
  columns.forEach((column, index) => {
    const cell = row[index];
    if (column !== null && cell !== undefined) cells[column] = cell;
  });
  return cells;
}

function newlinesIn(row: readonly string[]): number {
  return row.reduce((sum, cell) => (cell.includes('\n') ? sum + cell.split('\n').length - 1 : sum), 0);
}
