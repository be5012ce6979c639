import { z } from 'zod';
import { deviceChangeStatusSchema, identifierPairSchema } from '../domain/change';
import { faultSchema } from '../domain/fault';
import { jobMessageSchema } from '../domain/job';
import { call } from './define';
import { pageSchema } from './drafts';

const providerHoldSchema = z.object({
  providerUid: z.string(),
  /** `paused` by a person, on every desk when `everywhere`; `stopped` by the carrier's refusal. */
  kind: z.enum(['paused', 'stopped']),
  code: z.string(),
  message: z.string(),
  since: z.string(),
  everywhere: z.boolean(),
});

export const queueStatsSchema = z.object({
  waiting: z.number().int(),
  working: z.number().int(),
  delayed: z.number().int(),
  dead: z.number().int(),
  oldestWaitingAt: z.string().nullable(),
  byProvider: z.array(
    z.object({
      provider: z.string(),
      waiting: z.number().int(),
      working: z.number().int(),
      dead: z.number().int(),
      paused: z.boolean(),
    }),
  ),
  /** Who processes this data folder; null: nobody does now. */
  worker: z.object({ holder: z.string(), since: z.string(), lastBeatAt: z.string() }).nullable(),
  /** Jobs are due, and nobody has taken any for a while. */
  nobodyWorks: z.boolean(),
  holds: z.array(providerHoldSchema),
});
export type QueueStats = z.infer<typeof queueStatsSchema>;

/** `everywhere` false: the central database could not be told, so only this desk knows. */
const holdResultSchema = z.object({ everywhere: z.boolean() });

const filterSchema = z.object({
  providerUid: z.string().nullable(),
  code: z.string().nullable(),
  changeId: z.number().int().nullable(),
});

export const deadLetterSchema = z.object({
  jobId: z.number().int(),
  changeId: z.number().int(),
  changeName: z.string(),
  provider: z.string(),
  row: z.number().int().nullable(),
  mdn: z.string().nullable(),
  old: identifierPairSchema,
  new: identifierPairSchema,
  status: deviceChangeStatusSchema.nullable(),
  attempts: z.number().int(),
  deadAt: z.string(),
  fault: faultSchema.nullable(),
  /** As it travels; null: it can't be read, `rawMessage` shows it. */
  message: jobMessageSchema.nullable(),
  rawMessage: z.string(),
  history: z.array(z.record(z.string(), z.unknown())),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

const redriveResultSchema = z.object({
  redriven: z.number().int(),
  refused: z.array(z.object({ jobId: z.number().int(), why: z.string() })),
});

/** Which dead letters: named ones, those that a filter finds, or every one. */
export const deadLetterChoiceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('selected'), jobIds: z.array(z.number().int()).min(1).max(10_000) }),
  z.object({ kind: z.literal('filtered'), filter: filterSchema }),
  z.object({ kind: z.literal('all') }),
]);
export type DeadLetterChoice = z.infer<typeof deadLetterChoiceSchema>;

export const queue = {
  stats: call('queue.read', z.null(), queueStatsSchema),
  dead: call(
    'queue.read',
    pageSchema.extend(filterSchema.shape),
    z.object({ total: z.number().int(), letters: z.array(deadLetterSchema) }),
  ),
  /** `perMinute` spreads them; null: at the provider's own pace. An unproven send is read back first. */
  redrive: call(
    'queue.manage',
    z.object({ choice: deadLetterChoiceSchema, perMinute: z.number().int().min(1).max(100_000).nullable() }),
    redriveResultSchema,
  ),
  /** Corrects the new identifiers of a dead letter's row before it is sent again; audited. */
  edit: call(
    'queue.manage',
    z.object({ jobId: z.number().int(), new: identifierPairSchema, reason: z.string().min(1).max(500) }),
    deadLetterSchema,
  ),
  /** Gives the rows up; they end as errors, and a late proof of the carrier still corrects them. */
  discard: call(
    'queue.manage',
    z.object({ choice: deadLetterChoiceSchema, reason: z.string().min(1).max(500) }),
    z.object({ discarded: z.number().int() }),
  ),
  pause: call('queue.manage', z.object({ providerUid: z.string(), note: z.string().max(500) }), holdResultSchema),
  resume: call('queue.manage', z.object({ providerUid: z.string(), note: z.string().max(500) }), holdResultSchema),
};
