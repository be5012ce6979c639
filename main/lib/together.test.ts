import { describe, expect, it } from 'vitest';
import { everyone, together } from './together';

const asked: number[][] = [];
const doubled = together<object, number, number>(
  (item) => (item < 0 ? 'negative' : ''),
  async (_db, items) => {
    asked.push([...items]);
    if (items.includes(13)) throw new Error('refused');
    return items.map((item) => item * 2);
  },
);

describe('calls that are made together', () => {
  it('go as one, each with its own answer; another kind and another database go by themselves', async () => {
    asked.length = 0;
    const db = {};
    const other = {};
    expect(await Promise.all([doubled(db, 1), doubled(db, 2), doubled(db, -1), doubled(other, 3)])).toEqual([
      2, 4, -2, 6,
    ]);
    expect(asked).toEqual([[1, 2], [-1], [3]]);
  });

  it('come along also when they are asked for by whoever was just answered', async () => {
    asked.length = 0;
    const db = {};
    const twice = async (item: number): Promise<number> => doubled(db, await doubled(db, item));
    expect(await Promise.all([twice(1), twice(2)])).toEqual([4, 8]);
    expect(asked).toEqual([
      [1, 2],
      [2, 4],
    ]);
  });

  it('all fail when the statement fails, and the next ones are asked anew', async () => {
    const db = {};
    const outcomes = await Promise.allSettled([doubled(db, 13), doubled(db, 1)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await doubled(db, 1)).toBe(2);
  });
});

describe('everyone', () => {
  it('fails only when the last has ended', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => void (ended = true));
    await expect(everyone([Promise.reject(new Error('first')), slow])).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});
