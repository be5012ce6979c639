import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCircles, judgeChains, type OpenRow, type WaitingRow } from './chains.rules';
import type { Patches } from './list.rules';

const codesOf = (patches: Patches): Record<number, string[]> =>
  Object.fromEntries([...patches].map(([row, { add }]) => [row, add.map((finding) => finding.code)]));

/** Row `r` changes line `r`, and wants what line `targets[r - 1]` has; 0: something free. */
function judge(targets: readonly number[], open: ReadonlyMap<number, OpenRow> = new Map()): Patches {
  const patches: Patches = new Map();
  const waiting = targets.flatMap((ownerId, index): WaitingRow[] =>
    ownerId === 0 ? [] : [{ row: index + 1, line: index + 2, field: 'newIccid', lineId: index + 1, ownerId }],
  );
  const rowsOfLine = new Map(targets.map((_, index) => [index + 1, { row: index + 1, line: index + 2 }]));
  judgeChains(patches, waiting, rowsOfLine, open);
  return patches;
}

test('a chain waits for the row that frees its target, and may be sent', () => {
  const patches = judge([2, 3, 0]);
  expect(codesOf(patches)).toEqual({ 1: ['chain'], 2: ['chain'] });
  expect(patches.get(1)?.add[0]).toMatchObject({ level: 'info', evidence: 'after line 3 of the list' });
  expect(patches.get(1)?.remove).toEqual([{ code: 'target-in-use', field: 'newIccid' }]);
});

test('a circle names its rows, beginning with the one that is looked at; what only leads into it is a chain', () => {
  const patches = judge([2, 3, 1, 1]);
  expect(codesOf(patches)).toEqual({ 1: ['cycle'], 2: ['cycle'], 3: ['cycle'], 4: ['chain'] });
  expect(patches.get(1)?.add[0]?.evidence).toBe('line 2 → line 3 → line 4 → line 2');
  expect(patches.get(2)?.add[0]?.evidence).toBe('line 3 → line 4 → line 2 → line 3');
});

test('a long circle is cut, and tells its length', () => {
  const evidence = judge([...Array.from({ length: 29 }, (_, index) => index + 2), 1]).get(1)?.add[0]?.evidence;
  expect(evidence).toMatch(/→ … \(30 rows\) → line 2$/);
});

test('a target on a line that nothing changes stays taken', () => {
  expect(judge([99])).toEqual(new Map());
});

describe('open changes', () => {
  const openRow = (gives: OpenRow['gives'], waitsFor: readonly number[] = []): OpenRow => ({
    change: 7,
    row: 3,
    gives,
    waitsFor,
  });

  test('a row of one that frees the target is waited for', () => {
    const patches = judge([50], new Map([[50, openRow(['newIccid'])]]));
    expect(patches.get(1)?.add[0]).toMatchObject({ code: 'chain-open', evidence: 'after change 7 row 3' });
  });

  test('a row of one that changes the other identifier only frees nothing', () => {
    expect(judge([50], new Map([[50, openRow(['newImei'])]]))).toEqual(new Map());
  });

  test('a circle through one is told', () => {
    const patches = judge([50], new Map([[50, openRow(['newIccid'], [1])]]));
    expect(patches.get(1)?.add[0]).toMatchObject({ code: 'cycle', evidence: 'line 2 → change 7 row 3 → line 2' });
  });
});

test('a row lies on a circle if and only if following the targets comes back to it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }), (drawn) => {
      // Line `index + 1` never wants its own.
      const targets = drawn.map((target, index) => (target > drawn.length || target === index + 1 ? 0 : target));
      const codes = codesOf(judge(targets));
      for (const [index, target] of targets.entries()) {
        let at = target;
        for (let step = 0; step < targets.length && at !== 0 && at !== index + 1; step += 1) at = targets[at - 1] ?? 0;
        const expected = target === 0 ? undefined : at === index + 1 ? ['cycle'] : ['chain'];
        expect(codes[index + 1]).toEqual(expected);
      }
    }),
  );
});

test('with two arrows a line, the circle that is told is a shortest one through it', () => {
  const point = fc.nat({ max: 7 });
  fc.assert(
    fc.property(fc.array(fc.tuple(point, point), { maxLength: 16 }), (pairs) => {
      const arrows = new Map<number, number[]>();
      for (const [from, to] of pairs) if (from !== to) arrows.set(from, [...(arrows.get(from) ?? []), to]);
      const circles = findCircles(arrows);
      for (let start = 0; start <= 7; start += 1) {
        const length = slowShortest(start, arrows);
        const circle = circles.get(start);
        expect(circle?.length ?? null).toBe(length);
        circle?.forEach((from, at) => {
          expect(arrows.get(from)).toContain(circle[(at + 1) % circle.length]);
        });
      }
    }),
  );
});

/** Length of the shortest way back, by growing the set that can be reached step by step. */
function slowShortest(start: number, arrows: ReadonlyMap<number, readonly number[]>): number | null {
  let reached = new Set([start]);
  for (let steps = 1; steps <= 8; steps += 1) {
    reached = new Set([...reached].flatMap((from) => [...(arrows.get(from) ?? [])]));
    if (reached.has(start)) return steps;
  }
  return null;
}

test('a circle of a hundred thousand rows is told in one go', () => {
  const size = 100_000;
  const patches = judge(Array.from({ length: size }, (_, index) => ((index + 1) % size) + 1));
  expect(patches.size).toBe(size);
  expect(patches.get(5)?.add[0]?.evidence).toMatch(/^line 6 → line 7 .* \(100000 rows\) → line 6$/);
}, 60_000);
