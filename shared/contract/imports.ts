import { z } from 'zod';
import { changeTypeSchema } from '../domain/change';
import { fieldSchema } from '../domain/finding';
import { call, event } from './define';

/** A file the person dropped or chose. Main knows the path; the screen only this id, the name and the size. */
export const importSourceSchema = z.object({ sourceId: z.string(), name: z.string(), sizeBytes: z.number() });
export type ImportSource = z.infer<typeof importSourceSchema>;

const importSummarySchema = z.object({
  draftId: z.number().int(),
  uid: z.string(),
  rows: z.number().int(),
  valid: z.number().int(),
  warning: z.number().int(),
  error: z.number().int(),
  findings: z.record(z.string(), z.number().int()),
});

export const importProgressSchema = z.object({
  sourceId: z.string(),
  bytesRead: z.number(),
  bytesTotal: z.number(),
  rows: z.number().int(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

export const imports = {
  /** The sample files that ship with the product, for training. */
  sample: call('drafts.edit', z.object({ which: z.enum(['clean', 'damaged']) }), importSourceSchema),
  start: call(
    'drafts.edit',
    z.object({
      sourceId: z.string(),
      providerUid: z.string(),
      changeType: changeTypeSchema.nullable(),
      map: z.record(z.string(), fieldSchema),
    }),
    importSummarySchema,
  ),
  cancel: call('drafts.edit', z.object({ sourceId: z.string() }), z.null()),
  progressed: event(importProgressSchema),
};
