export { createImportsService } from './imports.service';
export { runImport, type ImportRun } from './import.run';
export { toMessage, type CancelMessage, type ImportJob, type ImportMessage } from './import.messages';
export type { ImportProgress, ImportRequest, ImportsService, ImportSummary } from './types';
