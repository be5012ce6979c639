import { usageError, workFailed } from '../../../shared/domain/fault';
import type { Verdict } from '../../../shared/domain/finding';
import type { LocalDb } from '../../localdb/types';
import type { Provider } from '../devices/types';
import type { ThingSpaceService } from '../thingspace/types';
import {
  findDraft,
  hideDraft,
  listDrafts,
  pageOfRows,
  removeHiddenRows,
  removeRows,
  renameDraft,
  rowsAfter,
} from './drafts.repo';
import { expectedSeconds, startPlanHash } from './plan.rules';
import type { Draft, DraftPlan, DraftRow, DraftsService, PlannedRequest, RowChoice } from './types';

export interface DraftsDeps {
  readonly local: LocalDb;
  /** Pure: the dry run shows the very request that is sent later. */
  readonly swapRequest: ThingSpaceService['swapRequest'];
}

/** A page of rows for a script; the screen's contract asks for far fewer. */
const MOST_ROWS_A_PAGE = 10_000;
/** Rows between two pauses for others: about 10 ms of work. */
const PLANNED_AT_ONCE = 1_000;
const REMOVED_AT_ONCE = 5_000;

export function createDraftsService(deps: DraftsDeps): DraftsService {
  const { local } = deps;

  const get = async (idOrUid: string): Promise<Draft> => {
    const draft = /^\d{1,15}$/.test(idOrUid)
      ? await findDraft(local.read, 'id', Number(idOrUid))
      : await findDraft(local.read, 'uid', idOrUid);
    if (draft === null) throw draftUnknown(idOrUid);
    return draft;
  };

  return {
    list: () => listDrafts(local.read),
    get,
    async rows(draftId, page) {
      const draft = await get(String(draftId));
      const limit = Math.min(page.limit, MOST_ROWS_A_PAGE);
      return pageOfRows(local.read, draft, { ...page, limit });
    },
    plan: (draft, provider, choice) => planDraft(deps, draft, provider, choice),
    async rename(draftId, name) {
      const renamed = await local.write((trx) => renameDraft(trx, draftId, name.trim()));
      if (!renamed) throw draftUnknown(String(draftId));
    },
    async delete(draftId) {
      const hidden = await local.write((trx) => hideDraft(trx, draftId));
      if (!hidden) throw draftUnknown(String(draftId));
      while (await local.write((trx) => removeHiddenRows(trx, draftId, REMOVED_AT_ONCE)));
    },
    async takeRows(trx, draftId, choice) {
      const rows = await rowsAfter(trx, draftId, verdictsOf(choice), 0, Number.MAX_SAFE_INTEGER);
      refuseUnchecked(rows, draftId);
      return rows;
    },
    removeRows,
  };
}

/** Errors never go; warnings only when somebody has accepted them. */
function verdictsOf(choice: RowChoice): readonly Verdict[] {
  return choice.acceptWarnings ? ['valid', 'warning'] : ['valid'];
}

async function planDraft(deps: DraftsDeps, draft: Draft, provider: Provider, choice: RowChoice): Promise<DraftPlan> {
  const hash = startPlanHash(draft, provider);
  const requests: PlannedRequest[] = [];
  for (let last = 0; ;) {
    const rows = await rowsAfter(deps.local.read, draft.id, verdictsOf(choice), last, PLANNED_AT_ONCE);
    refuseUnchecked(rows, draft.id);
    for (const row of rows) {
      const { method, path, body } = deps.swapRequest(provider, {
        type: draft.changeType,
        old: row.old,
        new: row.new,
        mdn: row.mdn,
      });
      const request = { row: row.row, method, path, body };
      hash.add(row, request);
      requests.push(request);
      last = row.row;
    }
    if (rows.length < PLANNED_AT_ONCE) break;
  }
  return {
    draftId: draft.id,
    rows: requests.length,
    skipped: draft.rows - requests.length,
    requests,
    planHash: hash.end(),
    expectedSeconds: expectedSeconds(requests.length, provider),
  };
}

/** A list that was imported before the first sync is right in form only: nobody knows its lines yet. */
function refuseUnchecked(rows: readonly DraftRow[], draftId: number): void {
  const unchecked = rows.find((row) => row.deviceId === null);
  if (unchecked === undefined) return;
  throw workFailed({
    code: 'lines-not-checked',
    what: 'The lines of the draft were never looked up',
    where: `draft ${draftId}, line ${unchecked.line} of the file`,
    why: 'the local copy of the lines was empty when the file was imported',
    todo: 'Run sync, then import the file again.',
  });
}

function draftUnknown(idOrUid: string): Error {
  return usageError({
    code: 'draft-unknown',
    what: 'There is no such draft',
    where: idOrUid,
    todo: 'See "draft list"; a draft goes when all its rows are submitted.',
  });
}
