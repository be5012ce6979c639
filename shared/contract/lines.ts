import { z } from 'zod';
import { driftSchema } from '../domain/drift';
import { lineSchema, lineStatusSchema } from '../domain/line';
import { call, event } from './define';

export const lineFilterSchema = z.object({
  /** Part of an ICCID, IMEI, MDN or EID, or a line number; empty: any. */
  text: z.string().max(200),
  providerUid: z.string().nullable(),
  status: lineStatusSchema.nullable(),
  customer: z.string().max(200).nullable(),
  ratePlan: z.string().max(200).nullable(),
});
export type LineFilter = z.infer<typeof lineFilterSchema>;
export const ANY_LINE: LineFilter = { text: '', providerUid: null, status: null, customer: null, ratePlan: null };

export const lines = {
  find: call('lines.read', lineFilterSchema.extend({ limit: z.number().int().min(1).max(500) }), z.array(lineSchema)),
  /** The names that lines of a provider can have, in order, for choosing from them; at most 1,000 of each. */
  names: call(
    'lines.read',
    z.object({ providerUid: z.string() }),
    z.object({ customers: z.array(z.string()), ratePlans: z.array(z.string()), ratePools: z.array(z.string()) }),
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
