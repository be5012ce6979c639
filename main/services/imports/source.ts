import type { Delimiter, Encoding, Look } from '../../../shared/contract/imports';
import type { SourceRow } from './csv-reader';
import { openCsv } from './csv-source';
import { compoundDirectoryAt, detectKind, LOOK_BYTES, refuseCompound } from './file-look.rules';
import { openFile, readAt } from './text-chunks';
import { openWorkbook } from './workbook/open-workbook';

/** A file that is open for one look or one import, whatever its format: rows of text come out of it. */
export interface Source {
  readonly format: 'csv' | 'xlsx';
  readonly sourceName: string;
  readonly sizeBytes: number;
  /** Null in a workbook. */
  readonly encoding: Encoding | null;
  readonly delimiter: Delimiter | null;
  readonly sheet: string | null;
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean }[];
  /** How the other encodings would read a line that tells them apart. */
  readonly encodings: readonly { readonly encoding: Encoding; readonly sample: string }[];
  /** The first rows, blank ones included. */
  readonly head: readonly (readonly string[])[];
  readonly headIsWhole: boolean;
  /** Gives out all rows from the one after `skipRows` on. @returns how many blank lines were left out */
  read(reading: SourceReading): Promise<{ readonly blankLines: number }>;
  bytesRead(): number;
  /** Once all was read. */
  result(): Promise<{ readonly sha256: string; readonly encoding: Encoding | null }>;
  close(): Promise<void>;
}

export interface SourceReading {
  /** Rows up to and including the heading. */
  readonly skipRows: number;
  onRow(row: SourceRow): void;
  /** Awaited before more is read, so that what was read never piles up. */
  ready(): Promise<void>;
}

/**
 * Opens a file of any format that lists come in, and looks at its beginning.
 *
 * @throws failed `file-missing`, `file-is-folder`, `file-not-regular`, `file-unreadable`, `file-empty`, `file-binary`,
 * `workbook-damaged`, `workbook-encrypted`, `workbook-bomb`, `workbook-too-large`, `sheet-unknown`
 */
export async function openSource(file: string, sourceName: string, look: Look): Promise<Source> {
  const opened = await openFile(file, sourceName);
  try {
    const head = await readAt(opened, 0, LOOK_BYTES);
    const kind = detectKind(head, sourceName);
    switch (kind) {
      case 'text':
        return await openCsv(opened, head, look);
      case 'workbook':
        return await openWorkbook(opened, look);
      case 'compound':
        throw refuseCompound(await readAt(opened, compoundDirectoryAt(head) ?? 0, 4096), sourceName);
      default:
        throw new Error(`unknown kind of file: ${String(kind satisfies never)}`);
    }
  } catch (error) {
    await opened.handle.close();
    throw error;
  }
}
