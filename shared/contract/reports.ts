import { z } from 'zod';
import { call } from './define';

export const savedReportSchema = z.object({
  /** For `app.showSavedFile`. */
  savedId: z.string(),
  /** Where it lies, for the person to read. */
  place: z.string(),
  rows: z.number().int(),
  sha256: z.string(),
});
export type SavedReport = z.infer<typeof savedReportSchema>;

export const reports = {
  /** Main asks for the place (or uses the downloads folder, where the shell has no dialog). Null: the person left. */
  save: call(
    'reports.read',
    z.object({ changeId: z.number().int(), format: z.enum(['pdf', 'csv', 'json']) }),
    savedReportSchema.nullable(),
  ),
};
