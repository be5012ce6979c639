import { z } from 'zod';

/**
 * The exported JSON document:
 *
 *     { "format": {…}, "chains": [{…}, …], "entries": [
 *     {…},
 *     {…}
 *     ] }
 *
 * Each entry is in its RFC 8785 form, one a line, in the order in which they were written; entries of one chain are in
 * the order of their numbers. `hash` is the SHA-256 (hex) of the entry's RFC 8785 form without `hash`; `prevHash` is the
 * hash of the entry before, 64 zeros for the first. `scripts/verify-audit.mjs` checks all of it without Swapdesk.
 */
export const EXPORT_NAME = 'swapdesk-audit';
export const EXPORT_VERSION = 1;

export const exportFormatSchema = z.object({
  name: z.literal(EXPORT_NAME),
  version: z.literal(EXPORT_VERSION),
  hash: z.literal('SHA-256'),
  canonicalForm: z.literal('RFC 8785'),
  exportedAt: z.iso.datetime(),
  /** What the export was limited to; null: everything, so that the chains are complete. */
  filter: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
});
export type ExportFormat = z.infer<typeof exportFormatSchema>;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const exportChainSchema = z.object({
  chain: z.string(),
  /** Every entry from 1 to the head is in the file. Otherwise a selection: only neighbours can be compared. */
  complete: z.boolean(),
  /** First and last entry in the file, and how many; 0, 0, 0 when there is none. */
  fromSeq: z.number().int().nonnegative(),
  toSeq: z.number().int().nonnegative(),
  entries: z.number().int().nonnegative(),
  /** Where the chain ended when the file was written: to be compared with the central database or an older report. */
  head: z.object({ seq: z.number().int().nonnegative(), hash: hashSchema }),
});
export type ExportChain = z.infer<typeof exportChainSchema>;

/** The part of an entry that the chain is made of; the rest is covered by the hash. */
export const linkSchema = z.object({
  chain: z.string(),
  seq: z.number().int().positive(),
  prevHash: hashSchema,
  hash: hashSchema,
});
