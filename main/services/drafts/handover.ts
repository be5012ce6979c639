import type { CentralTrx } from '../../centraldb/types';
import { usageError } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { EditDeps } from './editing';
import { hideDraft, removeHiddenRows } from './drafts.repo';
import { loadDraft } from './edits.repo';
import * as repo from './handover.repo';
import { portalOf } from './portal.repo';
import { draftUnfinished } from './refusals';
import type { Draft, DraftsService } from './types';

export interface HandoverDeps extends EditDeps {
  /** One transaction in the central database, as whoever is signed in. @throws failed `central-unreachable` */
  readonly inCentral: <T>(fn: (trx: CentralTrx) => Promise<T>) => Promise<T>;
}

const PART_ROWS = 2_000;

/**
 * Hands drafts from desk to desk. A draft is in one place only: before it leaves, it is locked here; after the central
 * database has it, it is removed here. A lost answer leaves it locked, and sharing it again finds out what happened.
 */
export function createHandoverCalls(deps: HandoverDeps): Pick<DraftsService, 'share' | 'shared' | 'takeOver'> {
  return {
    shared: () => deps.inCentral(repo.listShared),
    async share(draftId, note) {
      const draft = await deps.get(draftId);
      const stored = await loadDraft(deps.local.read, draftId);
      if (stored?.unjudged === true) throw draftUnfinished(draftId);
      // An unreachable central database is told before anything is locked.
      await deps.inCentral(repo.listShared);
      await deps.local.write((trx) => repo.setSharing(trx, draftId, { note }));
      await deps.inCentral((trx) => store(deps, trx, draft, note));
      await deps.local.write(async (trx) => {
        await hideDraft(trx, draftId);
        await record(deps, trx, 'draft.shared', draft, note);
      });
      while (await deps.local.write((trx) => removeHiddenRows(trx, draftId, PART_ROWS)));
    },
    async takeOver(uid) {
      if (!/^[0-9a-f-]{36}$/i.test(uid)) throw notThere(uid);
      const head = await deps.inCentral((trx) => repo.takeHead(trx, uid));
      const draftId = await loadTaken(deps, uid, head);
      await deps.inCentral((trx) => repo.confirmTaken(trx, uid));
      return deps.get(draftId);
    },
  };
}

async function store(deps: HandoverDeps, trx: CentralTrx, draft: Draft, note: string): Promise<void> {
  const head = await repo.readHead(deps.local.read, draft.id);
  const { uid, providerUid } = draft;
  if ((await repo.storeHead(trx, { uid, providerUid, head, note })) === 'taken') return;
  for (let partNo = 1, after = 0; ; partNo += 1) {
    const read = await repo.readPart(deps.local.read, draft.id, after, PART_ROWS);
    if (read === null) return;
    await repo.storePart(trx, uid, partNo, read.part);
    after = read.lastRow;
  }
}

/** Puts a taken draft on this desk; what an earlier try left is made anew. */
async function loadTaken(deps: HandoverDeps, uid: string, head: repo.DraftHead | null): Promise<number> {
  const here = await repo.findByUid(deps.local.read, uid);
  if (here?.isReady === true && head !== null) {
    // Handed over from here and taken back, before its removal here was done.
    await deps.local.write((trx) => hideDraft(trx, here.id));
  } else if (head === null) {
    throw notThere(uid);
  }
  if (here !== null) while (await deps.local.write((trx) => removeHiddenRows(trx, here.id, PART_ROWS)));
  const draftId = await deps.local.write((trx) => repo.insertHead(trx, head, process.pid, deps.clock.now()));
  for (let partNo = 1; ; partNo += 1) {
    const part = await deps.inCentral((trx) => repo.takePart(trx, uid, partNo));
    if (part === null) break;
    await deps.local.write((trx) => repo.insertPart(trx, draftId, part));
  }
  await deps.local.write(async (trx) => {
    await repo.showTaken(trx, draftId);
    const provider = String(head.provider_uid);
    await record(deps, trx, 'draft.taken-over', { uid, providerUid: provider, name: String(head.name) }, '');
  });
  return draftId;
}

async function record(
  deps: HandoverDeps,
  trx: Trx,
  action: string,
  { uid, providerUid, name }: Pick<Draft, 'uid' | 'providerUid' | 'name'>,
  note: string,
): Promise<void> {
  const stream = await portalOf(trx, providerUid);
  const details = { draft: uid, name, note };
  await deps.audit.record(trx, [{ stream, actor: deps.actor().userName, action, provider: providerUid, details }]);
}

function notThere(uid: string): Error {
  return usageError({
    code: 'shared-draft-gone',
    what: 'There is no such draft to take over',
    where: uid,
    why: 'it was never shared, somebody else has taken it, or you may not see its provider',
    todo: 'See "draft list --shared".',
  });
}
