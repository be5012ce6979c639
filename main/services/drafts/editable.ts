import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { LocalDb, Trx } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { RowJudge } from '../imports';
import type { DraftWork } from './draft-jobs';
import { loadDraft, type EditableDraft } from './edits.repo';
import { beingShared, draftBusy, draftUnknown } from './refusals';
import type { DraftActor } from './types';

/** What acts on drafts work with. */
export interface ActDeps {
  readonly local: LocalDb;
  readonly judge: RowJudge;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uid'>;
  readonly actor: () => DraftActor;
  /** For work over a whole draft; see `whole-acts.ts`. */
  readonly workFor: (rows: number) => DraftWork;
  /** One thing at a time with each draft. */
  readonly inTurn: <T>(draftId: number, fn: () => Promise<T>) => Promise<T>;
}

export interface ReadyDraft extends Pick<EditableDraft, 'id' | 'uid' | 'basis'> {
  /** All of them, also those that are left out. */
  readonly rows: number;
}

/** @throws usage `draft-unknown`; failed `draft-being-shared` */
export async function loadReady(deps: Pick<ActDeps, 'actor' | 'local'>, draftId: number): Promise<ReadyDraft> {
  const { id, uid, basis, counts } = await load(deps.local.read, deps, draftId);
  return { id, uid, basis, rows: counts.valid + counts.warning + counts.error + counts.excluded };
}

async function load(db: Trx | LocalDb['read'], deps: Pick<ActDeps, 'actor'>, draftId: number): Promise<EditableDraft> {
  const draft = await loadDraft(db, draftId);
  const { providerUids } = deps.actor();
  const isForeign = draft !== null && providerUids !== null && !providerUids.includes(draft.basis.providerUid);
  if (draft === null || isForeign) throw draftUnknown(String(draftId));
  if (draft.sharing) throw beingShared(draftId);
  return draft;
}

/** Inside a transaction: nobody has begun anything with it since. */
export async function loadEditable(trx: Trx, deps: Pick<ActDeps, 'actor'>, draftId: number): Promise<EditableDraft> {
  const draft = await load(trx, deps, draftId);
  if (draft.isBusy) throw draftBusy(draftId);
  return draft;
}
