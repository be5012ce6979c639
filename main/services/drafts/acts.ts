import type { Clock } from '../../lib/clock';
import type { LocalDb, Trx } from '../../localdb/types';
import type { AuditEvent, AuditService } from '../audit/types';
import type { OpenJudge, RowJudge } from '../imports';
import { patchInput, newInput, rowToStore } from './edit.rules';
import { beginEdit, changesOf, logChanges, nextEdit, setEditState, type RowChange } from './edit-log.repo';
import {
  deleteRows,
  loadDraft,
  makeKeyIndexes,
  markUnjudged,
  rowsByNumber,
  writeRows,
  type EditableDraft,
} from './edits.repo';
import { inputOf, judgePart, PART_ROWS, type PatchedRow } from './judge-part';
import { judgeWhole, type WholeJudgement } from './judge-whole';
import { beingShared, draftUnknown, nothingToRedo, nothingToUndo } from './refusals';
import type { DraftActor } from './types';

export interface ActDeps {
  readonly local: LocalDb;
  readonly judge: RowJudge;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly actor: () => DraftActor;
}

/** One act on a draft that can be taken back. */
export interface Act {
  readonly words: string;
  readonly changes: readonly RowChange[];
  readonly audit?: readonly AuditEvent[];
}

export interface ActOutcome {
  readonly words: string;
  readonly moved: number;
  /** The first rows to show, as they are now. */
  readonly rows: readonly number[];
}

/** Longer drafts get indexes of their keys when they are first edited; shorter ones are searched as fast without. */
const INDEXED_FROM_ROWS = 20_000;
const PATCHED_AT_ONCE = 2_000;
const SHOWN_ROWS = 200;

/**
 * Does one act: inputs, log, verdicts and audit entries in one transaction, durable when it resolves. Only where more rows
 * are concerned than one transaction should hold, the verdicts follow chunk by chunk.
 *
 * @param plan made inside the transaction; null: there is nothing to change
 */
export async function act(
  deps: ActDeps,
  draftId: number,
  plan: (trx: Trx, draft: EditableDraft, judge: OpenJudge) => Promise<Act | null>,
): Promise<ActOutcome | null> {
  const judge = await openJudge(deps, draftId);
  const done = await deps.local.write(async (trx) => {
    const draft = await loadEditable(trx, deps, draftId);
    const made = await plan(trx, draft, judge);
    if (made === null || made.changes.length === 0) return null;
    const { userName } = deps.actor();
    const seq = await beginEdit(trx, draftId, { words: made.words, actor: userName, at: deps.clock.now() });
    for (let at = 0; at < made.changes.length; at += PATCHED_AT_ONCE) {
      await logChanges(trx, draftId, seq, made.changes.slice(at, at + PATCHED_AT_ONCE));
    }
    const patches = made.changes.map(({ row, after }) => ({ row, patch: after }));
    const moved = await applyPatches(trx, draft, judge, patches);
    if (made.audit !== undefined) await deps.audit.record(trx, made.audit);
    return { words: made.words, moved, touched: patches.slice(0, SHOWN_ROWS).map(({ row }) => row) };
  });
  return done === null ? null : finishAct(deps, draftId, done, done.touched.length);
}

/** Takes the last act back, or does the last undone one again. */
export async function moveBack(deps: ActDeps, draftId: number, way: 'undo' | 'redo'): Promise<ActOutcome> {
  const from = way === 'undo' ? 'done' : 'undone';
  const judge = await openJudge(deps, draftId);
  let touched = 0;
  const done = await deps.local.write(async (trx) => {
    const draft = await loadEditable(trx, deps, draftId);
    const edit = await nextEdit(trx, draftId, from);
    if (edit === null) throw way === 'undo' ? nothingToUndo(draftId) : nothingToRedo(draftId);
    await setEditState(trx, draftId, edit.seq, way === 'undo' ? 'undone' : 'done');
    const patches: PatchedRow[] = [];
    for (let after = 0; ;) {
      const changes = await changesOf(trx, draftId, edit.seq, after, PATCHED_AT_ONCE);
      for (const change of changes)
        patches.push({ row: change.row, patch: change[way === 'undo' ? 'before' : 'after'] });
      const last = changes.at(-1);
      if (last === undefined) break;
      after = last.row;
    }
    touched = patches.length;
    const moved = await applyPatches(trx, draft, judge, patches);
    return { words: edit.words, moved, touched: patches.slice(0, SHOWN_ROWS).map(({ row }) => row) };
  });
  return finishAct(deps, draftId, done, touched);
}

async function finishAct(
  deps: ActDeps,
  draftId: number,
  done: { readonly words: string; readonly moved: readonly number[] | null; readonly touched: readonly number[] },
  touched: number,
): Promise<ActOutcome> {
  const { words, moved } = done;
  if (moved !== null) return { words, moved: moved.length, rows: moved.slice(0, SHOWN_ROWS) };
  const judgement = await judgeAgain(deps, draftId);
  return { words, moved: Math.max(judgement.moved, touched), rows: done.touched };
}

/** @returns rows that moved; null: the whole list must be judged */
async function applyPatches(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
): Promise<readonly number[] | null> {
  if (patches.length <= PART_ROWS) {
    const rows = draft.counts.valid + draft.counts.warning + draft.counts.error + draft.counts.excluded;
    if (rows >= INDEXED_FROM_ROWS) await makeKeyIndexes(trx, draft.id);
    const moved = await judgePart(trx, draft, judge, patches);
    if (moved !== null) return moved;
  } else {
    for (let at = 0; at < patches.length; at += PATCHED_AT_ONCE) {
      await writePatches(trx, draft, judge, patches.slice(at, at + PATCHED_AT_ONCE));
    }
  }
  await markUnjudged(trx, draft.id);
  return null;
}

/** Inputs alone; what the rules say of them comes with the whole list. */
async function writePatches(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
): Promise<void> {
  const numbers = patches.map(({ row }) => row);
  const stored = new Map((await rowsByNumber(trx, draft.id, numbers)).map((row) => [row.facts.row, row]));
  const gone = patches.filter(({ patch }) => patch.present === false).map(({ row }) => row);
  await deleteRows(trx, draft.id, gone);
  const inputs = patches.flatMap(({ row, patch }) => {
    const one = stored.get(row);
    if (patch.present === false || (one === undefined && patch.present !== true)) return [];
    return [one === undefined ? newInput(row, patch) : patchInput(inputOf(judge, one), patch)];
  });
  const judged = await judge.judge(inputs);
  const written = inputs.flatMap((input, index) => {
    const one = judged[index];
    return one === undefined ? [] : [rowToStore(input, one, one.findings)];
  });
  await writeRows(trx, draft.id, written);
}

/**
 * The judge for a draft, after what was left unfinished is finished.
 * @throws usage `draft-unknown`
 */
async function openJudge(deps: ActDeps, draftId: number): Promise<OpenJudge> {
  const draft = await loadEditable(deps.local.read, deps, draftId);
  const judge = await deps.judge.open(draft.basis);
  if (draft.unjudged) await judgeWhole(deps.local, draft, judge);
  return judge;
}

/** Judges the whole list, against the mirror and the open changes as they are now. */
export async function judgeAgain(deps: ActDeps, draftId: number): Promise<WholeJudgement> {
  const draft = await loadEditable(deps.local.read, deps, draftId);
  await deps.local.write((trx) => markUnjudged(trx, draftId));
  return judgeWhole(deps.local, draft, await deps.judge.open(draft.basis));
}

async function loadEditable(
  db: Trx | LocalDb['read'],
  deps: Pick<ActDeps, 'actor'>,
  draftId: number,
): Promise<EditableDraft> {
  const draft = await loadDraft(db, draftId);
  const { providerUids } = deps.actor();
  const isForeign = draft !== null && providerUids !== null && !providerUids.includes(draft.basis.providerUid);
  if (draft === null || isForeign) throw draftUnknown(String(draftId));
  if (draft.sharing) throw beingShared(draftId);
  return draft;
}
