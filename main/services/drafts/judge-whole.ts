import type { LocalDb } from '../../localdb/types';
import type { OpenJudge, RoundedCounts } from '../imports';
import { isMoved, rowToStore } from './edit.rules';
import {
  currentMarks,
  markChecked,
  rowsFrom,
  writeRows,
  writeTotals,
  type EditableDraft,
  type StoredRow,
} from './edits.repo';
import { inputOf } from './judge-part';
import type { RowDifference } from './types';

/** Rows that are judged between two pauses: about 20 ms of this thread. */
const ROWS_AT_ONCE = 1_000;
const SHOWN_DIFFERENCES = 500;

export interface WholeJudgement {
  readonly checked: number;
  readonly moved: number;
  /** Of rows whose verdict moved, and not only a finding. */
  readonly verdictsMoved: number;
  readonly differences: readonly RowDifference[];
}

/**
 * Judges every row of a draft again, chunk by chunk, each in a transaction of its own: first by themselves, which brings
 * their lines up to date, then together. The draft is marked `unjudged` meanwhile; when this is broken off, the next look
 * begins anew.
 */
export async function judgeWhole(local: LocalDb, draft: EditableDraft, judge: OpenJudge): Promise<WholeJudgement> {
  const marks = await currentMarks(local.read);
  const gathering = judge.gather('whole');
  let position = 0;
  await eachChunk(local, draft.id, async (rows) => {
    const judged = await judge.judge(rows.map((row) => inputOf(judge, row)));
    const changed = rows.flatMap((row, index) => {
      const one = judged[index];
      if (one === undefined) throw new Error(`row ${row.facts.row} was not judged`);
      if (!row.excluded) gathering.take(one, (position += 1));
      const isSame = JSON.stringify(one.facts) === JSON.stringify(row.facts) && one.raw === row.raw;
      return isSame ? [] : [{ ...row, facts: one.facts, raw: one.raw }];
    });
    if (changed.length > 0) await local.write((trx) => writeRows(trx, draft.id, changed));
  });
  const decision = await gathering.decideAll(draft.id);
  const tally = createTally();
  await eachChunk(local, draft.id, async (rows) => {
    const judged = await judge.judge(rows.map((row) => inputOf(judge, row)));
    const changed = rows.flatMap((row, index) => {
      const one = judged[index];
      if (one === undefined) throw new Error(`row ${row.facts.row} was not judged`);
      const findings = row.excluded ? one.findings : decision.findings(row.facts.row, one.findings);
      const after = rowToStore(inputOf(judge, row), one, findings);
      tally.add(row, after);
      return after.findingsJson === row.findingsJson && after.verdict === row.verdict ? [] : [after];
    });
    if (changed.length > 0) await local.write((trx) => writeRows(trx, draft.id, changed));
  });
  await local.write(async (trx) => {
    await writeTotals(trx, draft.id, tally.counts(), gathering.rounded() satisfies RoundedCounts);
    await markChecked(trx, draft.id, judge.mirrorAtMs, marks.changesMark);
  });
  return tally.judgement();
}

async function eachChunk(
  local: LocalDb,
  draftId: number,
  work: (rows: readonly StoredRow[]) => Promise<void>,
): Promise<void> {
  for (let after = 0; ;) {
    const rows = await rowsFrom(local.read, draftId, after, ROWS_AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined) return;
    await work(rows);
    after = last.facts.row;
  }
}

function createTally() {
  const counts = { valid: 0, warning: 0, error: 0, excluded: 0 };
  const codes = new Map<string, number>();
  const differences: RowDifference[] = [];
  let checked = 0;
  let moved = 0;
  let verdictsMoved = 0;
  const codesOf = ({ findings }: Pick<StoredRow, 'findings'>): string[] => [
    ...new Set(findings.map(({ code }) => code)),
  ];
  return {
    add(before: StoredRow, after: StoredRow): void {
      checked += 1;
      if (after.excluded) counts.excluded += 1;
      else {
        counts[after.verdict] += 1;
        for (const code of codesOf(after)) codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      if (!isMoved(before, after)) return;
      moved += 1;
      if (before.verdict !== after.verdict && !after.excluded) verdictsMoved += 1;
      if (differences.length === SHOWN_DIFFERENCES) return;
      differences.push({
        row: after.facts.row,
        line: after.facts.line,
        before: { verdict: before.verdict, codes: codesOf(before) },
        after: { verdict: after.verdict, codes: codesOf(after) },
      });
    },
    counts: () => ({ ...counts, findings: Object.fromEntries(codes) }),
    judgement: (): WholeJudgement => ({ checked, moved, verdictsMoved, differences }),
  };
}
