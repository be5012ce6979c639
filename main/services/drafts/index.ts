export { createDraftJobs, type DraftWork } from './draft-jobs';
export { createDraftWork, type ThreadJob } from './draft-work';
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
