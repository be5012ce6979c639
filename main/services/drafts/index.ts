export { createDraftsService } from './drafts.service';
export { createProblemRows, type ProblemRows } from './problem-rows';
export type {
  Draft,
  DraftMoved,
  DraftPlan,
  DraftRecheck,
  DraftRow,
  DraftsService,
  RowFilter,
  RowSort,
  RowTarget,
  SharedDraft,
} from './types';
