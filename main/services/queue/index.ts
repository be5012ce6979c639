export { createQueueService } from './queue.service';
export { createProcessor } from './processor';
export { groupWrites } from './group-writes';
export type { Processor, ProcessorTimes, RunOptions, RunOutcome, RunProgress } from './processor';
export type { Job, JobEnd, NewJob, ProviderHold, QueueService, QueueStats } from './types';
