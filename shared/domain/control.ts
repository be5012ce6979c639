import { z } from 'zod';

/**
 * What a person wants of a submitted change, beside its rows' states.
 *
 * `paused`: nothing more is sent until it is resumed. `stopped`: the brake, by a person or by the failure budget: the row
 * that is being sent ends, nothing else leaves, and going on is a decision that is noted. Rows that were sent are
 * followed to their end in every case.
 */
export const changeControlSchema = z.object({
  state: z.enum(['running', 'paused', 'stopped']),
  note: z.string().nullable(),
  by: z.string().nullable(),
  at: z.string().nullable(),
});
export type ChangeControl = z.infer<typeof changeControlSchema>;

/** First so many rows, proven by reading them back; then waves that grow, while few enough rows fail. */
export const canarySchema = z.object({
  firstRows: z.number().int().min(1).max(100_000),
  growth: z.number().min(1).max(100),
  /** Of the rows of a wave, in percent; more stop the change. */
  failureBudgetPercent: z.number().min(0).max(100),
});
export type Canary = z.infer<typeof canarySchema>;

export const DEFAULT_CANARY: Canary = { firstRows: 10, growth: 4, failureBudgetPercent: 10 };

/** How a change is to be sent; chosen when it is submitted. */
export const changeOptionsSchema = z.object({
  /** Nothing is sent before; null: at once. */
  startAt: z.iso.datetime().nullable().default(null),
  /** "Sending soon: stop": so long after it was queued nothing leaves. */
  holdSeconds: z
    .number()
    .int()
    .min(0)
    .max(24 * 3600)
    .default(0),
  canary: canarySchema.nullable().default(null),
  /** A row waits until its steps in the field are ticked. */
  checklist: z.boolean().default(false),
  /** Code of a carrier plan that every line is given by the same call as its new identifier; null: plans stay. */
  carrierPlan: z
    .string()
    .regex(/^[\w .+-]{1,60}$/, 'a plan code of the carrier')
    .nullable()
    .default(null),
  /** Where the snapshot before the swap comes from. The carrier's is fresh, with its history, and costs two calls a row. */
  snapshot: z.enum(['mirror', 'carrier']).default('mirror'),
});
export type ChangeOptions = z.infer<typeof changeOptionsSchema>;
export const NO_OPTIONS: ChangeOptions = changeOptionsSchema.parse({});

/** Verizon's order of the work in the field (Swap Hardware): the call comes last. */
export const FIELD_STEPS = ['power-off', 'swap', 'note-id', 'power-on'] as const;
export const fieldStepSchema = z.enum(FIELD_STEPS);
export type FieldStep = z.infer<typeof fieldStepSchema>;

/** Whether a row can be taken back, and what it depends on. */
export const reversibilitySchema = z.object({
  kind: z.enum(['reversible', 'conditional', 'not']),
  why: z.string(),
});
export type Reversibility = z.infer<typeof reversibilitySchema>;

/** When the rest will have ended: a range, since the carrier's answers take as long as they take. */
export const etaSchema = z.object({
  earliest: z.string(),
  latest: z.string(),
  /** In words: what it rests on. */
  basis: z.string(),
});
export type Eta = z.infer<typeof etaSchema>;

/** Rows that failed alike, with the one thing to do about exactly these. */
export const failureClusterSchema = z.object({
  /** Stands for the set in `changes.retry`. */
  key: z.string(),
  code: z.string(),
  faultClass: z.string(),
  /** What happened, in plain words. */
  cause: z.string(),
  /** What the rows have in common, such as the first digits of their new SIMs. */
  shared: z.object({ attribute: z.string(), value: z.string() }).nullable(),
  rows: z.number().int(),
  /** Numbers of some of them. */
  sample: z.array(z.number().int()),
  action: z.object({
    kind: z.enum(['retry', 'read-back', 'redrive', 'apply-centrally', 'correct', 'ask-carrier', 'unlock', 'add-plan']),
    /** Names its effect with its size. */
    label: z.string(),
  }),
});
export type FailureCluster = z.infer<typeof failureClusterSchema>;
