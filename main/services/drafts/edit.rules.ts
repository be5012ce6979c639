import type { Field, Finding, Verdict } from '../../../shared/domain/finding';
import { verdictWith, type Override } from '../../../shared/domain/override';
import type { RoundedCounts, RowFacts, RowSource } from '../imports';
import type { RowPatch } from './edit-log.repo';
import type { DraftCounts, StoredRow } from './edits.repo';
import type { Cells } from './types';

/** Everything that a person decides about a row; its verdict follows from it. */
export interface Input {
  readonly row: number;
  readonly line: number;
  readonly source: RowSource;
  readonly excluded: boolean;
  readonly edited: readonly Field[];
  readonly overrides: readonly Override[];
}

export function patchInput(input: Input, patch: RowPatch): Input {
  const { cells, malformed, surplus, excluded, edited, overrides, line } = patch;
  return {
    row: input.row,
    line: line ?? input.line,
    source: {
      cells: cells ?? input.source.cells,
      malformed: malformed ?? input.source.malformed,
      surplus: surplus === undefined ? input.source.surplus : surplus,
    },
    excluded: excluded ?? input.excluded,
    edited: edited ?? input.edited,
    overrides: overrides ?? input.overrides,
  };
}

export function newInput(row: number, patch: RowPatch): Input {
  const empty: RowSource = { cells: {}, malformed: false, surplus: null };
  return patchInput({ row, line: row, source: empty, excluded: false, edited: [], overrides: [] }, patch);
}

/**
 * The change that typing makes; null: nothing is different. Whoever corrects a cell has looked at the row as it is shown,
 * so marks that stood in the file for doubtful cell borders go. What was accepted of the old value says nothing of the new.
 */
export function cellsChange(
  input: Input,
  findings: readonly Finding[],
  typed: Cells,
): { readonly before: RowPatch; readonly after: RowPatch } | null {
  const { cells, malformed, surplus } = input.source;
  const changed = (Object.keys(typed) as Field[]).filter((field) => (typed[field] ?? '') !== (cells[field] ?? ''));
  if (changed.length === 0) return null;
  const after: Partial<Record<Field, string>> = { ...cells };
  for (const field of changed) {
    const value = typed[field] ?? '';
    if (value.trim() === '') delete after[field];
    else after[field] = value;
  }
  const stale = new Set(
    findings.filter(({ field }) => field !== null && changed.includes(field)).map(({ code }) => code),
  );
  return {
    before: { cells, malformed, surplus, edited: input.edited, overrides: input.overrides },
    after: {
      cells: after,
      malformed: false,
      surplus: null,
      edited: [...new Set([...input.edited, ...changed])],
      overrides: input.overrides.filter(({ code }) => !stale.has(code)),
    },
  };
}

/** What a row counts for in its draft. */
export interface Counted {
  readonly excluded: boolean;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

/** Counts a row in or out of its draft's totals; a finding that it has twice counts once. */
export function countRow(counts: DraftCounts, row: Counted, by: 1 | -1): DraftCounts {
  if (row.excluded) return { ...counts, excluded: counts.excluded + by };
  const findings: Record<string, number> = { ...counts.findings };
  for (const code of new Set(row.findings.map((finding) => finding.code))) findings[code] = (findings[code] ?? 0) + by;
  return { ...counts, [row.verdict]: counts[row.verdict] + by, findings };
}

export function addRounded(total: RoundedCounts, part: RoundedCounts, by: 1 | -1): RoundedCounts {
  return {
    seen: total.seen + by * part.seen,
    lost: total.lost + by * part.lost,
    doubtful: total.doubtful + by * part.doubtful,
  };
}

/** Whether a row that was judged again is the same for whoever looks at it; when the data was looked at does not count. */
export function isMoved(
  before: Pick<StoredRow, 'verdict' | 'findings'>,
  after: { readonly verdict: Verdict; readonly findings: readonly Finding[] },
): boolean {
  if (before.verdict !== after.verdict) return true;
  const codes = (findings: readonly Finding[]): string =>
    findings.map(({ code, field }) => `${code} ${field ?? ''}`).join();
  return codes(before.findings) !== codes(after.findings);
}

/** A row as it is to be stored. */
export function rowToStore(
  input: Input,
  judged: { readonly facts: RowFacts; readonly raw: string | null },
  findings: readonly Finding[],
): StoredRow {
  return {
    facts: judged.facts,
    raw: judged.raw,
    findings,
    findingsJson: findings.length === 0 ? null : JSON.stringify(findings),
    verdict: verdictWith(findings, input.overrides),
    excluded: input.excluded,
    edited: input.edited,
    overrides: input.overrides,
  };
}
