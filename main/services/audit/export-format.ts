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

const hashSchema = z.string().refine(isHash);

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
export interface EntryLink {
  readonly chain: string;
  readonly seq: number;
  readonly prevHash: string;
}

const HASH = /^[0-9a-f]{64}$/;

export function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

/** By hand, as verification asks it of millions. @returns null when the value is no entry */
export function linkOf(value: unknown): EntryLink | null {
  if (typeof value !== 'object' || value === null) return null;
  const { chain, seq, prevHash } = value as Partial<Record<keyof EntryLink, unknown>>;
  if (typeof chain !== 'string' || typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return null;
  return isHash(prevHash) ? { chain, seq, prevHash } : null;
}
