import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepeatFinder } from './repeats';

describe('createRepeatFinder', () => {
  it('names every row of a value that stands in several, the first one too, each once', () => {
    const finder = createRepeatFinder();
    for (const [index, value] of ['a', 'b', 'a', 'c', 'a', 'b'].entries()) finder.note(value, index + 1);
    expect(finder.rows()).toEqual([1, 2, 3, 5, 6]);
    expect(finder.firstRows(['a', 'c', 'd'])).toEqual(
      new Map([
        ['a', 1],
        ['c', 4],
      ]),
    );
  });

  it('misses no repeat, whatever the values', () => {
    const values = fc.array(fc.oneof(fc.stringMatching(/^89148[0-9]{0,2}$/), fc.string(), fc.nat(50)));
    fc.assert(
      fc.property(values, (list) => {
        const finder = createRepeatFinder();
        for (const [index, value] of list.entries()) finder.note(value, index + 1);
        const counts = Map.groupBy(list, (value) => value);
        const repeated = list.flatMap((value, index) => ((counts.get(value)?.length ?? 0) > 1 ? [index + 1] : []));
        expect(finder.rows()).toEqual(expect.arrayContaining(repeated));
      }),
    );
  });

  it('takes hardly any two of 200,000 consecutive numbers for the same', () => {
    const finder = createRepeatFinder();
    for (let row = 1; row <= 200_000; row += 1) finder.note(`891480000${String(row).padStart(10, '0')}`, row);
    expect(finder.rows().length).toBeLessThan(4);
    expect(finder.firstRows(['8914800000000150000'])).toEqual(new Map([['8914800000000150000', 150_000]]));
  });
});
