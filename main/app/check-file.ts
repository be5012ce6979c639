import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock';
import { systemIds } from '../lib/ids';
import { silentLog } from '../lib/logger';
import { openLocalDb } from '../localdb/open';
import { createDraftsService, createDraftWork, type DraftRow } from '../services/drafts';
import { createImportsService, createRowJudge, type ImportRequest, type ImportSummary } from '../services/imports';
import type { ProgramFiles } from './program-files';

/** A list that was only looked at. */
export interface CheckedFile {
  readonly summary: ImportSummary;
  /** The first rows that have a finding of this list; what every row has is no news. */
  readonly problems: readonly DraftRow[];
}

const NOBODY = { userName: 'nobody', role: 'viewer', providerUids: null } as const;

/**
 * Reads and checks a list as an import does, without anybody signed in: by its form and against itself. Lines, scopes and
 * open changes belong to users, so nothing is looked up, and nothing is kept: the work is done in a folder that goes.
 *
 * @throws what an import throws of the file
 */
export async function checkFile(
  program: ProgramFiles,
  request: Omit<ImportRequest, 'providerUid' | 'continueDraftId' | 'createdBy'>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<CheckedFile> {
  const dir = await mkdtemp(join(tmpdir(), 'swapdesk-check-'));
  try {
    const local = await openLocalDb({ file: join(dir, 'local.sqlite') });
    const base = { local, clock: systemClock, ids: systemIds, log: silentLog };
    const imports = createImportsService({ ...base, workerUrl: program.importWorker });
    try {
      const owner = { providerUid: '', continueDraftId: null, createdBy: NOBODY.userName };
      const summary = await imports.importFile({ ...request, ...owner }, { signal });
      const judge = createRowJudge({ read: local.read, clock: systemClock });
      const drafts = createDraftsService({
        ...base,
        judge,
        workFor: createDraftWork({ ...base, judge, workerUrl: program.draftWorker }).workFor,
        audit: { record: () => Promise.resolve() },
        actor: () => NOBODY,
        inCentral: () => Promise.reject(new Error('a checked list goes nowhere')),
      });
      const page = { sort: { by: 'row', direction: 'ascending' }, limit, offset: 0 } as const;
      const problems: DraftRow[] = [];
      for (const verdict of ['error', 'warning'] as const) {
        const filter = { verdict, finding: null, text: '', excluded: 'no' } as const;
        problems.push(...(await drafts.rows(summary.draftId, { ...page, filter })).rows);
      }
      return { summary, problems: problems.slice(0, limit) };
    } finally {
      await imports.close();
      await local.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
