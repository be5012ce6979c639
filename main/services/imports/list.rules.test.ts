import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeChains,
  judgeRounded,
  judgeRepeats,
  judgeShifts,
  type MismatchedRow,
  type Patches,
  type WaitingRow,
} from './list.rules';

const codesOf = (patches: Patches): Record<number, string[]> =>
  Object.fromEntries([...patches].map(([row, { add }]) => [row, add.map((finding) => finding.code)]));

describe('chains and circles', () => {
  /** Row `r` changes line `r`, and wants what line `targets[r]` has; 0: something free. */
  function judge(targets: readonly number[]): Patches {
    const patches: Patches = new Map();
    const waiting = targets.flatMap((ownerId, index): WaitingRow[] =>
      ownerId === 0 ? [] : [{ row: index + 1, line: index + 2, field: 'newIccid', ownerId }],
    );
    const rowsOfLine = new Map(targets.map((_, index) => [index + 1, { row: index + 1, line: index + 2 }]));
    judgeChains(patches, waiting, rowsOfLine);
    return patches;
  }

  test('a chain waits for the row that frees its target; the last one is free', () => {
    expect(codesOf(judge([2, 3, 0]))).toEqual({ 1: ['chain'], 2: ['chain'] });
  });

  test('a circle names its rows; what only leads into it is a chain', () => {
    const patches = judge([2, 3, 1, 1]);
    expect(codesOf(patches)).toEqual({ 1: ['cycle'], 2: ['cycle'], 3: ['cycle'], 4: ['chain'] });
    expect(patches.get(1)?.add[0]?.evidence).toBe('lines 2 → 3 → 4');
  });

  test('a target on a line that the list does not change stays taken', () => {
    expect(judge([99])).toEqual(new Map());
  });

  test('a row lies on a circle if and only if following the targets comes back to it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }), (drawn) => {
        // Line `index + 1` never wants its own.
        const targets = drawn.map((target, index) => (target > drawn.length || target === index + 1 ? 0 : target));
        const codes = codesOf(judge(targets));
        for (const [index, target] of targets.entries()) {
          let at = target;
          for (let step = 0; step < targets.length && at !== 0 && at !== index + 1; step += 1)
            at = targets[at - 1] ?? 0;
          const expected = target === 0 ? undefined : at === index + 1 ? ['cycle'] : ['chain'];
          expect(codes[index + 1]).toEqual(expected);
        }
      }),
    );
  });
});

describe('a slipped column', () => {
  const judge = (rows: readonly MismatchedRow[]): Record<number, string[]> => {
    const patches: Patches = new Map();
    judgeShifts(patches, rows);
    return codesOf(patches);
  };
  const row = (number: number, otherId: number): MismatchedRow => ({
    row: number,
    line: number + 1,
    anchorId: number,
    otherId,
  });

  test('is found wherever it begins and however long it is, in both directions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 2, max: 40 }),
        fc.constantFrom(1, -1),
        (begin, length, by) => {
          const shifted = Array.from({ length }, (_, index) => row(begin + index, begin + index + by));
          expect(Object.keys(judge(shifted))).toHaveLength(length);
        },
      ),
    );
  });

  test('is not seen in single mistakes, in two rows that exchanged their values, or in rows far apart', () => {
    expect(judge([row(1, 50)])).toEqual({});
    expect(judge([row(1, 2), row(2, 1)])).toEqual({});
    expect(judge([row(1, 2), row(7, 8), row(20, 19)])).toEqual({});
    expect(judge([row(1, 70), row(2, 90), row(3, 80)])).toEqual({});
  });
});

describe('repeats', () => {
  const place = (row: number, lineKey = 'k') => ({ row, line: row + 1, lineKey });

  test('each row names the others, a few of them', () => {
    const patches: Patches = new Map();
    judgeRepeats(
      patches,
      [{ value: '1', rows: [1, 2, 3, 4, 5, 6, 7, 8].map((row) => place(row)) }],
      'duplicate-new',
      'newIccid',
    );
    expect(patches.get(1)?.add[0]).toMatchObject({ evidence: 'also in line 3, 4, 5, 6, 7 and 2 more' });
    expect(patches.size).toBe(8);
  });

  test('the same line named in the same way is a duplicate already', () => {
    const patches: Patches = new Map();
    judgeRepeats(patches, [{ value: '1', rows: [place(1), place(2)] }], 'same-line-twice', null);
    expect(patches.size).toBe(0);
    judgeRepeats(patches, [{ value: '1', rows: [place(1), place(2, 'mdn:1')] }], 'same-line-twice', null);
    expect(patches.size).toBe(2);
  });
});

describe('numbers that look rounded', () => {
  const judge = (value: string, seen: number, lost: number): Record<number, string[]> => {
    const patches: Patches = new Map();
    judgeRounded(patches, { seen, lost, doubtful: [{ row: 1, line: 2, value }] }, 'newIccid');
    return codesOf(patches);
  };
  const FLOAT = '89148000000842596352';

  test('one among many sound numbers is chance', () => expect(judge(FLOAT, 10, 0)).toEqual({}));
  test('one alone is doubtful', () => expect(judge(FLOAT, 1, 0)).toEqual({ 1: ['digits-doubtful'] }));
  test('one in a damaged column is damaged', () => expect(judge(FLOAT, 10, 9)).toEqual({ 1: ['digits-lost'] }));
  test('one in a column with another proven one is doubtful', () =>
    expect(judge(FLOAT, 10_000, 1)).toEqual({ 1: ['digits-doubtful'] }));
});
