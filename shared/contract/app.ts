import { z } from 'zod';
import { call, event } from './define';

export const appInfoSchema = z.object({
  version: z.string(),
  shell: z.enum(['electron', 'chromium']),
  training: z.boolean(),
  /** Sentences that the person should know: no keychain, no sandbox, … */
  notices: z.array(z.string()),
  node: z.string(),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

export const appStatusSchema = z.object({
  central: z.enum(['online', 'offline', 'none']),
  centralAddress: z.string().nullable(),
  mirrorAt: z.iso.datetime().nullable(),
  processor: z.enum(['running', 'stopped', 'elsewhere']),
  /** Why nothing is being sent, in one sentence; null while all is well. */
  processorNote: z.string().nullable(),
});
export type AppStatus = z.infer<typeof appStatusSchema>;

export const app = {
  info: call('anybody', z.null(), appInfoSchema),
  status: call('signed-in', z.null(), appStatusSchema),
  /** Opens a saved report's folder, where the shell can. */
  showSavedFile: call('signed-in', z.object({ savedId: z.string() }), z.null()),
  statusChanged: event(appStatusSchema),
};
