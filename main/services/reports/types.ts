export type ReportFormat = 'pdf' | 'csv' | 'json';

export interface ReportsService {
  /**
   * The audit report of one bulk change (number or uid), written atomically.
   *
   * @returns `sha256` of the file's bytes, and the `verifyingCode` that stands in every format: the same for the same
   * change and rows, whenever and in whatever format it is written
   * @throws failed `report-not-written`, usage `change-unknown`
   */
  write(
    change: string,
    format: ReportFormat,
    outFile: string,
  ): Promise<{ file: string; rows: number; sha256: string; verifyingCode: string }>;
}
