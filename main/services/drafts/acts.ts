import type { Trx } from '../../localdb/types';
import type { AuditEvent } from '../audit/types';
import type { OpenJudge } from '../imports';
import { FIRST_ROWS } from './draft-jobs';
import {
  addEdit,
  changesOf,
  countChanges,
  logChanges,
  nextEdit,
  nextSeq,
  setEditState,
  type RowChange,
} from './edit-log.repo';
import { loadEditable, loadReady, type ActDeps, type ReadyDraft } from './editable';
import { markUnjudged, type EditableDraft } from './edits.repo';
import { makeKeyIndexes } from './keys.repo';
import { judgePart, PART_ROWS, type PatchedRow } from './judge-part';
import type { WholeJudgement } from './judge-whole';
import { partsOf, sizeOf, wordsOf, type Order } from './orders';
import { draftBusy, nothingToRedo, nothingToUndo } from './refusals';
import { changeWhole, claimWhole, finishLeft, sweep } from './whole-acts';

/** An act, and what is told of it. */
export interface Act {
  readonly order: Order;
  /** @param rows numbers of the first changed rows */
  readonly audit?: (changed: number, rows: readonly number[]) => readonly AuditEvent[];
}

export interface ActOutcome {
  readonly words: string;
  readonly considered: number;
  readonly changed: number;
  readonly moved: number;
  /** The first rows to show, as they are now. */
  readonly rows: readonly number[];
}

/** Longer drafts get indexes of their keys when they are first edited; shorter ones are searched as fast without. */
const INDEXED_FROM_ROWS = 20_000;
export const SHOWN_ROWS = 200;

/**
 * Does one act, which can be taken back. Of few rows: inputs, log, verdicts and audit entries in one transaction. Of many:
 * chunk by chunk, invisible as an act until its last transaction. Durable when it resolves.
 *
 * @throws usage `draft-unknown`, what `partsOf` throws; failed `draft-being-shared`, `draft-busy`
 */
export function act(deps: ActDeps, draftId: number, what: Act): Promise<ActOutcome> {
  return deps.inTurn(draftId, async () => {
    const draft = await ready(deps, draftId);
    const size = await sizeOf(deps.local.read, draftId, what.order);
    return size > PART_ROWS ? actOnMany(deps, draft, what) : actOnFew(deps, draft, what);
  });
}

async function actOnFew(deps: ActDeps, { id, basis, rows }: ReadyDraft, what: Act): Promise<ActOutcome> {
  const { order } = what;
  const judge = await deps.judge.open(basis);
  if (rows >= INDEXED_FROM_ROWS) await makeKeyIndexes(deps.local, id);
  const done = await deps.local.write(async (trx) => {
    const draft = await loadEditable(trx, deps, id);
    let considered = 0;
    const changes: RowChange[] = [];
    for await (const part of partsOf(trx, draft, judge, order)) {
      considered += part.considered;
      changes.push(...part.changes);
    }
    if (changes.length === 0) return { considered, changes, moved: [] };
    const seq = await nextSeq(trx, id);
    const words = wordsOf(order, changes.length);
    await addEdit(trx, id, { seq, words, actor: deps.actor().userName, at: deps.clock.now() });
    await logChanges(trx, id, seq, changes);
    const patches = changes.map(({ row, after }) => ({ row, patch: after }));
    const moved = await applyPatches(trx, draft, judge, patches);
    await deps.audit.record(trx, what.audit?.(changes.length, firstOf(patches)) ?? []);
    return { considered, changes, moved };
  });
  await sweep(deps, id);
  const { considered, changes, moved } = done;
  return {
    ...(await finishAct(deps, id, changes, moved)),
    words: changes.length === 0 ? 'nothing to change' : wordsOf(order, changes.length),
    considered,
    changed: changes.length,
  };
}

async function actOnMany(deps: ActDeps, draft: ReadyDraft, { order, audit }: Act): Promise<ActOutcome> {
  const claim = await claimWhole(deps, draft, 'do');
  const answer = await changeWhole(deps, claim, { way: 'do', seq: claim.seq, order }, async (trx, done) => {
    const words = wordsOf(order, done.changed);
    const edit = { seq: claim.seq, words, actor: deps.actor().userName, at: deps.clock.now() };
    if (done.changed > 0) await addEdit(trx, draft.id, edit);
    return audit?.(done.changed, done.firstRows) ?? [];
  });
  const { considered, changed, firstRows, whole } = answer;
  return {
    words: changed === 0 ? 'nothing to change' : wordsOf(order, changed),
    considered,
    changed,
    moved: Math.max(whole?.judgement.moved ?? 0, changed),
    rows: firstRows.slice(0, SHOWN_ROWS),
  };
}

/** Takes the last act back, or does the last undone one again. */
export function moveBack(deps: ActDeps, draftId: number, way: 'undo' | 'redo'): Promise<ActOutcome> {
  return deps.inTurn(draftId, async () => {
    const draft = await ready(deps, draftId);
    const edit = await nextEdit(deps.local.read, draftId, way === 'undo' ? 'done' : 'undone');
    if (edit === null) throw way === 'undo' ? nothingToUndo(draftId) : nothingToRedo(draftId);
    const size = await countChanges(deps.local.read, draftId, edit.seq, PART_ROWS + 1);
    return size > PART_ROWS ? moveMany(deps, draft, way, edit) : moveFew(deps, draft, way, edit);
  });
}

type LoggedAct = Readonly<{ seq: number; words: string }>;

async function moveFew(
  deps: ActDeps,
  { id, basis }: ReadyDraft,
  way: 'undo' | 'redo',
  { seq, words }: LoggedAct,
): Promise<ActOutcome> {
  const judge = await deps.judge.open(basis);
  const done = await deps.local.write(async (trx) => {
    const draft = await loadEditable(trx, deps, id);
    if ((await nextEdit(trx, id, way === 'undo' ? 'done' : 'undone'))?.seq !== seq) throw draftBusy(id);
    const changes = await changesOf(trx, id, seq, 0, PART_ROWS);
    const side = way === 'undo' ? 'before' : 'after';
    await setEditState(trx, id, seq, way === 'undo' ? 'undone' : 'done');
    const patches = changes.map((change) => ({ row: change.row, patch: change[side] }));
    return { changes, moved: await applyPatches(trx, draft, judge, patches) };
  });
  const changed = done.changes.length;
  return { words, considered: changed, changed, ...(await finishAct(deps, id, done.changes, done.moved)) };
}

async function moveMany(
  deps: ActDeps,
  draft: ReadyDraft,
  way: 'undo' | 'redo',
  { seq, words }: LoggedAct,
): Promise<ActOutcome> {
  const claim = await claimWhole(deps, draft, way, seq);
  const answer = await changeWhole(deps, claim, { way, seq }, async (trx) => {
    await setEditState(trx, draft.id, seq, way === 'undo' ? 'undone' : 'done');
    return [];
  });
  const { considered, changed, firstRows, whole } = answer;
  const moved = Math.max(whole?.judgement.moved ?? 0, changed);
  return { words, considered, changed, moved, rows: firstRows.slice(0, SHOWN_ROWS) };
}

/** @param moved null: more rows are concerned than were judged */
async function finishAct(
  deps: ActDeps,
  draftId: number,
  changes: readonly { readonly row: number }[],
  moved: readonly number[] | null,
): Promise<Pick<ActOutcome, 'moved' | 'rows'>> {
  if (moved !== null) return { moved: moved.length, rows: moved.slice(0, SHOWN_ROWS) };
  const judgement = await judgeClaimed(deps, await loadReady(deps, draftId));
  return { moved: Math.max(judgement.moved, changes.length), rows: firstOf(changes).slice(0, SHOWN_ROWS) };
}

const firstOf = (rows: readonly { readonly row: number }[]): readonly number[] =>
  rows.slice(0, FIRST_ROWS).map(({ row }) => row);

/** @returns rows that moved; null: the whole list must be judged */
async function applyPatches(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
): Promise<readonly number[] | null> {
  const moved = await judgePart(trx, draft, judge, patches);
  if (moved !== null) return moved;
  await markUnjudged(trx, draft.id);
  return null;
}

/** Judges the whole list, against the mirror and the open changes as they are now. */
export function judgeAgain(deps: ActDeps, draftId: number): Promise<WholeJudgement> {
  return deps.inTurn(draftId, async () => judgeClaimed(deps, await ready(deps, draftId)));
}

async function judgeClaimed(deps: ActDeps, draft: ReadyDraft): Promise<WholeJudgement> {
  const claim = await claimWhole(deps, draft, 'judge');
  const { whole } = await changeWhole(deps, claim, null);
  return whole?.judgement ?? { checked: 0, moved: 0, verdictsMoved: 0, differences: [] };
}

/** The draft, after what was left unfinished is finished. @throws usage `draft-unknown`; failed `draft-busy` */
async function ready(deps: ActDeps, draftId: number): Promise<ReadyDraft> {
  const draft = await loadReady(deps, draftId);
  return (await finishLeft(deps, draft)) ? loadReady(deps, draftId) : draft;
}
