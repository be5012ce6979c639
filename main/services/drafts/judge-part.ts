import type { Trx } from '../../localdb/types';
import type { JudgedInput, OpenJudge, RoundedCounts } from '../imports';
import { addRounded, countRow, isMoved, newInput, patchInput, rowToStore, type Input } from './edit.rules';
import type { RowPatch } from './edit-log.repo';
import {
  deleteRows,
  mismatchedRun,
  rowsByNumber,
  separatedRows,
  writeRows,
  writeTotals,
  type EditableDraft,
  type StoredRow,
} from './edits.repo';
import { rowsSharing } from './keys.repo';

/** Rows whose inputs change, and rows that share something with them; more are judged with the whole list. */
export const PART_ROWS = 2_000;

export interface PatchedRow {
  readonly row: number;
  readonly patch: RowPatch;
}

/** A row of the part: as it is stored, as it is to be, and what the rules say of it alone. */
interface Member {
  readonly stored: StoredRow | null;
  /** Null: the row leaves the list. */
  readonly input: Input | null;
  readonly judged: JudgedInput | null;
}

/**
 * Changes some rows and judges again what that can concern: the rows themselves, and all that are joined to them, before
 * or after, by a line, by a wanted identifier or by a run of slipped pairs. Everything is in the caller's transaction.
 *
 * @returns numbers of the rows whose verdict or findings moved; null: too many rows are concerned. Then only the inputs are
 * written, and the whole list must be judged
 */
export async function judgePart(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
): Promise<readonly number[] | null> {
  const seeds = await readSeeds(trx, draft, judge, patches);
  const rounded = roundedAfter(draft.rounded, seeds.before, seeds.members);
  await writeInputs(trx, draft.id, seeds.members);
  const members = new Map(seeds.members);
  const isWhole = await addNeighbours(trx, draft, judge, members, seeds.before);
  if (!isWhole) return null;
  const inList = [...members.values()].filter(isInList);
  const doubtfulHere = inList.reduce((sum, { judged }) => sum + judged.rounded.doubtful, 0);
  const flips = judge.verdictOfColumn(draft.rounded) !== judge.verdictOfColumn(rounded);
  if (flips && rounded.doubtful > doubtfulHere) return null;

  const decision = await decideTogether(trx, draft.id, judge, inList, rounded);
  const moved: number[] = [];
  const written: StoredRow[] = [];
  let counts = draft.counts;
  for (const [row, { stored, input, judged }] of members) {
    if (stored !== null) counts = countRow(counts, stored, -1);
    if (input === null || judged === null) continue;
    const findings = input.excluded ? judged.findings : decision.findings(row, judged.findings);
    const after = rowToStore(input, judged, findings);
    counts = countRow(counts, after, 1);
    written.push(after);
    if (seeds.members.has(row) || stored === null || isMoved(stored, after)) moved.push(row);
  }
  await writeRows(trx, draft.id, written);
  await writeTotals(trx, draft.id, counts, rounded);
  return moved.sort((one, other) => one - other);
}

type Members = Map<number, Member>;
type InList = Member & { readonly input: Input; readonly judged: JudgedInput };

function isInList(member: Member): member is InList {
  return member.input?.excluded === false && member.judged !== null;
}

export function inputOf(judge: OpenJudge, stored: StoredRow): Input {
  const { facts, excluded, edited, overrides } = stored;
  return { row: facts.row, line: facts.line, source: judge.sourceOf(stored), excluded, edited, overrides };
}

/** The rows that change, with what they shared with others before. */
async function readSeeds(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  patches: readonly PatchedRow[],
): Promise<{ readonly members: Members; readonly before: readonly JudgedInput[] }> {
  const numbers = patches.map(({ row }) => row);
  const stored = new Map((await rowsByNumber(trx, draft.id, numbers)).map((row) => [row.facts.row, row]));
  const inList = [...stored.values()].filter((row) => !row.excluded);
  const before = await judge.judge(inList.map((row) => inputOf(judge, row)));
  const inputs = patches.map(({ row, patch }) => {
    if (patch.present === false) return { row, input: null };
    const one = stored.get(row);
    // A row that has left the draft since, by being submitted, is not put back by taking an edit back.
    if (one === undefined && patch.present !== true) return { row, input: null };
    return { row, input: one === undefined ? newInput(row, patch) : patchInput(inputOf(judge, one), patch) };
  });
  const judged = await judge.judge(inputs.flatMap(({ input }) => (input === null ? [] : [input])));
  const judgedOf = new Map(judged.map((one) => [one.facts.row, one]));
  const members: Members = new Map(
    inputs.map(({ row, input }) => [
      row,
      { stored: stored.get(row) ?? null, input, judged: judgedOf.get(row) ?? null },
    ]),
  );
  return { members, before };
}

function roundedAfter(total: RoundedCounts, before: readonly JudgedInput[], members: Members): RoundedCounts {
  let counts = total;
  for (const one of before) counts = addRounded(counts, one.rounded, -1);
  for (const member of members.values()) if (isInList(member)) counts = addRounded(counts, member.judged.rounded, 1);
  return counts;
}

/** The rows as they are to be, with what is said of them alone: who looks for neighbours finds the list as it will be. */
async function writeInputs(trx: Trx, draftId: number, members: Members): Promise<void> {
  const gone = [...members].filter(([, { input, stored }]) => input === null && stored !== null);
  await deleteRows(
    trx,
    draftId,
    gone.map(([row]) => row),
  );
  const there = [...members.values()].flatMap(({ input, judged }) =>
    input === null || judged === null ? [] : [rowToStore(input, judged, judged.findings)],
  );
  await writeRows(trx, draftId, there);
}

/** @returns false: there are too many */
async function addNeighbours(
  trx: Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  members: Members,
  before: readonly JudgedInput[],
): Promise<boolean> {
  const seeds = new Set(members.keys());
  let frontier: readonly JudgedInput[] = [
    ...before,
    ...[...members.values()].filter(isInList).map(({ judged }) => judged),
  ];
  // Only where pairs have slipped at all can a row join or part a run of them by coming or going.
  const mayJoinRuns = (draft.counts.findings['current-pair-differs'] ?? 0) > 0;
  let around = mayJoinRuns ? [...seeds] : [];
  while (frontier.length > 0 || around.length > 0) {
    const found = new Set(await rowsSharing(trx, draft.id, keysOf(frontier)));
    const runs = [...around, ...frontier.filter((one) => one.isMismatched).map((one) => one.facts.row)];
    for (const row of new Set(runs)) (await mismatchedRun(trx, draft.id, row)).forEach((one) => found.add(one));
    const fresh = [...found].filter((row) => !members.has(row));
    if (members.size + fresh.length > PART_ROWS) return false;
    const stored = await rowsByNumber(trx, draft.id, fresh);
    const inputs = stored.map((row) => inputOf(judge, row));
    const judged = await judge.judge(inputs);
    stored.forEach((row, index) => {
      members.set(row.facts.row, { stored: row, input: inputs[index] ?? null, judged: judged[index] ?? null });
    });
    frontier = judged;
    around = [];
  }
  return true;
}

function keysOf(rows: readonly JudgedInput[]): Parameters<typeof rowsSharing>[2] {
  const all = rows.map(({ keys }) => keys);
  return {
    lineKeys: all.flatMap(({ lineKey }) => (lineKey === null ? [] : [lineKey])),
    deviceIds: all.flatMap(({ deviceIds }) => deviceIds),
    iccids: all.flatMap(({ iccids }) => iccids),
    imeis: all.flatMap(({ imeis }) => imeis),
  };
}

async function decideTogether(
  trx: Trx,
  draftId: number,
  judge: OpenJudge,
  inList: readonly InList[],
  rounded: RoundedCounts,
): Promise<ReturnType<ReturnType<OpenJudge['gather']>['decideHere']>> {
  const ordered = [...inList].sort((one, other) => one.input.row - other.input.row);
  const mismatched = ordered.filter(({ judged }) => judged.isMismatched).map(({ input }) => input.row);
  const separated = await separatedRows(trx, draftId, mismatched);
  const gathering = judge.gather('part');
  let position = 0;
  for (const { judged, input } of ordered) {
    // Places need only tell which slipped rows follow each other.
    if (judged.isMismatched) position += separated.has(input.row) ? 2 : 1;
    gathering.take(judged, position);
  }
  return gathering.decideHere(rounded);
}
