import { z } from 'zod';
import { identifierPairSchema } from './change';

/** One place's word of a line; null: it is not there. */
const sideSchema = identifierPairSchema.extend({ mdn: z.string().nullable(), status: z.string() }).nullable();
export type DriftSide = z.infer<typeof sideSchema>;

/** A line of which carrier, central database and mirror say different things, with the likely cause and the repair. */
export const driftSchema = z.object({
  deviceId: z.number().int().nullable(),
  carrier: sideSchema,
  central: sideSchema,
  mirror: sideSchema,
  cause: z.enum([
    /** The carrier did a change of ours whose outcome we don't know. */
    'callback-lost',
    /** The carrier did it, and the central database was not told. */
    'central-not-updated',
    /** Somebody changed it in another portal. */
    'changed-elsewhere',
    'only-at-carrier',
    'only-central',
    /** Carrier and central database agree; this desk has not heard yet. */
    'mirror-behind',
  ]),
  /** In plain words, with the command. */
  repair: z.string(),
  change: z.object({ uid: z.string(), row: z.number().int() }).nullable(),
});
export type Drift = z.infer<typeof driftSchema>;
