import { makeFinding } from '../../../shared/domain/finding-catalogue';
import type { Patches, RowPlace } from './list.rules';
import { patchOf } from './list.rules';
import type { NewField } from './row.rules';

/** A row that wants what another line has now. */
export interface WaitingRow extends RowPlace {
  readonly field: NewField;
  /** The line that the row changes. */
  readonly lineId: number;
  /** The line that has the new identifier. */
  readonly ownerId: number;
}

/** A row of a change that has not ended, by the line that it changes. */
export interface OpenRow {
  readonly change: number;
  readonly row: number;
  /** Identifiers that the line gives up. */
  readonly gives: readonly NewField[];
  /** Lines that still have what the row is to get. */
  readonly waitsFor: readonly number[];
}

/** Larger knots are not searched for the shortest circle through every single row. */
const MOST_SEARCHED_WHOLE = 2_000;
const SHOWN_PLACES = 10;

/**
 * Tells chains and circles from targets that are simply taken. Every line is a point, and an arrow leads from it to the
 * line that has what it is to get: by a row of the list, or by one of an open change. What lies on a circle can't be
 * sent; everything else has an order, what is freed first.
 *
 * @param rowsOfLine rows of the list that change a line, by the number of the line
 * @param openOfLine the same of open changes
 */
export function judgeChains(
  patches: Patches,
  waiting: readonly WaitingRow[],
  rowsOfLine: ReadonlyMap<number, RowPlace>,
  openOfLine: ReadonlyMap<number, OpenRow>,
): void {
  const linked = waiting.filter(
    ({ ownerId, field }) => rowsOfLine.has(ownerId) || openOfLine.get(ownerId)?.gives.includes(field) === true,
  );
  const arrows = new Map<number, number[]>();
  for (const [lineId, { waitsFor }] of openOfLine) if (waitsFor.length > 0) arrows.set(lineId, [...waitsFor]);
  for (const { lineId, ownerId } of linked) {
    const known = arrows.get(lineId);
    if (known === undefined) arrows.set(lineId, [ownerId]);
    else known.push(ownerId);
  }
  const circles = findCircles(arrows);
  const place = (lineId: number): string => {
    const row = rowsOfLine.get(lineId);
    if (row !== undefined) return `line ${row.line}`;
    const open = openOfLine.get(lineId);
    return open === undefined ? `the line ${lineId}` : `change ${open.change} row ${open.row}`;
  };
  const positions = new Map<readonly number[], ReadonlyMap<number, number>>();
  for (const row of linked) {
    const circle = circles.get(row.lineId);
    const patch = patchOf(patches, row.row);
    patch.remove.push({ code: 'target-in-use', field: row.field });
    if (circle === undefined) {
      patch.add.push(chain(row, rowsOfLine, place));
      continue;
    }
    const at = positions.get(circle) ?? new Map(circle.map((lineId, index) => [lineId, index]));
    positions.set(circle, at);
    // A row may wait for two lines, and only one of the two arrows lie on the circle.
    patch.add.push(
      at.has(row.ownerId) ? cycle(row, circle, at.get(row.lineId) ?? 0, place) : chain(row, rowsOfLine, place),
    );
  }
}

function chain(
  row: WaitingRow,
  rowsOfLine: ReadonlyMap<number, RowPlace>,
  place: (lineId: number) => string,
): ReturnType<typeof makeFinding> {
  const before = place(row.ownerId);
  return rowsOfLine.has(row.ownerId)
    ? makeFinding('chain', row.field, { evidence: `after ${before} of the list`, data: { from: 'list' } })
    : makeFinding('chain-open', row.field, { evidence: `after ${before}`, data: { from: 'changes' } });
}

/** Each row tells the circle beginning with itself. */
function cycle(
  row: WaitingRow,
  circle: readonly number[],
  start: number,
  place: (lineId: number) => string,
): ReturnType<typeof makeFinding> {
  const shown: string[] = [];
  for (let step = 0; step < Math.min(circle.length, SHOWN_PLACES); step += 1) {
    shown.push(place(circle[(start + step) % circle.length] ?? row.lineId));
  }
  const rest = circle.length > SHOWN_PLACES ? [`… (${circle.length} rows)`] : [];
  return makeFinding('cycle', row.field, {
    evidence: [...shown, ...rest, place(row.lineId)].join(' → '),
    data: { from: 'list' },
  });
}

/**
 * For each point on a circle a shortest circle through it. What can't be on one is peeled off first; with one arrow a
 * point what is left are the circles themselves, and the work is linear.
 */
export function findCircles(arrows: ReadonlyMap<number, readonly number[]>): ReadonlyMap<number, readonly number[]> {
  const left = peeled(arrows);
  const circles = new Map<number, readonly number[]>();
  const single = [...left].every((point) => (arrows.get(point) ?? []).filter((to) => left.has(to)).length === 1);
  const searchEach = !single && left.size <= MOST_SEARCHED_WHOLE;
  for (const start of left) {
    if (circles.has(start)) continue;
    const circle = shortestThrough(start, arrows, left);
    if (circle === null) continue;
    if (searchEach) circles.set(start, circle);
    else for (const point of circle) circles.set(point, circles.get(point) ?? circle);
  }
  return circles;
}

/** Breadth first: the first way back is a shortest one. */
function shortestThrough(
  start: number,
  arrows: ReadonlyMap<number, readonly number[]>,
  within: ReadonlySet<number>,
): readonly number[] | null {
  const cameFrom = new Map<number, number>([[start, start]]);
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const point = queue[at] ?? start;
    for (const next of arrows.get(point) ?? []) {
      if (next === start) return wayBack(point, start, cameFrom);
      if (!within.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, point);
      queue.push(next);
    }
  }
  return null;
}

function wayBack(end: number, start: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const way: number[] = [];
  for (let point = end; point !== start; point = cameFrom.get(point) ?? start) way.push(point);
  return [start, ...way.reverse()];
}

/** Points that are left when those without an arrow out, or in, are taken away again and again. */
function peeled(arrows: ReadonlyMap<number, readonly number[]>): ReadonlySet<number> {
  const reversed = new Map<number, number[]>();
  for (const [from, targets] of arrows) {
    for (const to of targets) {
      const known = reversed.get(to);
      if (known === undefined) reversed.set(to, [from]);
      else known.push(from);
    }
  }
  const left = new Set([...arrows.keys(), ...reversed.keys()]);
  peel(left, arrows, reversed);
  peel(left, reversed, arrows);
  return left;
}

function peel(
  left: Set<number>,
  out: ReadonlyMap<number, readonly number[]>,
  into: ReadonlyMap<number, readonly number[]>,
): void {
  const count = new Map<number, number>();
  for (const point of left) count.set(point, (out.get(point) ?? []).filter((to) => left.has(to)).length);
  const ready = [...left].filter((point) => count.get(point) === 0);
  for (let point = ready.pop(); point !== undefined; point = ready.pop()) {
    left.delete(point);
    for (const from of into.get(point) ?? []) {
      const remaining = (count.get(from) ?? 0) - 1;
      count.set(from, remaining);
      if (remaining === 0) ready.push(from);
    }
  }
}
