import type { Verdict } from '../../../shared/domain/finding';
import type { Clock } from '../../lib/clock';
import type { LocalDb, Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';
import type { OpenJudge, RowJudge } from '../imports';
import type { Doing } from './doing.repo';
import { touchDoing } from './doing.repo';
import { newInput, patchInput, rowToStore } from './edit.rules';
import { changesOf, dropEntries, logChanges, type RowChange, type RowPatch } from './edit-log.repo';
import {
  deleteRows,
  loadDraft,
  markRows,
  rowsByNumber,
  writeRows,
  type EditableDraft,
  type StoredRow,
} from './edits.repo';
import { inputOf, type PatchedRow } from './judge-part';
import { judgeWhole, type WholeResult } from './judge-whole';
import { partsOf, type Order } from './orders';
import { planDraft } from './plan';
import { writeProblemRows, type WrittenList } from './problem-list';
import { draftUnknown } from './refusals';
import type { Draft, DraftPlan, RowChoice } from './types';

/**
 * Work over a whole draft, which may have a million rows. What goes in and what comes out is data: with more than a few
 * rows it is done in a thread of its own, with a database handle of its own.
 */
export interface DraftJobs {
  /** Changes rows chunk by chunk and judges the draft again. The caller has claimed the draft, and settles it. */
  readonly change: { readonly job: ChangeJob; readonly answer: ChangeAnswer };
  /** What an order would change. */
  readonly preview: {
    readonly job: { readonly draftId: number; readonly order: Order };
    readonly answer: { readonly considered: number; readonly changed: number };
  };
  readonly plan: {
    readonly job: {
      readonly draft: Draft;
      readonly provider: Provider;
      readonly choice: RowChoice;
      readonly shown: number;
    };
    readonly answer: DraftPlan;
  };
  readonly problems: {
    readonly job: {
      readonly draft: Draft;
      readonly verdicts: readonly Verdict[];
      readonly format: 'csv' | 'xlsx';
      readonly file: string;
    };
    readonly answer: WrittenList;
  };
}

export interface DraftWork {
  run<K extends keyof DraftJobs>(kind: K, job: DraftJobs[K]['job']): Promise<DraftJobs[K]['answer']>;
}

export interface ChangeJob {
  readonly draftId: number;
  /** Null: the draft is only judged. `recover` takes back what was left behind. */
  readonly change:
    | { readonly way: 'do'; readonly seq: number; readonly order: Order }
    | { readonly way: 'undo' | 'redo'; readonly seq: number }
    | { readonly way: 'recover'; readonly from: Doing }
    | null;
}

export interface ChangeAnswer {
  readonly considered: number;
  readonly changed: number;
  /** Numbers of the first changed rows, for the trail and the screen. */
  readonly firstRows: readonly number[];
  /** Null: nothing was changed, and nothing judged. */
  readonly whole: WholeResult | null;
}

export interface DraftJobsDeps {
  readonly local: LocalDb;
  readonly judge: RowJudge;
  readonly clock: Pick<Clock, 'now'>;
  /** Breaks the work off at the next chunk; what is left is taken back by whoever looks at the draft next. */
  readonly signal: AbortSignal;
}

const PATCHED_AT_ONCE = 1_000;
export const FIRST_ROWS = 1_000;

type Handlers = { readonly [K in keyof DraftJobs]: (job: DraftJobs[K]['job']) => Promise<DraftJobs[K]['answer']> };

/** Does the work right here. */
export function createDraftJobs(deps: DraftJobsDeps): DraftWork {
  const { local, judge, signal } = deps;
  const handlers: Handlers = {
    change: (job) => changeDraft(deps, job),
    async preview({ draftId, order }) {
      const draft = await load(local, draftId);
      let [considered, changed] = [0, 0];
      for await (const part of partsOf(local.read, draft, await judge.open(draft.basis), order)) {
        considered += part.considered;
        changed += part.changes.length;
        signal.throwIfAborted();
      }
      return { considered, changed };
    },
    plan: ({ draft, provider, choice, shown }) => planDraft(local.read, draft, provider, choice, shown),
    problems: ({ draft, verdicts, format, file }) => writeProblemRows(local, draft, verdicts, format, file),
  };
  return { run: (kind, job) => handlers[kind](job) };
}

async function changeDraft(deps: DraftJobsDeps, { draftId, change }: ChangeJob): Promise<ChangeAnswer> {
  const draft = await load(deps.local, draftId);
  const judge = await deps.judge.open(draft.basis);
  const progress = { considered: 0, changed: 0, firstRows: [] as number[] };
  const took = (considered: number, rows: readonly { readonly row: number }[]): void => {
    progress.considered += considered;
    progress.changed += rows.length;
    for (const { row } of rows.slice(0, FIRST_ROWS - progress.firstRows.length)) progress.firstRows.push(row);
  };
  if (change?.way === 'do') await doOrder(deps, draft, judge, change, took);
  else if (change?.way === 'recover') await takeBack(deps, draft, judge, change.from);
  else if (change !== null) await moveAct(deps, draft, judge, change, took);
  if (change?.way === 'do' && progress.changed === 0) return { ...progress, whole: null };
  const work = { local: deps.local, nowMs: () => deps.clock.now(), signal: deps.signal };
  return { ...progress, whole: await judgeWhole(work, draft, judge) };
}

type Took = (considered: number, rows: readonly { readonly row: number }[]) => void;

async function doOrder(
  deps: DraftJobsDeps,
  draft: EditableDraft,
  judge: OpenJudge,
  { seq, order }: { readonly seq: number; readonly order: Order },
  took: Took,
): Promise<void> {
  for await (const { considered, changes } of partsOf(deps.local.read, draft, judge, order)) {
    const patches = changes.map(({ row, after }) => ({ row, patch: after }));
    // In one transaction: whatever is written can be taken back.
    await patchRows(deps, draft, judge, patches, (trx) => logChanges(trx, draft.id, seq, changes));
    took(considered, changes);
  }
}

/** Takes an act back, or does it again: its entries say what each row was and became. */
async function moveAct(
  deps: DraftJobsDeps,
  draft: EditableDraft,
  judge: OpenJudge,
  { way, seq }: { readonly way: 'undo' | 'redo'; readonly seq: number },
  took: Took = () => undefined,
): Promise<void> {
  for (let after = 0; ;) {
    const changes = await changesOf(deps.local.read, draft.id, seq, after, PATCHED_AT_ONCE);
    const last = changes.at(-1);
    if (last === undefined) return;
    after = last.row;
    const side: keyof Pick<RowChange, 'before' | 'after'> = way === 'undo' ? 'before' : 'after';
    await patchRows(
      deps,
      draft,
      judge,
      changes.map((change) => ({ row: change.row, patch: change[side] })),
    );
    took(changes.length, changes);
  }
}

/** What was left behind half done: each row becomes again what it was before, as if nobody had begun. */
async function takeBack(deps: DraftJobsDeps, draft: EditableDraft, judge: OpenJudge, from: Doing): Promise<void> {
  const { way, seq } = from;
  if (way === 'judge') return;
  await moveAct(deps, draft, judge, { way: way === 'undo' ? 'redo' : 'undo', seq });
  if (way !== 'do') return;
  while (await deps.local.write((trx) => dropEntries(trx, draft.id, seq, PATCHED_AT_ONCE)));
}

/** Inputs alone; what the rules say of them comes with the whole list. */
async function patchRows(
  deps: DraftJobsDeps,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
  alongside: (trx: Trx) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  deps.signal.throwIfAborted();
  if (patches.length === 0) return;
  const stored = await rowsByNumber(
    deps.local.read,
    draft.id,
    patches.map(({ row }) => row),
  );
  const { marked, written, gone } = await patchedRows(judge, stored, patches);
  await deps.local.write(async (trx) => {
    await alongside(trx);
    await deleteRows(trx, draft.id, gone);
    await markRows(trx, draft.id, marked);
    await writeRows(trx, draft.id, written);
    await touchDoing(trx, draft.id, deps.clock.now());
  });
}

/** Rows as they are to be stored. Those whose cells stay are not read again: it takes most of the time. */
async function patchedRows(
  judge: OpenJudge,
  stored: readonly StoredRow[],
  patches: readonly PatchedRow[],
): Promise<{
  readonly marked: readonly ({ readonly row: number } & Marks)[];
  readonly written: readonly StoredRow[];
  readonly gone: readonly number[];
}> {
  const byNumber = new Map(stored.map((row) => [row.facts.row, row]));
  const marked: ({ readonly row: number } & Marks)[] = [];
  const written: StoredRow[] = [];
  const gone: number[] = [];
  const toRead = patches.flatMap(({ row, patch }) => {
    const one = byNumber.get(row);
    if (patch.present === false) gone.push(row);
    else if (one !== undefined && isOnlyMarked(patch)) marked.push({ row, ...marksOf(one, patch) });
    // A row that has left the draft since, by being submitted, is not put back by taking an act back.
    else if (one !== undefined || patch.present === true)
      return [one === undefined ? newInput(row, patch) : patchInput(inputOf(judge, one), patch)];
    return [];
  });
  const judged = await judge.judge(toRead);
  for (const [index, input] of toRead.entries()) {
    const one = judged[index];
    if (one !== undefined) written.push(rowToStore(input, one, one.findings));
  }
  return { marked, written, gone };
}

function isOnlyMarked({ cells, malformed, surplus, line }: RowPatch): boolean {
  return cells === undefined && malformed === undefined && surplus === undefined && line === undefined;
}

type Marks = Pick<StoredRow, 'excluded' | 'edited' | 'overrides'>;

function marksOf(row: StoredRow, patch: RowPatch): Marks {
  return {
    excluded: patch.excluded ?? row.excluded,
    edited: patch.edited ?? row.edited,
    overrides: patch.overrides ?? row.overrides,
  };
}

async function load(local: LocalDb, draftId: number): Promise<EditableDraft> {
  const draft = await loadDraft(local.read, draftId);
  if (draft === null) throw draftUnknown(String(draftId));
  return draft;
}
