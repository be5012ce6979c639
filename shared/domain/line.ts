import { z } from 'zod';

/** Ours for the carrier's states, lower case. ThingSpace writes `active`, `deactive`, `suspend`, `pre-active`. */
export const lineStatusSchema = z.enum(['active', 'suspended', 'deactivated', 'preactive', 'unknown']);
export type LineStatus = z.infer<typeof lineStatusSchema>;

/** One device on the carrier's network, as the mirror keeps it. Identifiers are digits without separators. */
export const lineSchema = z.object({
  /** The central line's number; shown, and accepted wherever a line is named. */
  id: z.number().int(),
  uid: z.string(),
  provider: z.string(),
  iccid: z.string(),
  imei: z.string().nullable(),
  mdn: z.string().nullable(),
  eid: z.string().nullable(),
  status: lineStatusSchema,
  customer: z.string().nullable(),
  ratePlan: z.string().nullable(),
  ratePool: z.string().nullable(),
  lastConnectionAt: z.string().nullable(),
});
export type Line = z.infer<typeof lineSchema>;

/** Carrier spellings seen in the wild differ in case and ending (thingspace documentation, list responses). */
export function lineStatusOf(carrierState: string | undefined): LineStatus {
  switch ((carrierState ?? '').toLowerCase().replace(/[^a-z]/g, '')) {
    case 'active':
    case 'activate':
      return 'active';
    case 'suspend':
    case 'suspended':
      return 'suspended';
    case 'deactive':
    case 'deactivate':
    case 'deactivated':
      return 'deactivated';
    case 'preactive':
      return 'preactive';
    default:
      return 'unknown';
  }
}
