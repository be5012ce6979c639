import { z } from 'zod';
import { assertNever } from './result';

/**
 * A bulk change and its device changes: their types, their states, and the only table that says which state may
 * follow which. Nothing else decides about a status.
 *
 *   created ─► queued ─► sending ─► submitted ─► confirmed ─► processed ─► rolled_back
 *
 * `sending` is durable before the request leaves; from there every doubt leads to `unknown`, and only proof (a
 * callback or a read-back) leads out of it. Silence is never failure.
 */
export const changeTypeSchema = z.enum(['ChangeICCID', 'ChangeIMEI', 'ChangeIMEIandICCID']);
/** Spelled as ThingSpace spells `change4gOption` on the wire. */
export type ChangeType = z.infer<typeof changeTypeSchema>;

export const deviceChangeStatusSchema = z.enum([
  'created',
  'queued',
  'sending',
  'submitted',
  'unknown',
  'confirmed',
  'processed',
  'conflict',
  'error',
  'dead_letter',
  'cancelled',
  'rolled_back',
]);
export type DeviceChangeStatus = z.infer<typeof deviceChangeStatusSchema>;

/**
 * The allowed transitions. `error` and `dead_letter`, and a row put back or cancelled after a send, may still be proven
 * wrong by a late callback or a read-back. What a person gives up of the dead letters is an `error`.
 */
const ALLOWED_TRANSITIONS: Readonly<Record<DeviceChangeStatus, readonly DeviceChangeStatus[]>> = {
  created: ['queued', 'conflict', 'cancelled'],
  queued: ['sending', 'confirmed', 'conflict', 'cancelled', 'error', 'dead_letter'],
  sending: ['submitted', 'queued', 'unknown', 'confirmed', 'error', 'dead_letter'],
  submitted: ['confirmed', 'unknown', 'error', 'dead_letter', 'queued'],
  unknown: ['confirmed', 'queued', 'error', 'dead_letter'],
  confirmed: ['processed', 'conflict'],
  processed: ['rolled_back'],
  conflict: ['queued', 'confirmed'],
  error: ['confirmed', 'queued'],
  dead_letter: ['confirmed', 'queued', 'unknown', 'error'],
  cancelled: ['confirmed'],
  rolled_back: [],
};

export function mayBecome(from: DeviceChangeStatus, to: DeviceChangeStatus): boolean {
  return ALLOWED_TRANSITIONS[from].includes(to);
}

/** Nothing will happen to the row by itself any more: it has ended, or it waits for a person. */
export function isSettled(status: DeviceChangeStatus, needsPerson: boolean): boolean {
  switch (status) {
    case 'processed':
    case 'error':
    case 'cancelled':
    case 'rolled_back':
    case 'conflict':
    case 'dead_letter':
      return true;
    case 'unknown':
      return needsPerson;
    case 'created':
    case 'queued':
    case 'sending':
    case 'submitted':
    case 'confirmed':
      return false;
    default:
      return assertNever(status);
  }
}

export const bulkChangeStatusSchema = z.enum([
  'created',
  'queued',
  'processing',
  'processed',
  'processed_with_errors',
  'cancelled',
]);
export type BulkChangeStatus = z.infer<typeof bulkChangeStatusSchema>;

/** How many rows are in which state, and how many `unknown` rows wait for a person. */
export const statusCountsSchema = z.object({
  byStatus: z.partialRecord(deviceChangeStatusSchema, z.number().int().nonnegative()),
  needsPerson: z.number().int().nonnegative(),
});
export type StatusCounts = z.infer<typeof statusCountsSchema>;

/** The bulk change's status is derived from its rows, never stored: it is never `processed` while a row waits. */
export function deriveBulkStatus(counts: StatusCounts): BulkChangeStatus {
  const of = (status: DeviceChangeStatus): number => counts.byStatus[status] ?? 0;
  const total = deviceChangeStatusSchema.options.reduce((sum, status) => sum + of(status), 0);
  if (total === 0 || of('created') === total) return 'created';
  if (of('queued') + of('created') === total) return 'queued';
  if (of('cancelled') === total) return 'cancelled';
  const open = of('created') + of('queued') + of('sending') + of('submitted') + of('confirmed') + of('unknown');
  if (open - Math.min(counts.needsPerson, of('unknown')) > 0) return 'processing';
  const clean = of('processed') + of('rolled_back') + of('cancelled');
  return clean === total ? 'processed' : 'processed_with_errors';
}

/** Old or new identifiers of one line; a key that is absent stays as it is. Digits only. */
export const identifierPairSchema = z.object({
  iccid: z.string().optional(),
  imei: z.string().optional(),
});
export type IdentifierPair = z.infer<typeof identifierPairSchema>;

/** Which identifiers a change type replaces. */
export function changedKinds(type: ChangeType): readonly ('iccid' | 'imei')[] {
  switch (type) {
    case 'ChangeICCID':
      return ['iccid'];
    case 'ChangeIMEI':
      return ['imei'];
    case 'ChangeIMEIandICCID':
      return ['imei', 'iccid'];
    default:
      return assertNever(type);
  }
}

/** What happened to a row in the end, with the proof and who resolved it. */
export const dispositionSchema = z.object({
  outcome: z.enum(['changed', 'not_changed', 'already_so', 'cancelled', 'conflict', 'unproven', 'rolled_back']),
  proof: z.enum(['callback', 'read_back', 'answer', 'person', 'none']),
  detail: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type Disposition = z.infer<typeof dispositionSchema>;
