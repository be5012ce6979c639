import { SURE, type Encoding, type ImportColumn, type Look, type MappedColumn } from '../../../shared/contract/imports';
import type { ChangeType } from '../../../shared/domain/change';
import { fieldSchema, type Field } from '../../../shared/domain/finding';
import { continuationOf } from '../../../shared/domain/problem-list';
import { isoTime } from '../../lib/clock';
import type { ReadDb } from '../../localdb/types';
import { findHeadingRow, headingKeys, isBlank, numberedHeadings, proposeColumns } from './columns.rules';
import { findMapping, type SavedMapping } from './mappings.repo';
import { draftHeadings } from './sources.repo';
import { refuseFile } from './refusals';
import type { Source } from './opened-source';
import type { FoundReading } from './types';

/** Where the list begins in a file, and what its columns are. */
export interface Layout {
  /** From 1; 0: the list has no headings. */
  readonly headingRow: number;
  /** Rows of the list that were looked at. */
  readonly sample: readonly (readonly string[])[];
  readonly columns: readonly ImportColumn[];
  /** As somebody mapped such a file before; null: nobody did, or the file says itself what it is. */
  readonly saved: SavedMapping | null;
  /** The list is the exported problem list of a draft. */
  readonly continuation: { readonly draftUid: string; readonly column: number } | null;
}

export interface LayoutRequest {
  readonly sourceName: string;
  readonly providerUid: string;
  readonly changeType: ChangeType | null;
  readonly look: Look;
  readonly map: readonly MappedColumn[];
}

/** @throws failed `file-empty`, `row-too-long`, `heading-row-missing`; usage `heading-unknown` */
export async function readLayout(db: ReadDb, source: Source, request: LayoutRequest): Promise<Layout> {
  const { head } = source;
  if (head.every(isBlank)) throw nothingThere(source);
  const headingRow = request.look.headingRow ?? findHeadingRow(head, request) + 1;
  if (headingRow > head.length) {
    throw refuseFile('heading-row-missing', request.sourceName, `row ${headingRow} is not among its first rows`);
  }
  const sample = head.slice(headingRow);
  const headings = headingRow === 0 ? numberedHeadings(sample) : (head[headingRow - 1] ?? []);
  const continuation = continuationOf(headings);
  if (continuation !== null) {
    const fields = await fieldsOfDraft(db, continuation.draftUid, headings);
    const columns = proposeColumns(headings, sample, { ...request, saved: fields });
    return { headingRow, sample, columns, saved: null, continuation };
  }
  const saved = await findMapping(db, request.providerUid, headingKeys(headings));
  const columns = proposeColumns(headings, sample, { ...request, ...(saved === null ? {} : { saved: saved.fields }) });
  return { headingRow, sample, columns, saved, continuation };
}

/** In the exported list of a draft every heading is one of the draft's own, a field's name, or of no meaning. */
async function fieldsOfDraft(
  db: ReadDb,
  draftUid: string,
  headings: readonly string[],
): Promise<ReadonlyMap<string, Field | null>> {
  const own = new Map<string, Field>();
  for (const [field, heading] of Object.entries(await draftHeadings(db, draftUid))) {
    const [key = ''] = headingKeys([heading]);
    own.set(key, fieldSchema.parse(field));
  }
  return new Map(
    headingKeys(headings).map((key) => {
      const field = fieldSchema.safeParse(fieldSchema.options.find((name) => name.toLowerCase() === key));
      return [key, own.get(key) ?? (field.success ? field.data : null)];
    }),
  );
}

function nothingThere({ headIsWhole, sourceName, format }: Source): Error {
  if (headIsWhole) return refuseFile('file-empty', sourceName);
  return format === 'csv'
    ? refuseFile('row-too-long', sourceName)
    : refuseFile('file-empty', sourceName, 'its first 200 rows are blank');
}

/** How the file was read, for the person. */
export function readingOf(source: Source, layout: Layout, encoding: Encoding | null): FoundReading {
  const { saved } = layout;
  return {
    format: source.format,
    encoding,
    delimiter: source.delimiter,
    sheet: source.sheet,
    headingRow: layout.headingRow,
    columns: layout.columns,
    savedMapping: saved === null ? null : { at: isoTime(saved.atMs), by: saved.by },
  };
}

/** Whether a person should look at the columns: one of them is unknown, or only guessed. */
export function isUnanswered({ heading, samples, why, confidence }: ImportColumn): boolean {
  const isThere = heading.trim() !== '' || samples.length > 0;
  return isThere && (why === 'none' || confidence < SURE);
}
