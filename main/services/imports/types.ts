import type {
  HowRead,
  ImportColumn,
  ImportPreview,
  ImportReading,
  Look,
  MappedColumn,
} from '../../../shared/contract/imports';
import type { ChangeType } from '../../../shared/domain/change';
import type { Field } from '../../../shared/domain/finding';

export interface ImportRequest {
  readonly file: string;
  /** Shown and kept; the path itself is not. */
  readonly sourceName: string;
  readonly providerUid: string;
  readonly changeType: ChangeType | null;
  /** How the file is to be read; null: as found. */
  readonly look: Look;
  /** Columns that a person decided about; remembered for files of the provider with the same headings. */
  readonly map: readonly MappedColumn[];
  /** Apply to every row that names none. */
  readonly customer?: string;
  readonly ratePlan?: string;
  readonly ratePool?: string;
  readonly effectiveDate?: string;
  /** The draft that the list must go on with; null: the one that the file names, else a new one. */
  readonly continueDraftId: number | null;
  readonly createdBy: string;
}

export interface ImportProgress {
  readonly draftId: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly rows: number;
}

export interface ImportSummary {
  readonly draftId: number;
  readonly uid: string;
  readonly rows: number;
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  /** Finding code → number of rows that have it. */
  readonly findings: Readonly<Record<string, number>>;
  /** Lines that were blank and left out. */
  readonly blankLines: number;
  /** Rows of an earlier draft that the file replaced; null: the draft is new. */
  readonly replaced: number | null;
  readonly reading: ImportReading;
}

/** How a file was read, as far as the file itself and the saved mappings tell. */
export type FoundReading = HowRead & {
  readonly columns: readonly ImportColumn[];
  readonly savedMapping: ImportReading['savedMapping'];
};

/** A row of a draft as a person corrected it in an exported list. */
export interface CorrectedRow {
  readonly row: number;
  readonly cells: Readonly<Partial<Record<Field, string>>>;
}

export type PreviewRequest = Pick<ImportRequest, 'file' | 'sourceName' | 'providerUid' | 'changeType' | 'look' | 'map'>;

export interface ImportsService {
  /**
   * Looks at the beginning of a file and says how it would be read. Stores nothing.
   * @throws what `importFile` throws of the file itself
   */
  preview(request: PreviewRequest): Promise<ImportPreview>;
  /**
   * Reads, maps, validates and stores a file as a new draft, in a worker thread, all or nothing. The exported problem
   * list of a draft replaces its rows there instead.
   * @throws failed `file-missing`, `file-empty`, `file-binary`, `column-missing`, … with nothing stored
   */
  importFile(
    request: ImportRequest,
    options?: { signal?: AbortSignal; onProgress?: (progress: ImportProgress) => void },
  ): Promise<ImportSummary>;
  /**
   * Writes an empty list with headings and examples; in a workbook every cell is text, below the examples too.
   * @throws failed `template-not-written`
   */
  writeTemplate(
    changeType: ChangeType,
    format: 'csv' | 'xlsx',
    file: string,
  ): Promise<{ readonly file: string; readonly rows: number; readonly sha256: string }>;
}
