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
});
export type Finding = z.infer<typeof findingSchema>;

export const verdictSchema = z.enum(['valid', 'warning', 'error']);
export type Verdict = z.infer<typeof verdictSchema>;

export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.level === 'error')) return 'error';
  return findings.some((finding) => finding.level === 'warning') ? 'warning' : 'valid';
}
