import { z } from 'zod';
import { changeTypeSchema, identifierPairSchema } from '../domain/change';
import { findingSchema, verdictSchema } from '../domain/finding';
import { call, event } from './define';

export const draftSchema = z.object({
  id: z.number().int(),
  uid: z.string(),
  name: z.string(),
  providerUid: z.string(),
  providerName: z.string(),
  changeType: changeTypeSchema,
  sourceName: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  rows: z.number().int(),
  valid: z.number().int(),
  warning: z.number().int(),
  error: z.number().int(),
  findings: z.record(z.string(), z.number().int()),
  mirrorAt: z.string().nullable(),
});
export type Draft = z.infer<typeof draftSchema>;

export const draftRowSchema = z.object({
  row: z.number().int(),
  line: z.number().int(),
  verdict: verdictSchema,
  deviceId: z.number().int().nullable(),
  mdn: z.string().nullable(),
  old: identifierPairSchema,
  new: identifierPairSchema,
  customer: z.string().nullable(),
  ratePlan: z.string().nullable(),
  ratePool: z.string().nullable(),
  effectiveDate: z.string().nullable(),
  note: z.string().nullable(),
  findings: z.array(findingSchema),
});
export type DraftRow = z.infer<typeof draftRowSchema>;

export const draftPlanSchema = z.object({
  draftId: z.number().int(),
  rows: z.number().int(),
  skipped: z.number().int(),
  requests: z.array(
    z.object({ row: z.number().int(), method: z.enum(['PUT', 'POST']), path: z.string(), body: z.unknown() }),
  ),
  planHash: z.string(),
  expectedSeconds: z.object({ least: z.number(), most: z.number() }),
});
export type DraftPlan = z.infer<typeof draftPlanSchema>;

/** The screen asks for pages, never for a whole table. */
export const PAGE_LIMIT = 500;
export const pageSchema = z.object({
  limit: z.number().int().min(1).max(PAGE_LIMIT),
  offset: z.number().int().min(0),
});

const choice = { onlyValid: z.boolean(), acceptWarnings: z.boolean() };

export const drafts = {
  list: call('drafts.edit', z.null(), z.array(draftSchema)),
  get: call('drafts.edit', z.object({ draftId: z.number().int() }), draftSchema),
  rows: call(
    'drafts.edit',
    pageSchema.extend({
      draftId: z.number().int(),
      only: verdictSchema.nullable(),
      text: z.string().max(200),
    }),
    z.object({ total: z.number().int(), rows: z.array(draftRowSchema) }),
  ),
  /** The dry run; the screen gets the first requests, the hash covers all. */
  plan: call('drafts.edit', z.object({ draftId: z.number().int(), ...choice }), draftPlanSchema),
  rename: call('drafts.edit', z.object({ draftId: z.number().int(), name: z.string().min(1).max(200) }), z.null()),
  remove: call('drafts.edit', z.object({ draftId: z.number().int() }), z.null()),
  listChanged: event(z.null()),
};
