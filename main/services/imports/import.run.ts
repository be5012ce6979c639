import { verdictOf } from '../../../shared/domain/finding';
import type { Clock } from '../../lib/clock';
import type { LocalDb } from '../../localdb/types';
import { isBlank, settleColumns, type Columns } from './columns.rules';
import { readCorrections } from './corrections';
import type { SourceRow } from './csv-reader';
import { extrasOf } from './extras.rules';
import type { ImportJob, ImportMessage, ImportOutcome } from './import.messages';
import { addDraft, addRows, CHUNK_ROWS, type DraftTotals } from './imports.repo';
import { factsOf, judgeForms, loadView } from './judge-rows';
import { readingOf, readLayout, type Layout } from './layout';
import { createListNotes, judgeList } from './list-notes';
import { headingsOf, packRaw, sourceOf } from './raw-cells.rules';
import { refuseFile } from './refusals';
import { defaultsOf, readRow, type RowContext } from './row.rules';
import { openSource, type Source } from './source';
import { createTally, type Tally } from './tally';

export interface ImportRun {
  readonly local: LocalDb;
  readonly job: ImportJob;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
  onProgress(progress: Extract<ImportMessage, { kind: 'progress' }>): void;
}

/**
 * Reads, judges and stores one file as an unfinished draft: in the worker thread, with a database handle of its own. The
 * caller makes the draft visible, or removes it when this throws.
 *
 * @throws what `openSource`, `readLayout`, `settleColumns` and `readCorrections` throw; failed `file-without-rows`, `import-cancelled`
 */
export async function runImport(run: ImportRun): Promise<ImportOutcome> {
  const { file, sourceName, look } = run.job.request;
  const source = await openSource(file, sourceName, look);
  try {
    const layout = await readLayout(run.local.read, source, run.job.request);
    return layout.continuation === null
      ? await importSource(run, source, layout)
      : await readCorrections(run, source, layout, layout.continuation);
  } finally {
    await source.close();
  }
}

async function importSource(run: ImportRun, source: Source, layout: Layout): Promise<ImportOutcome> {
  const { request } = run.job;
  const columns = settleColumns(layout.columns, layout.sample, request);
  // Only now: what is refused by its beginning leaves no trace, not even a number.
  if (source.headIsWhole && layout.sample.every(isBlank)) throw refuseFile('file-without-rows', source.sourceName);
  const storing = await beginStoring(run, source, columns);
  const { blankLines } = await source.read({
    skipRows: layout.headingRow,
    onRow: (row) => storing.take(row),
    ready: () => storing.flush(source.bytesRead()),
  });
  await storing.end(source.sizeBytes);
  if (storing.tally.rows() === 0) throw refuseFile('file-without-rows', source.sourceName);
  await judgeList(storing.listWork);
  const { seen, lost, doubtful } = storing.listWork.notes.rounded;
  const rounded = { seen, lost, doubtful: doubtful.length };
  const { sha256, encoding } = await source.result();
  const totals: DraftTotals = {
    ...storing.tally.totals(),
    blankLines,
    rounded,
    sha256,
    encoding: encoding ?? source.format,
  };
  return { kind: 'new', draftId: storing.draftId, totals, reading: readingOf(source, layout, encoding) };
}

interface Storing {
  readonly draftId: number;
  readonly tally: Tally;
  readonly listWork: Parameters<typeof judgeList>[0];
  take(row: SourceRow): void;
  /** Stores every full chunk. */
  flush(bytesRead: number): Promise<void>;
  /** Stores what is left. */
  end(bytesRead: number): Promise<void>;
}

async function beginStoring(run: ImportRun, source: Source, columns: Columns): Promise<Storing> {
  const { local, job, clock, signal } = run;
  const { request } = job;
  const { view, mirrorAtMs } = await loadView(local.read, request.providerUid, clock.now());
  const headings = headingsOf(columns);
  const extras = extrasOf(columns);
  const draftId = await local.write((trx) =>
    addDraft(trx, {
      uid: job.uid,
      name: request.sourceName,
      providerUid: request.providerUid,
      changeType: columns.changeType,
      sourceName: request.sourceName,
      encoding: source.encoding ?? source.format,
      delimiter: source.delimiter ?? '',
      createdAtMs: job.createdAtMs,
      createdBy: request.createdBy,
      mirrorAtMs,
      importerPid: job.pid,
      columns: JSON.stringify(headings),
      defaults: JSON.stringify(defaultsOf(request)),
      extraHeadings: extras.headings,
    }),
  );
  const context: RowContext = { columns, defaults: request };
  const tally = createTally();
  const notes = createListNotes();
  let waiting: SourceRow[] = [];
  let rowNo = 0;

  const store = async (rows: readonly SourceRow[], bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', request.sourceName);
    const forms = rows.map((row) => readRow(row, (rowNo += 1), context));
    const judged = await judgeForms(local.read, forms, view, columns.changeType);
    const stored = rows.map((source, index) => {
      const one = judged[index];
      if (one === undefined) throw new Error(`line ${source.lineNo} was not judged`);
      notes.take(one.form, one, one.hits);
      const verdict = verdictOf(one.findings);
      tally.add(verdict, one.findings);
      const facts = factsOf(one);
      return {
        ...facts,
        verdict,
        findings: one.findings.length === 0 ? null : JSON.stringify(one.findings),
        raw: packRaw(sourceOf(source, columns), facts, headings),
        extra: extras.cells(source.cells),
      };
    });
    await local.write((trx) => addRows(trx, draftId, stored, clock.now()));
    run.onProgress({ kind: 'progress', draftId, bytesRead, bytesTotal: source.sizeBytes, rows: rowNo });
  };

  const flush = async (bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', request.sourceName);
    while (waiting.length >= CHUNK_ROWS) {
      const chunk = waiting.slice(0, CHUNK_ROWS);
      waiting = waiting.slice(CHUNK_ROWS);
      await store(chunk, bytesRead);
    }
  };

  return {
    draftId,
    tally,
    listWork: { local, draftId, notes, tally, signal, sourceName: request.sourceName },
    take: (row) => waiting.push(row),
    flush,
    async end(bytesRead) {
      await flush(bytesRead);
      if (waiting.length > 0) await store(waiting, bytesRead);
      waiting = [];
    },
  };
}
