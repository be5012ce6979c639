import { z } from 'zod';
import { auditEntrySchema, auditStreamSchema } from '../domain/audit';
import { call } from './define';
import { pageSchema } from './drafts';

export const auditVerdictSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), entries: z.number().int(), chains: z.number().int() }),
  z.object({
    ok: z.literal(false),
    entries: z.number().int(),
    chain: z.string(),
    seq: z.number().int(),
    problem: z.enum(['changed', 'missing', 'reordered', 'cut', 'unreadable']),
    detail: z.string(),
  }),
]);
export type AuditVerdict = z.infer<typeof auditVerdictSchema>;

export const audit = {
  search: call(
    'audit.read',
    pageSchema.extend({
      text: z.string().max(500),
      /** Bulk change uid. */
      change: z.string().nullable(),
      stream: auditStreamSchema.nullable(),
    }),
    z.object({ total: z.number().int(), entries: z.array(auditEntrySchema) }),
  ),
  verify: call('audit.read', z.null(), auditVerdictSchema),
};
