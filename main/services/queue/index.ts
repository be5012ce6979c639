export { createQueueService } from './queue.service';
export { createProcessor } from './processor';
export { createProviderHolds, type ProviderHolds } from './provider-holds';
export { groupWrites } from './group-writes';
export type { Processor, ProcessorTimes, RunOptions, RunOutcome, RunProgress } from './processor';
export type { DeadFilter, DeadJob, Job, JobEnd, NewJob, ProviderHold, QueueService, QueueStats } from './types';
