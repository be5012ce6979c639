import { z } from 'zod';
import { call } from './define';

/** Milliseconds; null: too few were measured. */
const latencySchema = z.object({
  measured: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

const providerMetricsSchema = z.object({
  providerUid: z.string(),
  provider: z.string(),
  /** From the request to its answer. */
  answer: latencySchema,
  /** From the answer to the carrier's callback. */
  callback: latencySchema,
  /** From the confirmation until the line is seen on the network. */
  seen: latencySchema,
  /** One entry an hour, oldest first. */
  history: z.array(
    z.object({
      hour: z.string(),
      ended: z.number().int(),
      failed: z.number().int(),
      resent: z.number().int(),
      callbackP50Ms: z.number().nullable(),
      callbackP95Ms: z.number().nullable(),
    }),
  ),
  queue: z.object({ waiting: z.number().int(), working: z.number().int(), dead: z.number().int() }),
});

export const metrics = {
  read: call(
    'queue.read',
    z.object({
      hours: z
        .number()
        .int()
        .min(1)
        .max(24 * 90),
    }),
    z.array(providerMetricsSchema),
  ),
};
