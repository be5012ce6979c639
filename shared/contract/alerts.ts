import { z } from 'zod';
import { call, event } from './define';

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

export const alerts = {
  list: call('providers.read', z.null(), z.array(alertSchema)),
  acknowledge: call('changes.run', z.object({ uid: z.string() }), z.null()),
  changed: event(z.null()),
};
