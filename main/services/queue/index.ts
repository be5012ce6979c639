export { createQueueService } from './queue.service';
export { groupWrites } from './group-writes';
export type { Job, JobEnd, NewJob, ProviderHold, QueueService, QueueStats } from './types';
