import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeFinding } from '../../../shared/domain/finding-catalogue';
import { createSendingOrder, freedBy, wantedBy } from './plan-order.rules';
import type { DraftRow, LeftOutRow, TakenRow } from './types';

/** Row `row` has the card `row`, and is to get the card `target`; one that another row has now makes it wait. */
function row(number: number, target: number, waits: boolean): DraftRow {
  return {
    ...{ row: number, line: number + 1, verdict: 'valid', deviceId: number, mdn: null },
    ...{ old: { iccid: String(number) }, new: { iccid: String(target) } },
    ...{ customer: null, ratePlan: null, ratePool: null, effectiveDate: null, note: null },
    findings: waits ? [makeFinding('chain', 'newIccid', { evidence: `after line ${target + 1} of the list` })] : [],
    ...{ excluded: false, edited: [], overrides: [], cells: {} },
  };
}

function order(rows: readonly DraftRow[]): {
  readonly sent: readonly TakenRow[];
  readonly leftOut: readonly LeftOutRow[];
} {
  const wanted = new Set(wantedBy(rows, 'ChangeICCID'));
  const sending = createSendingOrder('ChangeICCID', new Map(freedBy(rows, 'ChangeICCID', wanted)));
  const sent = rows.flatMap((one) => sending.take(one));
  return { sent, leftOut: sending.leftOut() };
}

test('a list without chains keeps its order', () => {
  const { sent, leftOut } = order([row(1, 101, false), row(2, 102, false)]);
  expect(sent.map((one) => [one.row, one.after])).toEqual([
    [1, []],
    [2, []],
  ]);
  expect(leftOut).toEqual([]);
});

test('what is freed goes first, and what waits for it right behind', () => {
  const { sent } = order([row(1, 2, true), row(2, 3, true), row(3, 103, false), row(4, 104, false)]);
  expect(sent.map((one) => [one.row, one.after])).toEqual([
    [3, []],
    [2, [3]],
    [1, [2]],
    [4, []],
  ]);
});

test('what waits for a row that is not sent is left out, with all that wait for it', () => {
  const { sent, leftOut } = order([row(1, 2, true), row(2, 9, true), row(3, 103, false)]);
  expect(sent.map((one) => one.row)).toEqual([3]);
  expect(leftOut).toEqual([
    { row: 1, line: 2, why: 'Waits for row 2, which is not sent' },
    { row: 2, line: 3, why: 'Waits for line 10 of the list, which is not sent' },
  ]);
});

describe('any permutation of cards', () => {
  /** Line `n` gets the card of line `targets[n - 1]`; numbers above the length are free cards. */
  const permutations = fc
    .integer({ min: 1, max: 30 })
    .chain((size) =>
      fc.shuffledSubarray(
        Array.from({ length: size * 2 }, (_, index) => index + 1),
        { minLength: size, maxLength: size },
      ),
    )
    .map((targets) => targets.map((target, index) => (target === index + 1 ? target + 10_000 : target)));

  test('is sent so that no card is given before it is free, or not at all where it goes round in a circle', () => {
    fc.assert(
      fc.property(permutations, (targets) => {
        const rows = targets.map((target, index) => row(index + 1, target, target <= targets.length));
        const { sent, leftOut } = order(rows);
        expect(sent.length + leftOut.length).toBe(rows.length);
        const onLine = new Set(rows.map((one) => one.row));
        for (const one of sent) {
          const card = Number(one.new.iccid);
          expect(onLine.has(card)).toBe(false);
          onLine.delete(one.row);
        }
        for (const { row: number } of leftOut) expect(endsInCircle(number, targets)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  function endsInCircle(start: number, targets: readonly number[]): boolean {
    let at = start;
    for (let step = 0; step <= targets.length; step += 1) {
      const next = targets[at - 1];
      if (next === undefined || next > targets.length) return false;
      at = next;
    }
    return true;
  }
});

test('a hundred thousand rows in one chain are ordered, last first', () => {
  const size = 100_000;
  const rows = Array.from({ length: size }, (_, index) => row(index + 1, index + 2, index + 1 < size));
  const { sent, leftOut } = order(rows);
  expect([sent.length, sent[0]?.row, sent.at(-1)?.row, leftOut.length]).toEqual([size, size, 1, 0]);
}, 60_000);

test('the deactivated line that holds the new card is deleted first', () => {
  const taken = { ...row(1, 50, false), findings: [makeFinding('target-deactivated', 'newIccid')] };
  expect(order([taken]).sent[0]).toMatchObject({ deleteFirst: { kind: 'iccid', id: '50' } });
});
