import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { LocalDb, Trx } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { RowJudge } from '../imports';
import { findDraft, hideDraft, listDrafts, removeHiddenRows, removeRows, renameDraft, rowsOf } from './drafts.repo';
import { createEditCalls } from './editing';
import { loadDraft } from './edits.repo';
import { createHandoverCalls, type HandoverDeps } from './handover';
import { createNewDraftCalls } from './new-drafts';
import { createDraftPages } from './pages';
import { takePlanned } from './plan';
import { portalOf } from './portal.repo';
import { beingShared, draftUnfinished, draftUnknown } from './refusals';
import { refuseBusy } from './whole-acts';
import type { Draft, DraftActor, DraftsService } from './types';

export interface DraftsDeps {
  readonly local: LocalDb;
  readonly judge: RowJudge;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uid'>;
  readonly actor: () => DraftActor;
  readonly inCentral: HandoverDeps['inCentral'];
  readonly workFor: HandoverDeps['workFor'];
}

/** A page of rows for a script; the screen's contract asks for far fewer. */
const MOST_ROWS_A_PAGE = 10_000;
const REMOVED_AT_ONCE = 5_000;

export function createDraftsService(deps: DraftsDeps): DraftsService {
  const { local } = deps;
  const pages = createDraftPages(local);

  const get = async (idOrUid: string): Promise<Draft> => {
    const draft = /^\d{1,15}$/.test(idOrUid)
      ? await findDraft(local.read, 'id', Number(idOrUid))
      : await findDraft(local.read, 'uid', idOrUid);
    const { providerUids } = deps.actor();
    const isForeign = draft !== null && providerUids !== null && !providerUids.includes(draft.providerUid);
    if (draft === null || isForeign) throw draftUnknown(idOrUid);
    return draft;
  };
  const edits: HandoverDeps = {
    ...deps,
    inTurn: createTurns(),
    get: (draftId: number) => get(String(draftId)),
    rowsOf: (draftId: number, rows: readonly number[]) => rowsOf(local.read, draftId, rows),
  };

  return {
    list: () => listDrafts(local.read, deps.actor().providerUids),
    get,
    async rows(draftId, page) {
      const draft = await get(String(draftId));
      return pages.page(draft, { ...page, limit: Math.min(page.limit, MOST_ROWS_A_PAGE) });
    },
    rowsOf: edits.rowsOf,
    async plan(draft, provider, choice, shown) {
      await refuseUnready(local.read, draft.id);
      return deps.workFor(draft.rows).run('plan', { draft, provider, choice, shown });
    },
    ...createEditCalls(edits),
    ...createNewDraftCalls(edits),
    ...createNaming(edits, get),
    ...createHandoverCalls(edits),
    async takeRows(trx, draft, provider, choice) {
      await refuseUnready(trx, draft.id);
      return takePlanned(trx, draft, provider, choice);
    },
    removeRows,
  };
}

/** One thing at a time with each draft; what is asked for meanwhile waits. */
function createTurns(): HandoverDeps['inTurn'] {
  const last = new Map<number, Promise<unknown>>();
  return (draftId, fn) => {
    const result = (last.get(draftId) ?? Promise.resolve()).then(fn);
    const ended = result
      .catch(() => undefined)
      .finally(() => {
        if (last.get(draftId) === ended) last.delete(draftId);
      });
    last.set(draftId, ended);
    return result;
  };
}

function createNaming(
  { local, audit, actor, inTurn, clock }: HandoverDeps,
  get: DraftsService['get'],
): Pick<DraftsService, 'rename' | 'delete'> {
  const note = async (trx: Trx, action: string, draft: Draft, details: Readonly<Record<string, string | number>>) => {
    const stream = await portalOf(trx, draft.providerUid);
    const event = { stream, actor: actor().userName, action, provider: draft.providerUid };
    await audit.record(trx, [{ ...event, details: { draft: draft.uid, ...details } }]);
  };
  return {
    async rename(draftId, name) {
      const draft = await get(String(draftId));
      await local.write(async (trx) => {
        if (!(await renameDraft(trx, draftId, name.trim()))) throw draftUnknown(String(draftId));
        await note(trx, 'draft.renamed', draft, { from: draft.name, to: name.trim() });
      });
    },
    delete: (draftId) =>
      inTurn(draftId, async () => {
        const draft = await get(String(draftId));
        await local.write(async (trx) => {
          await refuseBusy(trx, draftId, clock.now());
          if (!(await hideDraft(trx, draftId))) throw draftUnknown(String(draftId));
          await note(trx, 'draft.deleted', draft, { name: draft.name, rows: draft.rows });
        });
        while (await local.write((trx) => removeHiddenRows(trx, draftId, REMOVED_AT_ONCE)));
      }),
  };
}

/** What is being handed over, and what is not judged to its end, is not sent. */
async function refuseUnready(db: LocalDb['read'] | Trx, draftId: number): Promise<void> {
  const draft = await loadDraft(db, draftId);
  if (draft === null) return;
  if (draft.sharing) throw beingShared(draftId);
  if (draft.unjudged) throw draftUnfinished(draftId);
}
