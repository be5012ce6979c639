import { isDeadWork } from '../../lib/dead-work';
import type { ReadDb, Trx } from '../../localdb/types';
import type { AuditEvent } from '../audit/types';
import type { ChangeAnswer, ChangeJob } from './draft-jobs';
import { beginDoing, endDoing, leaveDoing, readDoing, type Doing } from './doing.repo';
import { dropEntries, nextSeq, orphanedSeqs } from './edit-log.repo';
import { loadEditable, type ActDeps, type ReadyDraft } from './editable';
import { loadDraft, markChecked, markJudged, writeTotals } from './edits.repo';
import { draftBusy, draftTaken } from './refusals';

/**
 * Work over a whole draft, in three steps. A small transaction claims the draft (`doing`): from here on nobody else
 * changes or sends it. Then its rows are changed and judged chunk by chunk, by whoever `workFor` names: for a long draft a
 * thread. A last small transaction writes the counts, makes the act one that can be undone, and ends the claim. When the
 * program dies in between, the next act on the draft first takes back what was left half done.
 */
export interface Claim extends Doing {
  readonly draft: ReadyDraft;
}

const SWEPT_AT_ONCE = 5_000;

/** @throws failed `draft-busy` when another process works on it */
export function claimWhole(deps: ActDeps, draft: ReadyDraft, way: Doing['way'], seq?: number): Promise<Claim> {
  return deps.local.write(async (trx) => {
    await loadEditable(trx, deps, draft.id);
    const doing = { token: deps.ids.uid(), pid: process.pid, way, seq: seq ?? (await nextSeq(trx, draft.id)) };
    await beginDoing(trx, draft.id, doing, deps.clock.now());
    return { ...doing, draft };
  });
}

/** @param settle what belongs into the last transaction. @returns its audit entries */
export async function changeWhole(
  deps: ActDeps,
  { draft, token }: Pick<Claim, 'draft' | 'token'>,
  change: ChangeJob['change'],
  settle: (trx: Trx, answer: ChangeAnswer) => Promise<readonly AuditEvent[]> = () => Promise.resolve([]),
): Promise<ChangeAnswer> {
  try {
    const answer = await deps.workFor(draft.rows).run('change', { draftId: draft.id, change });
    await deps.local.write(async (trx) => {
      if (!(await endDoing(trx, draft.id, token))) throw draftTaken(draft.id);
      if (answer.whole === null) await markJudged(trx, draft.id);
      else {
        const { counts, rounded, mirrorAtMs, changesMark } = answer.whole;
        await writeTotals(trx, draft.id, counts, rounded);
        await markChecked(trx, draft.id, mirrorAtMs, changesMark);
      }
      await deps.audit.record(trx, await settle(trx, answer));
    });
    await sweep(deps, draft.id);
    return answer;
  } catch (error) {
    // What went wrong matters more than that it can't be noted: a dead claim is found by its process too.
    await deps.local.write((trx) => leaveDoing(trx, draft.id, token)).catch(() => undefined);
    throw error;
  }
}

/**
 * Finishes what somebody else, or an earlier run of the program, left behind.
 *
 * @returns whether there was anything
 * @throws failed `draft-busy` when another process is still at it
 */
export async function finishLeft(deps: ActDeps, draft: ReadyDraft): Promise<boolean> {
  const left = await readDoing(deps.local.read, draft.id);
  if (left === null) {
    const stored = await loadDraft(deps.local.read, draft.id);
    if (stored?.unjudged !== true) return false;
    await changeWhole(deps, await claimWhole(deps, draft, 'judge'), null);
    return true;
  }
  const { doing } = left;
  await refuseBusy(deps.local.read, draft.id, deps.clock.now());
  const token = deps.ids.uid();
  await deps.local.write(async (trx) => {
    const now = await readDoing(trx, draft.id);
    if (now?.doing.token !== doing.token) throw draftBusy(draft.id);
    await beginDoing(trx, draft.id, { ...doing, token, pid: process.pid }, deps.clock.now());
  });
  await changeWhole(deps, { draft, token }, { way: 'recover', from: doing });
  return true;
}

/** @throws failed `draft-busy` when another process works on the draft */
export async function refuseBusy(db: ReadDb | Trx, draftId: number, nowMs: number): Promise<void> {
  const left = await readDoing(db, draftId);
  if (left === null) return;
  const { doing, touchedAtMs } = left;
  if (!isDeadWork({ pid: doing.pid, touchedAtMs }, nowMs, process.pid)) throw draftBusy(draftId);
}

/** Removes the entries of acts that are gone, in pieces. */
export async function sweep({ local }: Pick<ActDeps, 'local'>, draftId: number): Promise<void> {
  for (const seq of await orphanedSeqs(local.read, draftId)) {
    while (await local.write((trx) => dropEntries(trx, draftId, seq, SWEPT_AT_ONCE)));
  }
}
