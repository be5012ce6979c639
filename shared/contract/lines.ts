import { z } from 'zod';
import { driftSchema } from '../domain/drift';
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
  /** Carrier, central database and mirror compared; asks the carrier for every line of the provider. */
  drift: call(
    'lines.load',
    z.object({ providerUid: z.string() }),
    z.object({ lines: z.number().int(), drifts: z.array(driftSchema) }),
  ),
  mirrorChanged: event(z.object({ mirrorAt: z.iso.datetime() })),
};
