import { Readable } from 'node:stream';
import Papa from 'papaparse';
import type { Delimiter } from '../../../shared/contract/imports';
import { isBlank } from './columns.rules';
import { LONGEST_ROW_CHARS, MOST_COLUMNS, refuseFile } from './refusals';

/** One row as it stands in the file. */
export interface SourceRow {
  readonly cells: readonly string[];
  /** Line of the file in which the row begins, from 1. */
  readonly lineNo: number;
  /** A quotation mark stands where none belongs. */
  readonly malformed: boolean;
}

export interface CsvInput {
  readonly sourceName: string;
  readonly delimiter: Delimiter;
  /** Text with `\n` as line end. */
  readonly chunks: AsyncIterable<string>;
  /** Rows up to and including the heading: skipped, blank ones too. */
  readonly skipRows: number;
  onRow(row: SourceRow): void;
  /** Awaited before the next piece of text is taken, so that what was read never piles up. */
  ready(): Promise<void>;
}

/**
 * Reads rows with papaparse as a stream, row by row: its fastest way (`step`), with delimiter and line end fixed.
 *
 * @returns how many blank lines were left out
 * @throws failed `row-too-wide`, `row-too-long`, `quote-not-closed`, or what `chunks` and `ready` throw
 */
export async function readCsv(input: CsvInput): Promise<{ readonly blankLines: number }> {
  const state = createRowState(input);
  const stream = Readable.from(guarded(input, state), { objectMode: true, highWaterMark: 1 });
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[], NodeJS.ReadableStream>(stream, {
      delimiter: input.delimiter,
      newline: '\n',
      header: false,
      step(results, parser) {
        try {
          state.take(results);
        } catch (error) {
          // papaparse would swallow it.
          state.failure ??= error;
          parser.abort();
          stream.destroy();
          reject(asError(error));
        }
      },
      complete: () => (state.failure === undefined ? resolve() : reject(asError(state.failure))),
      error: (error) => reject(asError(state.failure ?? error)),
    });
    stream.on('error', (error) => reject(asError(state.failure ?? error)));
  });
  return { blankLines: state.blankLines() };
}

/** The text, but no further piece while an unfinished row is already too long: papaparse would keep it all. */
async function* guarded(input: CsvInput, state: RowState): AsyncGenerator<string, void> {
  for await (const text of input.chunks) {
    await input.ready();
    if (state.failure !== undefined) return;
    state.given(text);
    yield text;
  }
}

interface RowState {
  failure: unknown;
  given(text: string): void;
  take(results: Papa.ParseStepResult<string[]>): void;
  blankLines(): number;
}

function createRowState(input: CsvInput): RowState {
  let rowIndex = 0;
  let lineNo = 1;
  let blank = 0;
  let givenChars = 0;
  let takenChars = 0;
  return {
    failure: undefined,
    given(text) {
      if (givenChars - takenChars > LONGEST_ROW_CHARS) throw rowTooLong(input, lineNo);
      givenChars += text.length;
    },
    take(results) {
      const cells = results.data;
      const rowLine = lineNo;
      const length = results.meta.cursor - takenChars;
      takenChars = results.meta.cursor;
      // Without a quotation mark a row is as long as its cells and separators, and has no line break in it.
      const lines = length === plainLength(cells) ? 1 : 1 + lineBreaks(cells);
      lineNo += lines;
      refuseUnreadable(input, results, rowLine, length);
      const index = rowIndex;
      rowIndex += 1;
      if (index < input.skipRows) return;
      if (isBlank(cells)) blank += lines;
      else input.onRow({ cells, lineNo: rowLine, malformed: results.errors.length > 0 });
    },
    blankLines: () => blank,
  };
}

function refuseUnreadable(
  input: CsvInput,
  results: Papa.ParseStepResult<string[]>,
  lineNo: number,
  length: number,
): void {
  const where = `${input.sourceName}, line ${lineNo}`;
  if (length > LONGEST_ROW_CHARS) throw rowTooLong(input, lineNo);
  if (results.errors.some((error) => error.code === 'MissingQuotes')) throw refuseFile('quote-not-closed', where);
  if (results.data.length > MOST_COLUMNS) throw refuseFile('row-too-wide', where, `it has ${results.data.length}`);
}

function rowTooLong(input: CsvInput, lineNo: number): Error {
  return refuseFile('row-too-long', `${input.sourceName}, line ${lineNo}`);
}

/** Cells, separators, and one line end. */
function plainLength(cells: readonly string[]): number {
  let length = cells.length;
  for (const cell of cells) length += cell.length;
  return length;
}

function lineBreaks(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * The rows of the beginning of a file, blank ones included, for finding the heading. A last row that may be cut off is
 * left out.
 */
export function readHead(text: string, isWhole: boolean, delimiter: Delimiter): readonly string[][] {
  const { data } = Papa.parse<string[]>(text, { delimiter, newline: '\n', header: false });
  return isWhole ? data : data.slice(0, -1);
}
