export { createImportsService } from './imports.service';
export { runImport } from './import.run';
export { toMessage, type CancelMessage, type ImportJob, type ImportMessage } from './import.messages';
export { createRowJudge } from './row-judge';
export type { ImportsService, ImportSummary } from './types';
