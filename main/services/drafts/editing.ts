import { findingRule } from '../../../shared/domain/finding-catalogue';
import { mayOverride, type Override } from '../../../shared/domain/override';
import { isoTime } from '../../lib/clock';
import { act, judgeAgain, moveBack, type ActOutcome } from './acts';
import type { ActDeps } from './editable';
import { currentMarks, loadDraft, rowsByNumber } from './edits.repo';
import { PART_ROWS } from './judge-part';
import { ruleOf, sizeOf, wordsOf, type Order } from './orders';
import { portalOf } from './portal.repo';
import { overrideRefused } from './refusals';
import { describeEdit } from './words.rules';
import type { Draft, DraftsService, RowTarget, VerdictCounts } from './types';

type EditCalls = Pick<
  DraftsService,
  'editRow' | 'editRows' | 'fixAll' | 'exclude' | 'include' | 'override' | 'undo' | 'redo' | 'recheck'
>;

export interface EditDeps extends ActDeps {
  readonly get: (draftId: number) => Promise<Draft>;
  readonly rowsOf: (draftId: number, rows: readonly number[]) => ReturnType<DraftsService['rowsOf']>;
}

/** What a person does with the rows of a draft. Each act is durable when it resolves, and can be taken back. */
export function createEditCalls(deps: EditDeps): EditCalls {
  const answer = async (draftId: number, { moved, rows, words }: ActOutcome) => ({
    draft: await deps.get(draftId),
    moved,
    rows: await deps.rowsOf(draftId, rows),
    done: words,
  });
  const doOrder = async (draftId: number, order: Order) => answer(draftId, await act(deps, draftId, { order }));

  return {
    async editRow(draftId, row, cells) {
      const [stored] = await rowsByNumber(deps.local.read, draftId, [row]);
      const words = describeEdit(Object.keys(cells), stored?.facts.line ?? row);
      return doOrder(draftId, { kind: 'cells', rows: [{ row, cells }], words });
    },
    editRows: (draftId, rows, words) => doOrder(draftId, { kind: 'cells', rows, words }),
    exclude: (draftId, target) => doOrder(draftId, { kind: 'exclude', target }),
    include: (draftId, target) => doOrder(draftId, { kind: 'include', target }),
    override: async (draftId, target, code, reason) =>
      answer(draftId, await overrideRows(deps, draftId, target, code, reason)),
    undo: async (draftId) => answer(draftId, await moveBack(deps, draftId, 'undo')),
    redo: async (draftId) => answer(draftId, await moveBack(deps, draftId, 'redo')),
    fixAll: (draftId, code, preview) => fixAll(deps, draftId, code, preview),
    async recheck(draftId) {
      const draft = await deps.get(draftId);
      if (await isCurrent(deps, draftId)) return { draft, checked: 0, moved: 0, verdictsMoved: 0, differences: [] };
      const judgement = await judgeAgain(deps, draftId);
      return { ...judgement, draft: await deps.get(draftId) };
    },
  };
}

/** Whether nothing that the verdicts rest on has moved since they were made. */
async function isCurrent({ local }: Pick<ActDeps, 'local'>, draftId: number): Promise<boolean> {
  const draft = await loadDraft(local.read, draftId);
  if (draft === null || draft.unjudged || draft.isBusy) return false;
  const now = await currentMarks(local.read);
  return draft.mirrorAtMs === now.mirrorAtMs && draft.changesMark === now.changesMark;
}

async function overrideRows(
  deps: EditDeps,
  draftId: number,
  target: RowTarget,
  code: string,
  reason: string,
): Promise<ActOutcome> {
  refuseOverride(deps, code);
  const { userName } = deps.actor();
  const override: Override = { code, reason: reason.trim(), by: userName, at: isoTime(deps.clock.now()) };
  const { uid, providerUid: provider } = await deps.get(draftId);
  const stream = await portalOf(deps.local.read, provider);
  return act(deps, draftId, {
    order: { kind: 'override', target, override },
    audit(rowCount, rows) {
      if (rowCount === 0) return [];
      const details = { draft: uid, code, reason: override.reason, rowCount, rows };
      return [{ stream, actor: userName, action: 'draft.overridden', provider, details }];
    },
  });
}

function refuseOverride({ actor }: Pick<ActDeps, 'actor'>, code: string): void {
  const least = findingRule(code)?.overridable ?? null;
  if (least === null) throw overrideRefused(code, 'it is certainly wrong, or nothing to be responsible for');
  const { role } = actor();
  if (!mayOverride(role, code)) throw overrideRefused(code, `it takes the role ${least}; yours is ${role}`);
}

async function fixAll(deps: EditDeps, draftId: number, code: string, preview: boolean) {
  ruleOf(code);
  const before = await deps.get(draftId);
  const order: Order = { kind: 'fix', code };
  const { considered, changed } = preview ? await lookAt(deps, before, order) : await act(deps, draftId, { order });
  const after = preview ? before : await deps.get(draftId);
  return {
    code,
    fixable: changed,
    left: considered - changed,
    words: wordsOf(order, changed),
    before: countsOf(before, code),
    after: preview ? null : countsOf(after, code),
    draft: after,
  };
}

async function lookAt(deps: EditDeps, { id, rows }: Draft, order: Order) {
  const size = await sizeOf(deps.local.read, id, order);
  return deps.workFor(size > PART_ROWS ? rows : 0).run('preview', { draftId: id, order });
}

function countsOf({ valid, warning, error, findings }: Draft, code: string): VerdictCounts {
  return { valid, warning, error, withFinding: findings[code] ?? 0 };
}
