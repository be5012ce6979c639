import { z } from 'zod';
import { changeTypeSchema, identifierPairSchema } from '../domain/change';
import { changeOptionsSchema, reversibilitySchema } from '../domain/control';
import { fieldSchema, findingSchema, verdictSchema } from '../domain/finding';
import { lineStatusSchema } from '../domain/line';
import { overrideSchema } from '../domain/override';
import { call, event } from './define';
import { howReadSchema } from './imports';
import { savedReportSchema } from './reports';

/** How the list of a draft was read. */
export const draftReadingSchema = howReadSchema.extend({
  /** Lines that were blank and left out. */
  blankLines: z.number().int(),
});
export type DraftReading = z.infer<typeof draftReadingSchema>;

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
  /** Rows that are left out: in no other count, judged with no other row, never sent. */
  excluded: z.number().int(),
  /** Finding code → rows that have it and are not left out. */
  findings: z.record(z.string(), z.number().int()),
  mirrorAt: z.string().nullable(),
  /** Null: it was not made of a list, or by an older version. */
  reading: draftReadingSchema.nullable(),
  /** What undo would take back and redo would do again, in words; null: nothing. */
  undo: z.string().nullable(),
  redo: z.string().nullable(),
  /** The draft is being handed over: it can be looked at and taken back, not changed or sent. */
  sharing: z.boolean(),
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
  excluded: z.boolean(),
  /** Fields that a person changed here after the import. */
  edited: z.array(fieldSchema),
  /** Findings that somebody took responsibility for; they stay in `findings` and no longer count for the verdict. */
  overrides: z.array(overrideSchema),
  /** Cells as they were read or typed, where that differs from what is shown: an editor begins with these. */
  cells: z.partialRecord(fieldSchema, z.string()),
});
export type DraftRow = z.infer<typeof draftRowSchema>;

const plannedRequestSchema = z.object({
  row: z.number().int(),
  /** `delete` removes the deactivated line that holds the new identifier, right before the swap. */
  purpose: z.enum(['delete', 'swap']),
  method: z.enum(['PUT', 'POST']),
  path: z.string(),
  body: z.unknown(),
  /** Rows of the list that must be processed before. */
  after: z.array(z.number().int()),
  reversibility: reversibilitySchema,
});

export const draftPlanSchema = z.object({
  draftId: z.number().int(),
  rows: z.number().int(),
  deletes: z.number().int(),
  skipped: z.number().int(),
  /** Rows that wait for one that is not sent: they stay in the draft. */
  leftOut: z.array(z.object({ row: z.number().int(), line: z.number().int(), why: z.string() })),
  nothingToDo: z.number().int(),
  /** In the order of sending. */
  requests: z.array(plannedRequestSchema),
  reversibility: z.object({ reversible: z.number().int(), conditional: z.number().int(), not: z.number().int() }),
  quotas: z.object({
    planChanges: z.number().int(),
    planChangesAMonth: z.number().int(),
    actionsADay: z.number().int(),
    linesAtLimit: z.number().int(),
  }),
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

const choice = {
  onlyValid: z.boolean(),
  acceptWarnings: z.boolean(),
  carrierPlan: changeOptionsSchema.shape.carrierPlan,
};
const draftId = z.object({ draftId: z.number().int() });

export const draftFilterSchema = z.object({
  verdict: verdictSchema.nullable(),
  /** The exact code of a finding. */
  finding: z.string().max(60).nullable(),
  /** Part of an identifier, a name, a note or a finding's sentence. */
  text: z.string().max(200),
  excluded: z.enum(['no', 'only', 'any']),
});
export type DraftFilter = z.infer<typeof draftFilterSchema>;

export const draftSortSchema = z.object({
  by: z.enum(['row', 'verdict', ...fieldSchema.options]),
  direction: z.enum(['ascending', 'descending']),
});

/** Rows by their numbers, or all that a filter lets through. */
export const rowTargetSchema = z.union([
  z.object({ rows: z.array(z.number().int().min(1)).min(1).max(10_000) }),
  z.object({ filter: draftFilterSchema }),
]);
export type RowTarget = z.infer<typeof rowTargetSchema>;

/** A cell that a person types: as long as the longest field may be, with room for what is to be told about it. */
const cellSchema = z.string().max(500);
const typedRowSchema = z.partialRecord(fieldSchema, cellSchema);
const newDraftSchema = z.object({
  name: z.string().min(1).max(200),
  providerUid: z.string(),
  changeType: changeTypeSchema,
});

const movedSchema = z.object({
  draft: draftSchema,
  /** Rows whose verdict or findings are others now: the changed ones and those that share something with them. */
  moved: z.number().int(),
  /** The first of them, as they are now. */
  rows: z.array(draftRowSchema),
  /** What was done, in words. */
  done: z.string(),
});
export type DraftMoved = z.infer<typeof movedSchema>;

const countsSchema = z.object({ valid: z.number().int(), warning: z.number().int(), error: z.number().int() });
const fixSchema = z.object({
  code: z.string(),
  /** Rows whose fix is proven, and rows with the finding that only a person can judge. */
  fixable: z.number().int(),
  left: z.number().int(),
  /** What the fix does, in words. */
  words: z.string(),
  before: countsSchema.extend({ withFinding: z.number().int() }),
  /** Null in a preview: what the rest of the list makes of it is known when it is done. */
  after: countsSchema.extend({ withFinding: z.number().int() }).nullable(),
  draft: draftSchema,
});

const differenceSchema = z.object({
  row: z.number().int(),
  line: z.number().int(),
  before: z.object({ verdict: verdictSchema, codes: z.array(z.string()) }),
  after: z.object({ verdict: verdictSchema, codes: z.array(z.string()) }),
});
const recheckSchema = z.object({
  draft: draftSchema,
  /** Rows that were checked again: those whose lines, targets or names changed in the mirror since. */
  checked: z.number().int(),
  moved: z.number().int(),
  /** Of them, rows whose verdict is another one. */
  verdictsMoved: z.number().int(),
  /** The first of the rows whose verdict or findings are others now. */
  differences: z.array(differenceSchema),
});

/** A draft that waits in the central database for somebody to go on with it. */
export const sharedDraftSchema = z.object({
  uid: z.string(),
  name: z.string(),
  providerUid: z.string(),
  providerName: z.string(),
  changeType: changeTypeSchema,
  rows: z.number().int(),
  note: z.string(),
  sharedBy: z.string(),
  sharedAt: z.string(),
});
export type SharedDraft = z.infer<typeof sharedDraftSchema>;

export const drafts = {
  list: call('drafts.edit', z.null(), z.array(draftSchema)),
  get: call('drafts.edit', draftId, draftSchema),
  rows: call(
    'drafts.edit',
    pageSchema.extend({ draftId: z.number().int(), filter: draftFilterSchema, sort: draftSortSchema }),
    z.object({ total: z.number().int(), rows: z.array(draftRowSchema) }),
  ),
  /** Types into one cell; the row is checked at once, and with it every row that shares something with it. */
  editCell: call(
    'drafts.edit',
    z.object({ draftId: z.number().int(), row: z.number().int(), field: fieldSchema, value: cellSchema }),
    movedSchema,
  ),
  /** One finding mended in all rows where the fix is proven. */
  fixAll: call(
    'drafts.edit',
    z.object({ draftId: z.number().int(), code: z.string().max(60), preview: z.boolean() }),
    fixSchema,
  ),
  exclude: call('drafts.edit', z.object({ draftId: z.number().int(), target: rowTargetSchema }), movedSchema),
  include: call('drafts.edit', z.object({ draftId: z.number().int(), target: rowTargetSchema }), movedSchema),
  undo: call('drafts.edit', draftId, movedSchema),
  redo: call('drafts.edit', draftId, movedSchema),
  /** Takes responsibility for a finding; who may is told by `overridableBy` in shared/domain/override. */
  override: call(
    'drafts.edit',
    z.object({
      draftId: z.number().int(),
      target: rowTargetSchema,
      code: z.string().max(60),
      reason: z.string().min(3).max(500),
    }),
    movedSchema,
  ),
  /** Rows from the form, from pasted lines or from the scanner, at the end of a draft or in a new one. */
  addRows: call(
    'drafts.edit',
    z.object({
      into: z.union([draftId, newDraftSchema]),
      rows: z.array(typedRowSchema).min(1).max(5_000),
    }),
    movedSchema,
  ),
  /** Types into cells of many rows as one act: new identifiers that were pasted or scanned for rows that wait for them. */
  fillIn: call(
    'drafts.edit',
    z.object({
      draftId: z.number().int(),
      rows: z
        .array(z.object({ row: z.number().int().min(1), cells: typedRowSchema }))
        .min(1)
        .max(10_000),
    }),
    movedSchema,
  ),
  /** A new draft with one row for each of these lines; the new identifiers are filled in afterwards. */
  fromLines: call(
    'drafts.edit',
    newDraftSchema.extend({
      lines: z.union([
        z.object({ ids: z.array(z.number().int()).min(1).max(10_000) }),
        z.object({
          text: z.string().max(200),
          status: lineStatusSchema.nullable(),
          customer: z.string().max(200).nullable(),
          ratePlan: z.string().max(200).nullable(),
        }),
      ]),
    }),
    draftSchema,
  ),
  copy: call('drafts.edit', z.object({ draftId: z.number().int(), name: z.string().min(1).max(200) }), draftSchema),
  /** Checks again what changed in the mirror since the last check, and lists the differences. */
  recheck: call('drafts.edit', draftId, recheckSchema),
  /** Hands the draft over: it leaves this desktop for the central database, where one permitted user takes it. */
  share: call('drafts.edit', z.object({ draftId: z.number().int(), note: z.string().max(500) }), z.null()),
  shared: call('drafts.edit', z.null(), z.array(sharedDraftSchema)),
  takeOver: call('drafts.edit', z.object({ uid: z.string() }), draftSchema),
  /** The dry run; the screen gets the first requests, the hash covers all. */
  plan: call('drafts.edit', z.object({ draftId: z.number().int(), ...choice }), draftPlanSchema),
  rename: call('drafts.edit', z.object({ draftId: z.number().int(), name: z.string().min(1).max(200) }), z.null()),
  remove: call('drafts.edit', draftId, z.null()),
  /**
   * Saves the rows with these verdicts, with their reasons, for correcting them elsewhere; importing the file goes on with
   * the draft. Null: the person left the dialog.
   */
  exportProblems: call(
    'drafts.edit',
    z.object({
      draftId: z.number().int(),
      verdicts: z.array(verdictSchema).min(1).max(3),
      format: z.enum(['csv', 'xlsx']),
    }),
    savedReportSchema.nullable(),
  ),
  listChanged: event(z.null()),
};
