export { createDraftsService } from './drafts.service';
export type { Draft, DraftsService } from './types';
