export { createOutbox } from './outbox';
export { createSyncService } from './sync.service';
export type { CentralCallback, Outbox, SyncResult, SyncService } from './types';
