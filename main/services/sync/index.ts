export { createOutbox } from './outbox';
export { createSyncService } from './sync.service';
export type { SyncDeps } from './sync.service';
export type { Outbox, OutboxCallback, SyncResult, SyncService } from './types';
