import { verdictOf } from '../../../shared/domain/finding';
import { mapInSlices } from '../../lib/slices';
import type { Columns } from './columns.rules';
import type { SourceRow } from './csv-reader';
import { extrasOf } from './extras.rules';
import type { ImportRun } from './run-context';
import { addDraft, CHUNK_ROWS, type StoredRow } from './imports.repo';
import { factsOf, judgeForm, loadView, lookUpForms, type JudgedForm, type LookedUp } from './judge-rows';
import { createListMemory, type ListMemory } from './list-memory';
import { createListNotes, judgeList, type ListNotes } from './list-notes';
import type { MirrorView } from './mirror-view';
import { headingsOf, rawPacker } from './raw-cells.rules';
import { refuseFile } from './refusals';
import { defaultsOf, readRow, type FormRow, type RowContext } from './row.rules';
import { addRecords, recordsOf, type Records } from './rows.repo';
import type { Source } from './opened-source';
import { createTally, type Tally } from './tally';

/** Takes the rows of one file, judges and stores them as an unfinished draft. */
export interface DraftWriter {
  readonly draftId: number;
  readonly tally: Tally;
  readonly notes: ListNotes;
  take(row: SourceRow): void;
  /**
   * Works off every full chunk. While this thread reads and judges rows, the database stores one chunk and looks up the
   * lines of another.
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
  readonly bytesRead: number;
}

/** A chunk that is judged and waits for the database. */
interface Judged {
  readonly records: readonly Records[];
  readonly progress: { readonly bytesRead: number; readonly rows: number };
}

export async function createDraftWriter(run: ImportRun, source: Source, columns: Columns): Promise<DraftWriter> {
  const { local, job, clock, signal } = run;
  const { sourceName, providerUid } = job.request;
  const { view, mirrorAtMs } = await loadView(local.read, providerUid, clock.now());
  const draftId = await beginDraft(run, source, columns, mirrorAtMs);
  const chunks = createChunks(run, source, columns, { view, draftId });
  const { tally, notes, memory } = chunks;
  let waiting: SourceRow[] = [];

  const ready = async (bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', sourceName);
    while (waiting.length >= CHUNK_ROWS) {
      const chunk = waiting.slice(0, CHUNK_ROWS);
      waiting = waiting.slice(CHUNK_ROWS);
      await chunks.next(chunk, bytesRead);
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
      await chunks.next(waiting, bytesRead);
      waiting = [];
      await chunks.end();
      if (tally.rows() === 0) throw refuseFile('file-without-rows', sourceName);
      const facts = await memory.facts(local.read, draftId, notes);
      await judgeList({ local, draftId, notes, tally, signal, sourceName }, facts);
    },
    settle: () => chunks.settle(),
  };
}

interface Chunks {
  readonly tally: Tally;
  readonly notes: ListNotes;
  readonly memory: ListMemory;
  /** Has a chunk looked up and the one before the last stored, and judges the last one meanwhile. */
  next(rows: readonly SourceRow[], bytesRead: number): Promise<void>;
  /** Once everything that was begun is on the disk. */
  end(): Promise<void>;
  settle(): Promise<void>;
}

function createChunks(
  run: ImportRun,
  source: Source,
  columns: Columns,
  { view, draftId }: { readonly view: MirrorView | null; readonly draftId: number },
): Chunks {
  const { local, job, clock, signal } = run;
  const context: RowContext = { columns, defaults: job.request };
  const [tally, notes, memory] = [createTally(), createListNotes(), createListMemory(source.sizeBytes / ROW_BYTES)];
  const toStored = rowStorer(columns);
  let rowNo = 0;
  let asked: Asked | null = null;
  let judged: Judged | null = null;
  let work: Promise<LookedUp> = Promise.resolve(NOTHING);

  // Looked up by the connection that writes. Another one forgets its pages and unmaps the file whenever something was
  // written, so that every chunk begins cold (five times as long); and two that work at once wait for SQLite's memory
  // allocator more than they work. One transaction for both, and inside it only statements and the reading of
  // their answers: whatever else this thread does between two of them keeps the database waiting.
  const storeAndAsk = async (toStore: Judged | null, forms: readonly FormRow[]): Promise<LookedUp> => {
    if (toStore === null && forms.length === 0) return NOTHING;
    const looked = await local.write(async (trx) => {
      if (toStore !== null) await addRecords(trx, draftId, toStore.records, clock.now());
      return forms.length === 0 ? NOTHING : lookUpForms(trx, forms, view);
    });
    if (toStore !== null)
      run.onProgress({ kind: 'progress', draftId, bytesTotal: source.sizeBytes, ...toStore.progress });
    return looked;
  };

  const judge = async ({ rows, bytesRead }: Asked, { forms, found }: LookedUp): Promise<Judged> => {
    const stored = await mapInSlices(forms, (form, index) => {
      const one = judgeForm(form, found?.[index], view, columns.changeType);
      const row = toStored(rows[index], one);
      notes.take(form, one, one.hits);
      memory.take(one, row);
      tally.add(row.verdict, one.findings);
      return row;
    });
    return { records: await recordsOf(stored), progress: { bytesRead, rows: tally.rows() } };
  };

  const next = async (rows: readonly SourceRow[], bytesRead: number): Promise<void> => {
    if (signal.aborted) throw refuseFile('import-cancelled', job.request.sourceName);
    const forms = await mapInSlices(rows, (row) => readRow(row, (rowNo += 1), context));
    const looked = await work;
    const [before, toStore] = [asked, judged];
    work = storeAndAsk(toStore, forms);
    work.catch(noted);
    asked = rows.length === 0 ? null : { rows, bytesRead };
    judged = before === null ? null : await judge(before, looked);
  };

  return {
    tally,
    notes,
    memory,
    next,
    async end() {
      while (asked !== null || judged !== null) await next([], source.sizeBytes);
      await work;
    },
    async settle() {
      await Promise.allSettled([work]);
    },
  };
}

const NOTHING: LookedUp = { forms: [], found: null };

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

/** Every member by name: spreading an object into another takes longer than all else that is done for a row. */
function rowStorer(columns: Columns): (source: SourceRow | undefined, judged: JudgedForm) => StoredRow {
  const rawOf = rawPacker(columns);
  const extras = extrasOf(columns);
  return (source, judged) => {
    if (source === undefined) throw new Error(`row ${judged.form.row} came from nowhere`);
    const { findings } = judged;
    const facts = factsOf(judged);
    return {
      row: facts.row,
      line: facts.line,
      lineKey: facts.lineKey,
      deviceId: facts.deviceId,
      mdn: facts.mdn,
      oldIccid: facts.oldIccid,
      oldImei: facts.oldImei,
      newIccid: facts.newIccid,
      newImei: facts.newImei,
      customer: facts.customer,
      ratePlan: facts.ratePlan,
      ratePool: facts.ratePool,
      effectiveDate: facts.effectiveDate,
      note: facts.note,
      verdict: verdictOf(findings),
      findings: findings.length === 0 ? null : JSON.stringify(findings),
      raw: rawOf(source, facts),
      extra: extras.cells(source.cells),
    };
  };
}
