import type { Delimiter, Encoding } from '../../../shared/contract/imports';
import type { SourceRow } from './csv-reader';

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
