import type { Field, Finding } from '../../../shared/domain/finding';
import { makeFinding, type FindingCode } from '../../../shared/domain/finding-catalogue';
import type { NewField } from './row.rules';

/** A row, as other rows of the list name it. */
export interface RowPlace {
  readonly row: number;
  readonly line: number;
}

/** What is known of a row only once the whole list was read. */
export interface LatePatch {
  readonly add: Finding[];
  /** Findings that turned out to be another one. */
  readonly remove: { readonly code: FindingCode; readonly field: Field }[];
}

export type Patches = Map<number, LatePatch>;

function addFinding(patches: Patches, row: number, finding: Finding): void {
  patchOf(patches, row).add.push(finding);
}

export function patchOf(patches: Patches, row: number): LatePatch {
  const patch = patches.get(row) ?? { add: [], remove: [] };
  patches.set(row, patch);
  return patch;
}

/** Rows that share something which each may have alone. */
export interface RepeatGroup {
  readonly value: string;
  readonly rows: readonly (RowPlace & { readonly lineKey: string | null })[];
}

export function judgeRepeats(
  patches: Patches,
  groups: readonly RepeatGroup[],
  code: 'duplicate-old' | 'duplicate-new' | 'same-line-twice',
  field: Field | null,
): void {
  for (const { value, rows } of groups) {
    // Named in the same way twice, the line is a duplicate already.
    if (code === 'same-line-twice' && new Set(rows.map((row) => row.lineKey)).size < 2) continue;
    for (const { row } of rows) {
      addFinding(
        patches,
        row,
        makeFinding(code, field, { seen: value, evidence: linesBeside(rows, row), data: { from: 'list' } }),
      );
    }
  }
}

const SHOWN_LINES = 5;

/** `also in line 12, 15`: enough to find the others, also when there are thousands. */
function linesBeside(rows: readonly RowPlace[], self: number): string {
  const lines: number[] = [];
  for (const { row, line } of rows) {
    if (row !== self) lines.push(line);
    if (lines.length === SHOWN_LINES) break;
  }
  const more = rows.length - 1 - lines.length;
  return `also in line ${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A row whose stated identifiers belong to two lines. */
export interface MismatchedRow extends RowPlace {
  /** Line that the row names first, and the one that something else in the row belongs to. */
  readonly anchorId: number;
  readonly otherId: number;
}

/** Rows with an unknown identifier belong to no other line; so many of them in a row don't end a shift. */
const MOST_UNKNOWN_BETWEEN = 3;

/**
 * Neighbouring rows whose second identifier belongs to the row above or below, all in the same direction: one column has
 * slipped. Two rows that exchanged their values are no shift.
 *
 * @param mismatched in the order of the list
 */
export function judgeShifts(patches: Patches, mismatched: readonly MismatchedRow[]): void {
  let run: MismatchedRow[] = [];
  for (const row of [...mismatched, null]) {
    const last = run.at(-1);
    if (row !== null && last !== undefined && row.row <= last.row + 1 + MOST_UNKNOWN_BETWEEN) {
      run.push(row);
      continue;
    }
    if (run.length >= 2) noteShifts(patches, run);
    run = row === null ? [] : [row];
  }
}

/** A row whose identifier belongs to its neighbour says which way the column went; rows beside a gap say nothing. */
function noteShifts(patches: Patches, run: readonly MismatchedRow[]): void {
  const anchors = new Map(run.map((row) => [row.row, row.anchorId]));
  const down = run.filter((row) => row.otherId === anchors.get(row.row - 1)).length;
  const up = run.filter((row) => row.otherId === anchors.get(row.row + 1)).length;
  const [first] = run;
  const most = Math.max(down, up);
  // All but one row of a shifted run fit; a few unknown identifiers in between don't hide it.
  if (first === undefined || down === up || most * 2 < run.length - 1) return;
  const message = `From line ${first.line} on, the pairs are off by one: they belong to the row ${down > up ? 'above' : 'below'}`;
  const data = { from: 'list' } as const;
  for (const { row } of run) addFinding(patches, row, makeFinding('pairs-shifted', null, { message, data }));
}

/** How many numbers of a column look as if a program had kept them as floating-point numbers. */
export interface RoundedTally {
  /** Long numbers in the column. */
  seen: number;
  /** Refused for it: their check digit is wrong. */
  lost: number;
  /** Their check digit is right, as with one damaged number in ten. */
  readonly doubtful: (RowPlace & { readonly value: string })[];
  /** Doubtful numbers of the column that are not listed, when only a part of the list is judged again. */
  elsewhere?: number;
}

/** Of sound 19-digit numbers one in a thousand equals a floating-point number, of those with 20 digits one in 16,000. */
const MORE_THAN_CHANCE = 0.05;

/** What numbers that look rounded are in this column; null: chance. */
export function decideRounded(column: {
  readonly seen: number;
  readonly lost: number;
  readonly doubtful: number;
}): 'digits-lost' | 'digits-doubtful' | null {
  const { seen, lost, doubtful } = column;
  const rounded = lost + doubtful;
  if (lost === 0 && rounded * 2 <= seen) return null;
  return lost > 0 && rounded > seen * MORE_THAN_CHANCE ? 'digits-lost' : 'digits-doubtful';
}

/**
 * Programs damage whole columns, and in one damaged number of ten the check digit is right by chance. So what looks
 * rounded is refused with its column; a few among sound numbers are chance, unless one of them is proven damaged.
 */
export function judgeRounded(patches: Patches, tally: RoundedTally, field: NewField): void {
  const { seen, lost, doubtful, elsewhere = 0 } = tally;
  const code = decideRounded({ seen, lost, doubtful: doubtful.length + elsewhere });
  if (code === null) return;
  const evidence = `${lost + doubtful.length + elsewhere} of the ${seen} numbers in this column look so`;
  for (const { row, value } of doubtful) addFinding(patches, row, makeFinding(code, field, { seen: value, evidence }));
}
