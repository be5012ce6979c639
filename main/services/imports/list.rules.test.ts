import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeRounded, judgeRepeats, judgeShifts, type MismatchedRow, type Patches } from './list.rules';

const codesOf = (patches: Patches): Record<number, string[]> =>
  Object.fromEntries([...patches].map(([row, { add }]) => [row, add.map((finding) => finding.code)]));

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

  test('begins at the row where it begins, also with unknown identifiers among its rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 12, max: 60 }),
        fc.constantFrom(1, -1),
        fc.integer({ min: 3, max: 9 }),
        (begin, length, by, unknownAt) => {
          const shifted = Array.from({ length }, (_, index) => row(begin + index, begin + index + by));
          shifted.splice(unknownAt, 1);
          const patches: Patches = new Map();
          judgeShifts(patches, shifted);
          expect(patches.size).toBe(length - 1);
          for (const { add } of patches.values()) {
            const beside = by === 1 ? 'below' : 'above';
            expect(add[0]?.message).toContain(`From line ${begin + 1} on`);
            expect(add[0]?.message).toContain(`the row ${beside}`);
          }
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
