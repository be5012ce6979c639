import { z } from 'zod';
import { lineSchema } from '../domain/line';
import { call, event } from './define';

export const lines = {
  find: call(
    'lines.read',
    z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(500) }),
    z.array(lineSchema),
  ),
  /** Pull and push once, now. */
  sync: call(
    'lines.read',
    z.null(),
    z.object({ pulled: z.number().int(), pushed: z.number().int(), mirrorAt: z.iso.datetime() }),
  ),
  mirrorChanged: event(z.object({ mirrorAt: z.iso.datetime() })),
};
