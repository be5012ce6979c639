export { createDraftsService } from './drafts.service';
export type { Draft, DraftPlan, DraftRow, DraftsService, PlannedRequest, RowChoice } from './types';
