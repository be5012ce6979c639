import { z } from 'zod';

/** Stands on every desk that may see its provider until somebody acknowledges it. */
export const alertSchema = z.object({
  uid: z.string(),
  /** Null: concerns everybody. */
  providerUid: z.string().nullable(),
  providerName: z.string().nullable(),
  code: z.enum(['provider-stopped', 'nobody-works', 'failure-budget', 'callbacks-late']),
  message: z.string(),
  raisedBy: z.string(),
  raisedAt: z.string(),
});
export type Alert = z.infer<typeof alertSchema>;
