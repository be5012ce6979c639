import { z } from 'zod';

/** How grave a finding is. An `error` keeps the row from being sent; a `warning` must be accepted. */
export const findingLevelSchema = z.enum(['error', 'warning', 'info']);
export type FindingLevel = z.infer<typeof findingLevelSchema>;

/** Fields of an imported row; also the names that `--map "Header=field"` takes. */
export const fieldSchema = z.enum([
  'deviceId',
  'oldIccid',
  'newIccid',
  'oldImei',
  'newImei',
  'mdn',
  'customer',
  'ratePlan',
  'ratePool',
  'effectiveDate',
  'note',
]);
export type Field = z.infer<typeof fieldSchema>;

/**
 * A line of the provider that agrees with every digit that is left of a damaged identifier. A proposal for a person to
 * compare with the card: nothing ever fills it in.
 */
export const candidateSchema = z.object({
  /** The line's number. */
  lineId: z.number().int(),
  value: z.string(),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** More candidates than this are no help: too few digits are left. */
export const MOST_CANDIDATES = 5;

/** What a finding was judged against: the cell alone, the other rows, the mirror, or the changes that are open here. */
export const findingDataSchema = z.object({
  from: z.enum(['list', 'mirror', 'changes']),
  /** ISO 8601: when that data was current; absent: it cannot be out of date. */
  at: z.string().optional(),
});
export type FindingData = z.infer<typeof findingDataSchema>;

/** One thing that validation says of one row. The catalogue (`finding-catalogue.ts`) holds level, meaning, remedy. */
export const findingSchema = z.object({
  code: z.string(),
  level: findingLevelSchema,
  field: fieldSchema.nullable(),
  /** What was seen, cut to a readable length. */
  seen: z.string().optional(),
  /** A sentence made for this row, where the catalogue's general meaning is not enough. */
  message: z.string(),
  /** The rule, the data used and whatever proves it. */
  evidence: z.string().optional(),
  /** Absent: the cell alone was looked at. */
  data: findingDataSchema.optional(),
  candidates: z.array(candidateSchema).max(MOST_CANDIDATES).optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export const verdictSchema = z.enum(['valid', 'warning', 'error']);
export type Verdict = z.infer<typeof verdictSchema>;

export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.level === 'error')) return 'error';
  return findings.some((finding) => finding.level === 'warning') ? 'warning' : 'valid';
}
