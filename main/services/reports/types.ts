export type ReportFormat = 'pdf' | 'csv' | 'json';

export interface ReportsService {
  /** The audit report of one bulk change, written atomically. @throws failed `report-not-written` */
  write(change: string, format: ReportFormat, outFile: string): Promise<{ file: string; rows: number; sha256: string }>;
}
