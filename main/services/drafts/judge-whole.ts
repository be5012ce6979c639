import type { LocalDb } from '../../localdb/types';
import type { OpenJudge, RoundedCounts, RowFacts } from '../imports';
import { countRow, isMoved, rowToStore } from './edit.rules';
import { touchDoing } from './doing.repo';
import {
  currentMarks,
  rowsByNumber,
  rowsFrom,
  writeRows,
  type DraftCounts,
  type EditableDraft,
  type StoredRow,
} from './edits.repo';
import { inputOf } from './judge-part';
import type { RowDifference } from './types';

/** Rows that are judged, and written in one transaction, between two pauses. */
const ROWS_AT_ONCE = 1_000;
const SHOWN_DIFFERENCES = 500;

export interface WholeJudgement {
  readonly checked: number;
  readonly moved: number;
  /** Of rows whose verdict moved, and not only a finding. */
  readonly verdictsMoved: number;
  readonly differences: readonly RowDifference[];
}

/** What one small transaction has still to write: only then are the verdicts those of the draft. */
export interface WholeResult {
  readonly judgement: WholeJudgement;
  readonly counts: DraftCounts;
  readonly rounded: RoundedCounts;
  readonly mirrorAtMs: number | null;
  readonly changesMark: string;
}

export interface WholeWork {
  readonly local: LocalDb;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/**
 * Judges every row of a draft again, chunk by chunk, each in a transaction of its own: first by themselves, which brings
 * their lines up to date, then together. Only rows of which something is different are looked at twice. Nobody else
 * changes the draft meanwhile (`doing`).
 */
export async function judgeWhole(work: WholeWork, draft: EditableDraft, judge: OpenJudge): Promise<WholeResult> {
  const { local } = work;
  const { changesMark } = await currentMarks(local.read);
  const tally = createTally();
  const gathering = judge.gather('whole');
  const different: number[] = [];
  let position = 0;
  for (let after = 0; ;) {
    const rows = await rowsFrom(local.read, draft.id, after, ROWS_AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.facts.row;
    const changed: StoredRow[] = [];
    for (const [row, one] of await judgedRows(judge, rows)) {
      if (!row.excluded) gathering.take(one, (position += 1));
      const alone = rowToStore(inputOf(judge, row), one, one.findings);
      if (isSame(row, alone)) tally.add(row, row);
      else different.push(row.facts.row);
      if (!sameFacts(one.facts, row.facts) || one.raw !== row.raw)
        changed.push({ ...row, facts: one.facts, raw: one.raw });
    }
    await writeChunk(work, draft.id, changed);
  }
  const decision = await gathering.decideAll(draft.id);
  const again = Int32Array.from(new Set([...different, ...decision.rows()])).sort();
  let next = 0;
  for (let at = 0; at < again.length; at += ROWS_AT_ONCE) {
    const rows = await rowsByNumber(local.read, draft.id, [...again.subarray(at, at + ROWS_AT_ONCE)]);
    const changed: StoredRow[] = [];
    for (const [row, one] of await judgedRows(judge, rows)) {
      const findings = row.excluded ? one.findings : decision.findings(row.facts.row, one.findings);
      const after = rowToStore(inputOf(judge, row), one, findings);
      if (different[next] === row.facts.row) next += 1;
      else tally.takeBack(row);
      tally.add(row, after);
      if (!isSame(row, after)) changed.push(after);
    }
    await writeChunk(work, draft.id, changed);
  }
  return {
    judgement: tally.judgement(),
    counts: tally.counts(),
    rounded: gathering.rounded(),
    mirrorAtMs: judge.mirrorAtMs,
    changesMark,
  };
}

async function judgedRows(judge: OpenJudge, rows: readonly StoredRow[]) {
  const judged = await judge.judge(rows.map((row) => inputOf(judge, row)));
  return rows.map((row, index) => {
    const one = judged[index];
    if (one === undefined) throw new Error(`row ${row.facts.row} was not judged`);
    return [row, one] as const;
  });
}

async function writeChunk(work: WholeWork, draftId: number, changed: readonly StoredRow[]): Promise<void> {
  work.signal.throwIfAborted();
  if (changed.length === 0) return;
  await work.local.write(async (trx) => {
    await writeRows(trx, draftId, changed);
    await touchDoing(trx, draftId, work.nowMs());
  });
}

function isSame(before: StoredRow, after: StoredRow): boolean {
  return before.findingsJson === after.findingsJson && before.verdict === after.verdict;
}

function sameFacts(one: RowFacts, other: RowFacts): boolean {
  return (Object.keys(one) as (keyof RowFacts)[]).every((key) => one[key] === other[key]);
}

function createTally() {
  let counts: DraftCounts = { valid: 0, warning: 0, error: 0, excluded: 0, findings: {} };
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
      counts = countRow(counts, after, 1);
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
    /** A row that was added as it is; the rest of the list has made something else of it. */
    takeBack(row: StoredRow): void {
      checked -= 1;
      counts = countRow(counts, row, -1);
    },
    counts: () => counts,
    judgement: (): WholeJudgement => ({ checked, moved, verdictsMoved, differences }),
  };
}
