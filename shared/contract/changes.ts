import { z } from 'zod';
import {
  bulkChangeStatusSchema,
  changeTypeSchema,
  deviceChangeStatusSchema,
  dispositionSchema,
  identifierPairSchema,
  statusCountsSchema,
} from '../domain/change';
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
});
export type DeviceChangeRow = z.infer<typeof deviceChangeRowSchema>;

export const changeProgressSchema = z.object({
  changeId: z.number().int(),
  status: bulkChangeStatusSchema,
  counts: statusCountsSchema,
});
export type ChangeProgress = z.infer<typeof changeProgressSchema>;

export const changes = {
  submit: call(
    'changes.submit',
    z.object({
      draftId: z.number().int(),
      onlyValid: z.boolean(),
      acceptWarnings: z.boolean(),
      /** The plan that was shown: a draft that moved since is refused. */
      planHash: z.string(),
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
  progressed: event(changeProgressSchema),
};
