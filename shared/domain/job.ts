import { z } from 'zod';

/**
 * The queue's message, the same in the local table and on SQS. `IsRetryUpdateIdentifier: false` sends the swap;
 * `true` looks for the confirmation of `RequestId` and updates the identifiers. The numbers are local ones in the
 * local queue and central ones on SQS.
 */
export const jobMessageSchema = z.strictObject({
  BulkChangeId: z.number().int().positive(),
  M2MDeviceChangeId: z.number().int().positive(),
  IsRetryUpdateIdentifier: z.boolean(),
  RetryNumber: z.number().int().nonnegative(),
  RequestId: z.string(),
});
export type JobMessage = z.infer<typeof jobMessageSchema>;
