import { z } from 'zod';
import {
  bulkChangeStatusSchema,
  changeTypeSchema,
  deviceChangeStatusSchema,
  dispositionSchema,
  identifierPairSchema,
  statusCountsSchema,
} from '../domain/change';
import {
  changeControlSchema,
  changeOptionsSchema,
  etaSchema,
  failureClusterSchema,
  fieldStepSchema,
  reversibilitySchema,
} from '../domain/control';
import { faultSchema } from '../domain/fault';
import { call, event } from './define';
import { pageSchema } from './drafts';

export const bulkChangeSchema = z.object({
  id: z.number().int(),
  uid: z.string(),
  name: z.string(),
  providerUid: z.string(),
  providerName: z.string(),
  changeType: changeTypeSchema,
  planHash: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  rows: z.number().int(),
  status: bulkChangeStatusSchema,
  counts: statusCountsSchema,
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  control: changeControlSchema,
  /** Nothing is sent before: a chosen start, or the end of the hold window; null: at once. */
  startsAt: z.string().nullable(),
  options: changeOptionsSchema,
  /** Null: not sent in waves, or the last wave is under way. */
  wave: z.object({ number: z.number().int(), upToRow: z.number().int() }).nullable(),
  /** Uid of the change that this one takes back. */
  rollbackOf: z.string().nullable(),
});
export type BulkChange = z.infer<typeof bulkChangeSchema>;

export const deviceChangeRowSchema = z.object({
  row: z.number().int(),
  uid: z.string(),
  deviceId: z.number().int(),
  mdn: z.string().nullable(),
  old: identifierPairSchema,
  new: identifierPairSchema,
  status: deviceChangeStatusSchema,
  needsPerson: z.boolean(),
  requestId: z.string().nullable(),
  attempts: z.number().int(),
  error: faultSchema.nullable(),
  disposition: dispositionSchema.nullable(),
  /** When the line was first seen on the network with its new identifiers; null: not yet. */
  seenAt: z.string().nullable(),
  /** Ticked steps of the field checklist; null: the row waits for none. */
  checklist: z.array(fieldStepSchema).nullable(),
});
export type DeviceChangeRow = z.infer<typeof deviceChangeRowSchema>;

export const changeProgressSchema = z.object({
  changeId: z.number().int(),
  status: bulkChangeStatusSchema,
  counts: statusCountsSchema,
});
export type ChangeProgress = z.infer<typeof changeProgressSchema>;

const actSchema = z.object({ changeId: z.number().int(), note: z.string().max(500) });

const retryResultSchema = z.object({
  retried: z.number().int(),
  /** Rows that can't be sent again now, with the reason. */
  refused: z.array(z.object({ row: z.number().int(), why: z.string() })),
});

/** One thing that happened to a row: a request, an answer, a callback, a read-back, the central update. */
const timelineStepSchema = z.object({
  at: z.string(),
  /** As the audit trail names it. */
  action: z.string(),
  stream: z.string(),
  actor: z.string(),
  correlationId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});

const rollbackPlanSchema = z.object({
  total: z.number().int(),
  counts: z.object({
    reversible: z.number().int(),
    conditional: z.number().int(),
    not: z.number().int(),
  }),
  rows: z.array(
    z.object({
      row: z.number().int(),
      mdn: z.string().nullable(),
      from: identifierPairSchema,
      to: identifierPairSchema,
      reversibility: reversibilitySchema,
    }),
  ),
});

const silentLineSchema = z.object({
  changeId: z.number().int(),
  changeName: z.string(),
  row: z.number().int(),
  mdn: z.string().nullable(),
  new: identifierPairSchema,
  confirmedAt: z.string(),
});

export const changes = {
  submit: call(
    'changes.submit',
    z.object({
      draftId: z.number().int(),
      onlyValid: z.boolean(),
      acceptWarnings: z.boolean(),
      /** The plan that was shown: a draft that moved since is refused. */
      planHash: z.string(),
      options: changeOptionsSchema.optional(),
    }),
    z.object({ bulkChangeId: z.number().int(), uid: z.string(), rows: z.number().int(), planHash: z.string() }),
  ),
  list: call('changes.read', pageSchema, z.object({ total: z.number().int(), changes: z.array(bulkChangeSchema) })),
  get: call('changes.read', z.object({ changeId: z.number().int() }), bulkChangeSchema),
  rows: call(
    'changes.read',
    pageSchema.extend({ changeId: z.number().int(), only: deviceChangeStatusSchema.nullable() }),
    z.object({ total: z.number().int(), rows: z.array(deviceChangeRowSchema) }),
  ),
  /** Nothing more of it is sent until it is resumed. */
  pause: call('changes.control', actSchema, bulkChangeSchema),
  resume: call('changes.control', actSchema, bulkChangeSchema),
  /** The row that is being sent ends; nothing else leaves. */
  stop: call('changes.control', actSchema, bulkChangeSchema),
  /** Rows that were not sent are given up; those that were are followed to their end. */
  cancel: call('changes.control', actSchema, z.object({ cancelled: z.number().int(), change: bulkChangeSchema })),
  /** Sends failed rows again, with a read-back first where the last send is unproven. `null` takes them all. */
  retry: call(
    'changes.control',
    z.object({
      changeId: z.number().int(),
      rows: z.array(z.number().int()).nullable(),
      cluster: z.string().nullable(),
    }),
    retryResultSchema,
  ),
  clusters: call('changes.read', z.object({ changeId: z.number().int() }), z.array(failureClusterSchema)),
  eta: call('changes.read', z.object({ changeId: z.number().int() }), etaSchema.nullable()),
  timeline: call(
    'changes.read',
    z.object({ changeId: z.number().int(), row: z.number().int() }),
    z.array(timelineStepSchema),
  ),
  /** What a rollback would do with each row; the act itself is `rollback`. */
  rollbackPlan: call('changes.read', pageSchema.extend({ changeId: z.number().int() }), rollbackPlanSchema),
  rollback: call(
    'changes.submit',
    z.object({ changeId: z.number().int(), rows: z.array(z.number().int()).nullable() }),
    z.object({ bulkChangeId: z.number().int(), uid: z.string(), rows: z.number().int(), left: z.number().int() }),
  ),
  /** Ticks a step of the field checklist; with the last one the row may be sent. */
  tick: call(
    'changes.control',
    z.object({ changeId: z.number().int(), row: z.number().int(), step: fieldStepSchema, done: z.boolean() }),
    deviceChangeRowSchema,
  ),
  /** Confirmed, and not seen on the network since. */
  silent: call(
    'changes.read',
    z.object({ hours: z.number().min(0), limit: z.number().int().min(1).max(500) }),
    z.array(silentLineSchema),
  ),
  progressed: event(changeProgressSchema),
};
