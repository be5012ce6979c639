import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const windowStateSchema = z.object({
  /** Absent until the window was placed once: the system chooses. */
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(640),
  height: z.number().int().min(480),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const FIRST_STATE: WindowState = { width: 1280, height: 800, maximized: false };

/** A window state that is missing or can't be read is no reason not to open: the first one is taken. */
export function readWindowState(file: string): WindowState {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return FIRST_STATE;
  }
}

/** Losing it is no reason not to close. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  } catch {
    // A full or vanished disk is told elsewhere; this is only the window's place.
  }
}
