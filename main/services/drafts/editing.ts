import { findingRule } from '../../../shared/domain/finding-catalogue';
import { mayOverride, type Override } from '../../../shared/domain/override';
import { isoTime } from '../../lib/clock';
import type { Trx } from '../../localdb/types';
import type { OpenJudge } from '../imports';
import { act, judgeAgain, moveBack, type ActDeps, type ActOutcome } from './acts';
import { cellsChange } from './edit.rules';
import type { RowChange } from './edit-log.repo';
import { currentMarks, loadDraft, rowsByNumber, type EditableDraft, type StoredRow } from './edits.repo';
import { FIXES, type Fix } from './fix.rules';
import { inputOf } from './judge-part';
import { orderedRows } from './pages.repo';
import { portalOf } from './portal.repo';
import { fixUnknown, overrideRefused, rowUnknown } from './refusals';
import { describeEdit, rowsIn } from './words.rules';
import type { Cells, Draft, DraftsService, RowFilter, RowTarget, VerdictCounts } from './types';

type EditCalls = Pick<
  DraftsService,
  'editRow' | 'editRows' | 'fixAll' | 'exclude' | 'include' | 'override' | 'undo' | 'redo' | 'recheck'
>;

export interface EditDeps extends ActDeps {
  readonly get: (draftId: number) => Promise<Draft>;
  readonly rowsOf: (draftId: number, rows: readonly number[]) => ReturnType<DraftsService['rowsOf']>;
}

const LOADED_AT_ONCE = 2_000;
const BY_ROW = { by: 'row', direction: 'ascending' } as const;

/** What a person does with the rows of a draft. Each act is durable when it resolves, and can be taken back. */
export function createEditCalls(deps: EditDeps): EditCalls {
  const answer = async (draftId: number, outcome: ActOutcome | null) => ({
    draft: await deps.get(draftId),
    moved: outcome?.moved ?? 0,
    rows: outcome === null ? [] : await deps.rowsOf(draftId, outcome.rows),
    done: outcome?.words ?? 'nothing to change',
  });
  const setExcluded = async (draftId: number, target: RowTarget, excluded: boolean) =>
    answer(draftId, await act(deps, draftId, (trx, draft) => planExcluded(trx, draft.id, target, excluded)));

  return {
    async editRow(draftId, row, cells) {
      const outcome = await act(deps, draftId, async (trx, draft, judge) => {
        const changes = await planCells(trx, draft.id, judge, [{ row, cells }]);
        const line = changes[0] === undefined ? row : await lineOf(trx, draft.id, row);
        return { words: describeEdit(Object.keys(cells), line), changes };
      });
      return answer(draftId, outcome);
    },
    async editRows(draftId, rows, words) {
      const outcome = await act(deps, draftId, async (trx, draft, judge) => {
        const changes = await planCells(trx, draft.id, judge, rows);
        return { words, changes };
      });
      return answer(draftId, outcome);
    },
    exclude: (draftId, target) => setExcluded(draftId, target, true),
    include: (draftId, target) => setExcluded(draftId, target, false),
    async override(draftId, target, code, reason) {
      refuseOverride(deps, code);
      const outcome = await act(deps, draftId, (trx, draft) => planOverride(deps, trx, draft, target, code, reason));
      return answer(draftId, outcome);
    },
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
  if (draft === null || draft.unjudged) return false;
  const now = await currentMarks(local.read);
  return draft.mirrorAtMs === now.mirrorAtMs && draft.changesMark === now.changesMark;
}

async function lineOf(trx: Trx, draftId: number, row: number): Promise<number> {
  return (await rowsByNumber(trx, draftId, [row]))[0]?.facts.line ?? row;
}

async function planCells(
  trx: Trx,
  draftId: number,
  judge: OpenJudge,
  typed: readonly { readonly row: number; readonly cells: Cells }[],
): Promise<readonly RowChange[]> {
  const changes: RowChange[] = [];
  for (let at = 0; at < typed.length; at += LOADED_AT_ONCE) {
    const part = typed.slice(at, at + LOADED_AT_ONCE);
    const stored = await rowsByNumber(
      trx,
      draftId,
      part.map(({ row }) => row),
    );
    const byNumber = new Map(stored.map((row) => [row.facts.row, row]));
    for (const { row, cells } of part) {
      const one = byNumber.get(row);
      if (one === undefined) throw rowUnknown(draftId, row);
      const change = cellsChange(inputOf(judge, one), one.findings, cells);
      if (change !== null) changes.push({ row, ...change });
    }
  }
  return changes;
}

/** Numbers of the rows that a person means. @throws usage `draft-row-unknown` */
async function numbersOf(trx: Trx, draftId: number, target: RowTarget): Promise<readonly number[]> {
  if ('filter' in target) return orderedRows(trx, draftId, target.filter, BY_ROW);
  const rows = [...new Set(target.rows)].sort((one, other) => one - other);
  const there = new Set((await rowsByNumber(trx, draftId, rows)).map(({ facts }) => facts.row));
  const missing = rows.find((row) => !there.has(row));
  if (missing !== undefined) throw rowUnknown(draftId, missing);
  return rows;
}

async function eachStored(
  trx: Trx,
  draftId: number,
  numbers: readonly number[],
  take: (row: StoredRow) => void,
): Promise<void> {
  for (let at = 0; at < numbers.length; at += LOADED_AT_ONCE) {
    (await rowsByNumber(trx, draftId, numbers.slice(at, at + LOADED_AT_ONCE))).forEach(take);
  }
}

async function planExcluded(trx: Trx, draftId: number, target: RowTarget, excluded: boolean) {
  const changes: RowChange[] = [];
  await eachStored(trx, draftId, await numbersOf(trx, draftId, target), (row) => {
    if (row.excluded === excluded) return;
    changes.push({ row: row.facts.row, before: { excluded: !excluded }, after: { excluded } });
  });
  return { words: `${rowsIn(changes.length)} ${excluded ? 'left out' : 'taken in again'}`, changes };
}

function refuseOverride({ actor }: Pick<ActDeps, 'actor'>, code: string): void {
  const least = findingRule(code)?.overridable ?? null;
  if (least === null) throw overrideRefused(code, 'it is certainly wrong, or nothing to be responsible for');
  const { role } = actor();
  if (!mayOverride(role, code)) throw overrideRefused(code, `it takes the role ${least}; yours is ${role}`);
}

async function planOverride(
  deps: ActDeps,
  trx: Trx,
  draft: EditableDraft,
  target: RowTarget,
  code: string,
  reason: string,
) {
  const { userName } = deps.actor();
  const override: Override = { code, reason: reason.trim(), by: userName, at: isoTime(deps.clock.now()) };
  const changes: RowChange[] = [];
  await eachStored(trx, draft.id, await numbersOf(trx, draft.id, target), (row) => {
    if (!row.findings.some((finding) => finding.code === code)) return;
    const others = row.overrides.filter((one) => one.code !== code);
    const [before, after] = [{ overrides: row.overrides }, { overrides: [...others, override] }];
    changes.push({ row: row.facts.row, before, after });
  });
  const provider = draft.basis.providerUid;
  const stream = await portalOf(trx, provider);
  const rows = changes.slice(0, 1_000).map(({ row }) => row);
  const details = { draft: draft.uid, code, reason: override.reason, rowCount: changes.length, rows };
  return {
    words: `${code} accepted in ${rowsIn(changes.length)}`,
    changes,
    audit: [{ stream, actor: userName, action: 'draft.overridden', provider, details }],
  };
}

async function fixAll(deps: EditDeps, draftId: number, code: string, preview: boolean) {
  const rule = Object.hasOwn(FIXES, code) ? FIXES[code] : undefined;
  if (rule === undefined) throw fixUnknown(code, Object.keys(FIXES));
  const before = await deps.get(draftId);
  let withFinding = 0;
  let changes: readonly RowChange[] = [];
  const look = async (trx: Trx, judge: OpenJudge): Promise<void> => {
    const made: RowChange[] = [];
    const numbers = await orderedRows(trx, draftId, withCode(code), BY_ROW);
    withFinding = numbers.length;
    await eachStored(trx, draftId, numbers, (row) => {
      const input = inputOf(judge, row);
      const fix = rule.fix({ cells: input.source.cells, findings: row.findings });
      const change = fix === null ? null : changeOf(row, fix, judge);
      if (change !== null) made.push(change);
    });
    changes = made;
  };
  const wordsOf = (): string => `${rowsIn(changes.length)} ${rule.words}`;
  await act(deps, draftId, async (trx, _draft, judge) => {
    await look(trx, judge);
    return preview ? null : { words: wordsOf(), changes };
  });
  const after = preview ? before : await deps.get(draftId);
  return {
    code,
    fixable: changes.length,
    left: withFinding - changes.length,
    words: wordsOf(),
    before: countsOf(before, code),
    after: preview ? null : countsOf(after, code),
    draft: after,
  };
}

function changeOf(row: StoredRow, fix: Fix, judge: OpenJudge): RowChange | null {
  if ('exclude' in fix) return { row: row.facts.row, before: { excluded: false }, after: { excluded: true } };
  const change = cellsChange(inputOf(judge, row), row.findings, fix.cells);
  return change === null ? null : { row: row.facts.row, ...change };
}

const withCode = (code: string): RowFilter => ({ verdict: null, finding: code, text: '', excluded: 'no' });

function countsOf({ valid, warning, error, findings }: Draft, code: string): VerdictCounts {
  return { valid, warning, error, withFinding: findings[code] ?? 0 };
}
