import { Worker } from 'node:worker_threads';
import { SURE } from '../../../shared/contract/imports';
import { workFailed, type SwapdeskError } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import { isDeadWork } from '../../lib/dead-work';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { fromThreadFault } from '../../lib/thread-call';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { DraftsService } from '../drafts/types';
import { headingKeys } from './columns.rules';
import type { CancelMessage, ImportJob, ImportMessage, ImportOutcome } from './import.messages';
import { finishDraft, portalOf, removeUnfinishedChunk, unfinishedDrafts } from './imports.repo';
import { saveMapping } from './mappings.repo';
import { previewFile, sameContentAs } from './preview';
import { rememberSource } from './sources.repo';
import { refuseFile } from './refusals';
import { writeTemplate } from './template';
import type { ImportProgress, ImportRequest, ImportsService, ImportSummary } from './types';

export interface ImportsDeps {
  readonly local: LocalDb;
  /** The built file of main/workers/import-worker.ts. */
  readonly workerUrl: URL;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uid'>;
  readonly log: Log;
  readonly audit?: Pick<AuditService, 'record'>;
  /** Puts corrected rows into the draft that they were exported from. */
  readonly drafts?: Pick<DraftsService, 'get' | 'editRows'>;
}

/** After a cancel the worker ends with its chunk; one that hangs in the file system is waited for no longer. */
const CANCEL_GRACE_MS = 10_000;

/**
 * Room for new objects. A chunk's rows must find place in it until they are stored: with the usual 48 MB each is copied
 * several times before it dies, which took a quarter of the whole import.
 */
const YOUNG_MB = 192;

/**
 * Imports files in a worker thread with a database handle of its own. Chunks go into a draft that nobody sees; one small
 * transaction at the end makes it visible, together with its audit entry. What dead imports left behind is removed when
 * the service is made.
 */
export function createImportsService(deps: ImportsDeps): ImportsService & {
  /** Stops what is running and waits for it; before the database is closed. */
  close(): Promise<void>;
} {
  const running = new Map<string, Promise<unknown>>();
  const stop = new AbortController();
  const cleaned = removeLeftovers(deps, running).catch((error: unknown) => {
    deps.log.warn('leftovers of dead imports stay for now', { reason: String(error) });
  });

  const importAs = async (uid: string, request: ImportRequest, options: ImportOptions): Promise<ImportSummary> => {
    await cleaned;
    try {
      if (options.signal.aborted) throw refuseFile('import-cancelled', request.sourceName);
      const outcome = await inWorker(deps, request, uid, options);
      return outcome.kind === 'new' ? await finish(deps, request, uid, outcome) : await goOn(deps, request, outcome);
    } catch (error) {
      await removeDraft(deps, uid);
      throw error;
    }
  };

  return {
    preview: (request) => previewFile(deps.local.read, request),
    writeTemplate,
    async importFile(request, { signal, onProgress } = {}) {
      const uid = deps.ids.uid();
      const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      const result = importAs(uid, request, { signal: either, ...(onProgress === undefined ? {} : { onProgress }) });
      running.set(
        uid,
        result.catch(() => undefined),
      );
      try {
        return await result;
      } finally {
        running.delete(uid);
      }
    },
    async close() {
      stop.abort();
      await Promise.all([cleaned, ...running.values()]);
    },
  };
}

interface ImportOptions {
  readonly signal: AbortSignal;
  onProgress?(progress: ImportProgress): void;
}

function inWorker(
  deps: ImportsDeps,
  request: ImportRequest,
  uid: string,
  options: ImportOptions,
): Promise<ImportOutcome> {
  const { signal } = options;
  const job: ImportJob = {
    databaseFile: deps.local.file,
    request,
    uid,
    createdAtMs: deps.clock.now(),
    pid: process.pid,
  };
  // An empty environment: the thread needs nothing of it, least of all secrets. It is never terminated: sqlite3 aborts
  // the whole process when its thread goes while it closes a file.
  const worker = new Worker(deps.workerUrl, {
    workerData: job,
    env: {},
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  let last: ImportMessage | undefined;
  let stopTimer: (() => void) | undefined;
  return new Promise<ImportOutcome>((resolve, reject) => {
    const cancel = (): void => {
      worker.postMessage({ kind: 'cancel' } satisfies CancelMessage);
      stopTimer = deps.clock.after(CANCEL_GRACE_MS, () => {
        worker.unref();
        reject(refuseFile('import-cancelled', request.sourceName));
      });
    };
    signal.addEventListener('abort', cancel, { once: true });
    worker.on('message', (message: ImportMessage) => {
      if (message.kind === 'progress') options.onProgress?.(message);
      else last = message;
    });
    worker.on('error', (error) => reject(workerDied(request, error)));
    worker.on('exit', () => {
      signal.removeEventListener('abort', cancel);
      stopTimer?.();
      if (last?.kind === 'done') resolve(last.outcome);
      else reject(last === undefined || last.kind === 'progress' ? workerDied(request) : fromThreadFault(last));
    });
  });
}

/** Most often the machine has run out of memory: the thread can't say so itself. */
function workerDied(request: ImportRequest, cause?: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'import-worker-died',
      what: 'The import ended unexpectedly; nothing was kept',
      where: request.sourceName,
      ...(cause instanceof Error ? { why: cause.message } : {}),
      todo: 'Close other programs and try again; if it happens again, split the file.',
    },
    cause,
  );
}

async function finish(
  deps: ImportsDeps,
  request: ImportRequest,
  uid: string,
  { draftId, totals, reading }: Extract<ImportOutcome, { kind: 'new' }>,
): Promise<ImportSummary> {
  const { rows, valid, warning, error, findings, blankLines, sha256 } = totals;
  const atMs = deps.clock.now();
  const source = { draftUid: uid, providerUid: request.providerUid, sha256, atMs, by: request.createdBy };
  await deps.local.write(async (trx) => {
    const isThere = await finishDraft(trx, draftId, totals, deps.clock.now());
    if (!isThere) throw workerDied(request);
    await rememberSource(trx, source);
    if (request.map.length > 0) {
      await saveMapping(trx, {
        providerUid: request.providerUid,
        headingKeys: headingKeys(reading.columns.map(({ heading }) => heading)),
        fields: reading.columns.map(({ field, confidence }) => (confidence < SURE ? null : field)),
        atMs,
        by: request.createdBy,
      });
    }
    await deps.audit?.record(trx, [
      {
        stream: await portalOf(trx, request.providerUid),
        actor: request.createdBy,
        action: 'draft.imported',
        provider: request.providerUid,
        details: { draft: uid, source: request.sourceName, sha256, rows, valid, warning, error },
      },
    ]);
  });
  const sameContent = await sameContentAs(deps.local.read, request.providerUid, sha256, uid);
  return {
    ...{ draftId, uid, rows, valid, warning, error, findings, blankLines, replaced: null },
    reading: { ...reading, columns: [...reading.columns], sameContent, continues: null },
  };
}

/** A corrected list of problem rows: its rows take the place of those that they were exported from. */
async function goOn(
  deps: ImportsDeps,
  request: ImportRequest,
  { draftUid, rows: corrected, blankLines, reading }: Extract<ImportOutcome, { kind: 'continuation' }>,
): Promise<ImportSummary> {
  if (deps.drafts === undefined) throw new Error('nobody can take the corrected rows');
  const before = await deps.drafts.get(draftUid);
  const { draft } = await deps.drafts.editRows(before.id, corrected, `rows of "${request.sourceName}"`);
  const { id, uid, rows, valid, warning, error, findings, name } = draft;
  return {
    ...{ draftId: id, uid, rows, valid, warning, error, findings, blankLines, replaced: corrected.length },
    reading: { ...reading, columns: [...reading.columns], sameContent: [], continues: { draftId: id, name } },
  };
}

async function removeDraft(deps: ImportsDeps, uid: string): Promise<void> {
  try {
    const draft = (await unfinishedDrafts(deps.local.read)).find((candidate) => candidate.uid === uid);
    if (draft !== undefined) await removeAll(deps.local, draft.id);
  } catch (error) {
    // The reason of the failure matters more; what is left is invisible and goes at the next start.
    deps.log.warn('an unfinished import stays for now', { reason: String(error) });
  }
}

async function removeLeftovers(deps: ImportsDeps, running: ReadonlyMap<string, unknown>): Promise<void> {
  for (const draft of await unfinishedDrafts(deps.local.read)) {
    if (running.has(draft.uid) || !isDeadWork(draft, deps.clock.now(), process.pid)) continue;
    deps.log.info('removing what a dead import left behind', { draft: draft.uid });
    await removeAll(deps.local, draft.id);
  }
}

async function removeAll(local: LocalDb, draftId: number): Promise<void> {
  while (await local.write((trx) => removeUnfinishedChunk(trx, draftId)));
}
