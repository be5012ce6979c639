import type { ChangeType } from '../../../shared/domain/change';
import type { Field } from '../../../shared/domain/finding';

export interface ImportRequest {
  readonly file: string;
  /** Shown and kept; the path itself is not. */
  readonly sourceName: string;
  readonly providerUid: string;
  readonly changeType: ChangeType | null;
  /** Heading → field, for headings that are not recognised. */
  readonly map: Readonly<Record<string, Field>>;
  /** Apply to every row that names none. */
  readonly customer?: string;
  readonly ratePlan?: string;
  readonly ratePool?: string;
  readonly effectiveDate?: string;
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
}

export interface ImportsService {
  /**
   * Reads, maps, validates and stores a file as a new draft, in a worker thread, all or nothing.
   * @throws failed `file-missing`, `file-empty`, `file-binary`, `column-missing`, … with nothing stored
   */
  importFile(
    request: ImportRequest,
    options?: { signal?: AbortSignal; onProgress?: (progress: ImportProgress) => void },
  ): Promise<ImportSummary>;
}
