import { z } from 'zod';

/** Which log of the central database an entry belongs to; the provider's portal chooses between the first two. */
export const auditStreamSchema = z.enum(['m2m', 'mobility', 'api', 'error']);
export type AuditStream = z.infer<typeof auditStreamSchema>;

/** One entry of a hash chain. `hash` = SHA-256 over the RFC 8785 form of everything else. */
export const auditEntrySchema = z.object({
  chain: z.string(),
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  stream: auditStreamSchema,
  actor: z.string(),
  action: z.string(),
  provider: z.string(),
  change: z.string().nullable(),
  row: z.number().int().nullable(),
  deviceChange: z.string().nullable(),
  deviceId: z.number().int().nullable(),
  correlationId: z.string().nullable(),
  /** Identifiers and texts that search finds the entry by. */
  details: z.record(z.string(), z.json()),
  prevHash: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
