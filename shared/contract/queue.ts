import { z } from 'zod';
import { call } from './define';

export const queueStatsSchema = z.object({
  waiting: z.number().int(),
  working: z.number().int(),
  delayed: z.number().int(),
  dead: z.number().int(),
  oldestWaitingAt: z.string().nullable(),
  byProvider: z.array(
    z.object({
      provider: z.string(),
      waiting: z.number().int(),
      working: z.number().int(),
      dead: z.number().int(),
      paused: z.boolean(),
    }),
  ),
});
export type QueueStats = z.infer<typeof queueStatsSchema>;

export const queue = {
  stats: call('queue.read', z.null(), queueStatsSchema),
};
