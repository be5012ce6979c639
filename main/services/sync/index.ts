export { createOutbox } from './outbox';
export { createSyncService } from './sync.service';
export type { Outbox, SyncResult, SyncService } from './types';
