import { expect, test } from 'vitest';
import type { RefusalRecord, SwapRecord } from './records';
import { countSwaps } from './swap-counts';

const common = { requestId: 'r', account: 'A', line: '1' };
const swap = (at: string, iccid: string): SwapRecord => ({
  ...common,
  type: 'swap',
  at,
  mdn: null,
  from: {},
  to: { iccid },
  outcome: 'applied',
});
const refusal = (at: string, iccid: string, line: string | null = '1'): RefusalRecord => ({
  ...common,
  type: 'refusal',
  at,
  line,
  to: { iccid },
  code: 'X',
  outcome: 'refused',
});

test('the same swap applied twice in a row is a double and a repeat', () => {
  expect(countSwaps([swap('1', 'a'), swap('2', 'a')], [], [])).toMatchObject({ applied: 2, doubles: 1, repeats: 1 });
});

test('there and back again is neither', () => {
  const swaps = [swap('1', 'a'), swap('2', 'b'), swap('3', 'a')];
  expect(countSwaps(swaps, [], [])).toMatchObject({ applied: 3, doubles: 0, repeats: 0 });
});

test('a refused request for what was done is a repeat; one for something else, or of no known line, is not', () => {
  const refusals = [refusal('2', 'a'), refusal('2', 'b'), refusal('3', 'a', null)];
  const counts = countSwaps([swap('1', 'a')], refusals, []);
  expect(counts).toMatchObject({ applied: 1, refused: 3, doubles: 0, repeats: 1 });
  expect(Object.keys(counts.byLine)).toEqual(['1']);
});
