export { createReportsService, type ReportsServiceDeps } from './reports.service';
export type { ReportDocument, ReportRow } from './report';
export type { ReportFormat, ReportsService } from './types';
