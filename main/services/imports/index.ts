export { createImportsService } from './imports.service';
export { runImport } from './import.run';
export type { CancelMessage, ImportJob, ImportMessage, ImportOutcome } from './import.messages';
export { finishDraft } from './imports.repo';
export { createRowJudge } from './row-judge';
export type {
  DraftBasis,
  JudgedInput,
  ListDecision,
  OpenJudge,
  RoundedCounts,
  RowInput,
  RowJudge,
  SharedKeys,
} from './row-judge';
export type { RowFacts } from './judge-rows';
export type { RowSource } from './raw-cells.rules';
export type { ImportRequest, ImportsService, ImportSummary, PreviewRequest } from './types';
