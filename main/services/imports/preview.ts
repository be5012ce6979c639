import { createHash } from 'node:crypto';
import type { ImportPreview, SameContent } from '../../../shared/contract/imports';
import { SwapdeskError } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';
import type { ReadDb } from '../../localdb/types';
import { settleColumns } from './columns.rules';
import { isUnanswered, readingOf, readLayout, type Layout } from './layout';
import { openSource } from './source';
import { draftOfList, findSameSource } from './sources.repo';
import { openFile, readBytes } from './text-chunks';
import type { PreviewRequest } from './types';

const SHOWN_ROWS = 20;
const SHOWN_CELLS = 50;
const LONGEST_SHOWN = 80;

/** How a file would be read; nothing is stored. Only its beginning is parsed, and all of it is hashed. */
export async function previewFile(db: ReadDb, request: PreviewRequest): Promise<ImportPreview> {
  const source = await openSource(request.file, request.sourceName, request.look);
  try {
    const layout = await readLayout(db, source, request);
    const sha256 = await hashOf(request);
    const settled = settle(layout, request);
    const draft = layout.continuation === null ? null : await draftOfList(db, layout.continuation.draftUid);
    const reading = readingOf(source, layout, source.encoding);
    return {
      ...reading,
      columns: [...reading.columns],
      sameContent: await sameContentAs(db, request.providerUid, sha256, null),
      continues: draft === null ? null : { draftId: draft.id, name: draft.name },
      encodings: [...source.encodings],
      sheets: [...source.sheets],
      head: source.head
        .slice(0, SHOWN_ROWS)
        .map((cells, index) => ({ row: index + 1, cells: cells.slice(0, SHOWN_CELLS).map(shortened) })),
      changeType: settled.changeType,
      problem: settled.problem,
      needsMapping:
        layout.continuation === null && (settled.problem !== null || layout.columns.some((one) => isUnanswered(one))),
    };
  } finally {
    await source.close();
  }
}

function settle(layout: Layout, request: PreviewRequest): Pick<ImportPreview, 'changeType' | 'problem'> {
  // A corrected list changes what its draft changes.
  if (layout.continuation !== null) return { changeType: request.changeType, problem: null };
  try {
    return { changeType: settleColumns(layout.columns, layout.sample, request).changeType, problem: null };
  } catch (error) {
    if (!(error instanceof SwapdeskError)) throw error;
    return { changeType: request.changeType, problem: `${error.story.what}.` };
  }
}

async function hashOf({ file, sourceName }: PreviewRequest): Promise<string> {
  const opened = await openFile(file, sourceName);
  try {
    const hash = createHash('sha256');
    for await (const bytes of readBytes(opened)) hash.update(bytes);
    return hash.digest('hex');
  } finally {
    await opened.handle.close();
  }
}

/** Drafts and changes of the same provider that came from a file with this content. */
export async function sameContentAs(
  db: ReadDb,
  providerUid: string,
  sha256: string,
  exceptDraftUid: string | null,
): Promise<SameContent[]> {
  const found = await findSameSource(db, providerUid, sha256, exceptDraftUid);
  return found.map(({ atMs, ...same }) => ({ ...same, at: isoTime(atMs) }));
}

function shortened(cell: string): string {
  return cell.length > LONGEST_SHOWN ? `${cell.slice(0, LONGEST_SHOWN - 1)}…` : cell;
}
