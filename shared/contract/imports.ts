import { z } from 'zod';
import { changeTypeSchema } from '../domain/change';
import { fieldSchema } from '../domain/finding';
import { call, event } from './define';
import { savedReportSchema } from './reports';

/** A file the person dropped, chose or pasted. Main knows the path; the screen only this id, the name and the size. */
export const importSourceSchema = z.object({ sourceId: z.string(), name: z.string(), sizeBytes: z.number() });
export type ImportSource = z.infer<typeof importSourceSchema>;

/** The encodings that lists come in; detected, and changeable where the guess is wrong. */
export const encodingSchema = z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1']);
export type Encoding = z.infer<typeof encodingSchema>;
export const delimiterSchema = z.enum([',', ';', '\t', '|']);
export type Delimiter = z.infer<typeof delimiterSchema>;

/** How the file is to be read; null: as found. */
export const lookSchema = z.object({
  encoding: encodingSchema.nullable(),
  delimiter: delimiterSchema.nullable(),
  /** Name of the sheet of a workbook. */
  sheet: z.string().max(200).nullable(),
  /** Row of the headings, from 1, blank rows counted; 0: the file has none. */
  headingRow: z.number().int().min(0).max(1_000).nullable(),
});
export type Look = z.infer<typeof lookSchema>;
export const AS_FOUND: Look = { encoding: null, delimiter: null, sheet: null, headingRow: null };

/** What a column means, by its heading or its place from 0; a null field: leave the column out. */
export const mappedColumnSchema = z.object({
  column: z.union([z.number().int().min(0), z.string().min(1).max(200)]),
  field: fieldSchema.nullable(),
});
export type MappedColumn = z.infer<typeof mappedColumnSchema>;

const columnSchema = z.object({
  /** Place in the file, from 0. */
  column: z.number().int(),
  heading: z.string(),
  /** The first cells that are not blank. */
  samples: z.array(z.string()),
  /** Null: left out. */
  field: fieldSchema.nullable(),
  /** 0 to 1: how sure the proposal is. From `SURE` on it is taken without asking. */
  confidence: z.number().min(0).max(1),
  /** Where the proposal comes from. */
  why: z.enum(['mapped', 'saved', 'heading', 'similar', 'content', 'none']),
});
export type ImportColumn = z.infer<typeof columnSchema>;

/** A proposal from this confidence on needs no question. */
export const SURE = 0.8;

const sameContentSchema = z.object({
  kind: z.enum(['draft', 'change']),
  id: z.number().int(),
  name: z.string(),
  at: z.string(),
  by: z.string(),
});
export type SameContent = z.infer<typeof sameContentSchema>;

/** How a list stands in its file. */
export const howReadSchema = z.object({
  format: z.enum(['csv', 'xlsx']),
  /** Null in a workbook. */
  encoding: encodingSchema.nullable(),
  delimiter: delimiterSchema.nullable(),
  sheet: z.string().nullable(),
  /** From 1; 0: none. */
  headingRow: z.number().int(),
});
export type HowRead = z.infer<typeof howReadSchema>;

/** How a file was or would be read, in the words of a person. */
const readingSchema = howReadSchema.extend({
  columns: z.array(columnSchema),
  /** The mapping that somebody made for such a file before. */
  savedMapping: z.object({ at: z.string(), by: z.string() }).nullable(),
  /** Drafts and changes that were made of a file with the very same content: a notice, never a block. */
  sameContent: z.array(sameContentSchema),
  /** The file is the exported problem list of this draft: it goes on there. */
  continues: z.object({ draftId: z.number().int(), name: z.string() }).nullable(),
});
export type ImportReading = z.infer<typeof readingSchema>;

const previewSchema = readingSchema.extend({
  /** What the other encodings would make of the first line that tells them apart; empty when none does. */
  encodings: z.array(z.object({ encoding: encodingSchema, sample: z.string() })),
  sheets: z.array(z.object({ name: z.string(), hidden: z.boolean() })),
  /** The first rows as they stand, for choosing the heading. */
  head: z.array(z.object({ row: z.number().int(), cells: z.array(z.string()) })),
  /** What the list would change; null: the columns do not say. */
  changeType: changeTypeSchema.nullable(),
  /** What keeps the list from being imported as its columns are mapped now, in a sentence; null: nothing. */
  problem: z.string().nullable(),
  /** False: every heading is known, and the import can start without a question. */
  needsMapping: z.boolean(),
});
export type ImportPreview = z.infer<typeof previewSchema>;

/** Apply to every row that names none. */
const defaultsSchema = z.object({
  customer: z.string().max(200).nullable(),
  ratePlan: z.string().max(200).nullable(),
  ratePool: z.string().max(200).nullable(),
  /** YYYY-MM-DD */
  effectiveDate: z.string().max(40).nullable(),
});
export type ImportDefaults = z.infer<typeof defaultsSchema>;

const importSummarySchema = z.object({
  draftId: z.number().int(),
  uid: z.string(),
  rows: z.number().int(),
  valid: z.number().int(),
  warning: z.number().int(),
  error: z.number().int(),
  findings: z.record(z.string(), z.number().int()),
  /** Lines that were blank and left out. */
  blankLines: z.number().int(),
  /** Rows of an earlier draft that the file replaced; null: the draft is new. */
  replaced: z.number().int().nullable(),
  reading: readingSchema,
});

export const importProgressSchema = z.object({
  sourceId: z.string(),
  bytesRead: z.number(),
  bytesTotal: z.number(),
  rows: z.number().int(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

const question = {
  sourceId: z.string(),
  providerUid: z.string(),
  changeType: changeTypeSchema.nullable(),
  look: lookSchema,
  /** Columns that the person decided about; the others are proposed. */
  map: z.array(mappedColumnSchema).max(1_000),
};

/** Longest text that can be pasted, in characters. */
export const LONGEST_PASTE = 4 * 1024 * 1024;

export const imports = {
  /** The sample files that ship with the product, for training. */
  sample: call('drafts.edit', z.object({ which: z.enum(['clean', 'damaged']) }), importSourceSchema),
  /** Text from the clipboard becomes a source like a file. */
  paste: call('drafts.edit', z.object({ text: z.string().min(1).max(LONGEST_PASTE) }), importSourceSchema),
  /** Reads the beginning and says how the file would be read. Stores nothing. */
  preview: call('drafts.edit', z.object(question), previewSchema),
  /** An explicit `map` is remembered for files of the provider with the same headings. */
  start: call(
    'drafts.edit',
    z.object({
      ...question,
      defaults: defaultsSchema,
      /** Null: a new draft, or the draft that the file itself names. */
      continueDraftId: z.number().int().nullable(),
    }),
    importSummarySchema,
  ),
  cancel: call('drafts.edit', z.object({ sourceId: z.string() }), z.null()),
  /** Saves an empty list with the right headings and an example, for filling in elsewhere. Null: the person left the dialog. */
  template: call(
    'drafts.edit',
    z.object({ changeType: changeTypeSchema, format: z.enum(['csv', 'xlsx']) }),
    savedReportSchema.nullable(),
  ),
  progressed: event(importProgressSchema),
};
