export { createImportsService } from './imports.service';
export { runImport } from './import.run';
export { toMessage, type CancelMessage, type ImportJob, type ImportMessage } from './import.messages';
export type { ImportsService, ImportSummary } from './types';
