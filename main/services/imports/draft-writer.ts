import { verdictOf } from '../../../shared/domain/finding';
import type { Columns } from './columns.rules';
import type { SourceRow } from './csv-reader';
import { extrasOf } from './extras.rules';
import type { ImportRun } from './run-context';
import { addDraft, CHUNK_ROWS, type StoredRow } from './imports.repo';
import { factsOf, judgeForms, loadView, type JudgedForm } from './judge-rows';
import { createListMemory } from './list-memory';
import { createListNotes, judgeList, type ListNotes } from './list-notes';
import { headingsOf, packRaw, sourceOf } from './raw-cells.rules';
import { refuseFile } from './refusals';
import { defaultsOf, readRow, type RowContext } from './row.rules';
import { addRows } from './rows.repo';
import type { Source } from './opened-source';
import { createTally, type Tally } from './tally';

/** Takes the rows of one file, judges and stores them as an unfinished draft. */
export interface DraftWriter {
  readonly draftId: number;
  readonly tally: Tally;
  readonly notes: ListNotes;
  take(row: SourceRow): void;
  /**
   * Works off every full chunk. Two steps of three chunks run at once: while this thread reads and judges rows, one
   * connection looks up the lines of the chunk before and another one stores the chunk before that.
   *
   * @throws failed `import-cancelled`, and what storing an earlier chunk ran into
   */
  ready(bytesRead: number): Promise<void>;
  /** Stores what is left, and judges what only the whole list shows. */
  end(bytesRead: number): Promise<void>;
  /** Waits for what is under way, also after a failure: the database must not be closed before. */
  settle(): Promise<void>;
}

/** Bytes of a row with three identifiers and a short note. */
const ROW_BYTES = 80;

/** A chunk whose lines are being looked up. */
interface Asked {
  readonly rows: readonly SourceRow[];
  readonly judged: Promise<readonly JudgedForm[]>;
  readonly bytesRead: number;
}

export async function createDraftWriter(run: ImportRun, source: Source, columns: Columns): Promise<DraftWriter> {
  const { local, job, clock, signal } = run;
  const { sourceName } = job.request;
  const { view, mirrorAtMs } = await loadView(local.read, job.request.providerUid, clock.now());
  const draftId = await beginDraft(run, source, columns, mirrorAtMs);
  const context: RowContext = { columns, defaults: job.request };
  const [tally, notes, memory] = [createTally(), createListNotes(), createListMemory(source.sizeBytes / ROW_BYTES)];
  const toStored = rowStorer(columns);
  let waiting: SourceRow[] = [];
  let rowNo = 0;
  let asked: Asked | null = null;
  let stored: Promise<void> = Promise.resolve();

  const ask = (rows: readonly SourceRow[], bytesRead: number): Asked => {
    const forms = rows.map((row) => readRow(row, (rowNo += 1), context));
    const judged = judgeForms(local.read, forms, view, columns.changeType);
    judged.catch(noted);
    return { rows, judged, bytesRead };
  };

  const store = async ({ rows, judged, bytesRead }: Asked): Promise<void> => {
    const forms = await judged;
    const toStore = forms.map((one, index) => {
      const row = toStored(rows[index], one);
      notes.take(one.form, one, one.hits);
      memory.take(one, row);
      tally.add(row.verdict, one.findings);
      return row;
    });
    await stored;
    const progress = { draftId, bytesRead, bytesTotal: source.sizeBytes, rows: tally.rows() };
    stored = local.write((trx) => addRows(trx, draftId, toStore, clock.now()));
    stored.then(() => run.onProgress({ kind: 'progress', ...progress })).catch(noted);
  };

  const next = async (rows: readonly SourceRow[], bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', sourceName);
    const before = asked;
    asked = rows.length === 0 ? null : ask(rows, bytesRead);
    if (before !== null) await store(before);
  };

  const ready = async (bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', sourceName);
    while (waiting.length >= CHUNK_ROWS) {
      const chunk = waiting.slice(0, CHUNK_ROWS);
      waiting = waiting.slice(CHUNK_ROWS);
      await next(chunk, bytesRead);
    }
  };

  return {
    draftId,
    tally,
    notes,
    take: (row) => waiting.push(row),
    ready,
    async end(bytesRead) {
      await ready(bytesRead);
      await next(waiting, bytesRead);
      waiting = [];
      await next([], bytesRead);
      await stored;
      if (tally.rows() === 0) throw refuseFile('file-without-rows', sourceName);
      const facts = await memory.facts(local.read, draftId, notes);
      await judgeList({ local, draftId, notes, tally, signal, sourceName }, facts);
    },
    async settle() {
      await Promise.allSettled([asked?.judged, stored]);
    },
  };
}

/** Whoever waits for the same promise is told what went wrong. */
function noted(): void {
  // Nothing to do here.
}

function beginDraft(run: ImportRun, source: Source, columns: Columns, mirrorAtMs: number | null): Promise<number> {
  const { request, uid, createdAtMs, pid } = run.job;
  return run.local.write((trx) =>
    addDraft(trx, {
      uid,
      name: request.sourceName,
      providerUid: request.providerUid,
      changeType: columns.changeType,
      sourceName: request.sourceName,
      encoding: source.encoding ?? source.format,
      delimiter: source.delimiter ?? '',
      createdAtMs,
      createdBy: request.createdBy,
      mirrorAtMs,
      importerPid: pid,
      columns: JSON.stringify(headingsOf(columns)),
      defaults: JSON.stringify(defaultsOf(request)),
      extraHeadings: extrasOf(columns).headings,
    }),
  );
}

function rowStorer(columns: Columns): (source: SourceRow | undefined, judged: JudgedForm) => StoredRow {
  const headings = headingsOf(columns);
  const extras = extrasOf(columns);
  return (source, judged) => {
    if (source === undefined) throw new Error(`row ${judged.form.row} came from nowhere`);
    const { findings } = judged;
    const facts = factsOf(judged);
    return {
      ...facts,
      verdict: verdictOf(findings),
      findings: findings.length === 0 ? null : JSON.stringify(findings),
      raw: packRaw(sourceOf(source, columns), facts, headings),
      extra: extras.cells(source.cells),
    };
  };
}
