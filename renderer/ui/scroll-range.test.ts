import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { scrollRange } from './scroll-range';

describe('the scroll range of a long list', () => {
  it('reaches the first and the last of a million rows', () => {
    const range = scrollRange(1_000_000, 36, 700);
    expect(range.rangePx).toBeLessThan(33_554_431);
    expect(range.topRow(0)).toBe(0);
    expect(range.topRow(range.rangePx - 700)).toBeCloseTo(1_000_000 - 700 / 36, 3);
  });

  it('scrolls a short list pixel by pixel', () => {
    const range = scrollRange(100, 36, 360);
    expect(range.rangePx).toBe(3_600);
    expect(range.topRow(36)).toBeCloseTo(1, 9);
  });

  it('comes back to the row it was sent to', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 100, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, viewportPx, share) => {
          const range = scrollRange(rows, 36, viewportPx);
          const row = Math.floor(share * Math.max(0, rows - viewportPx / 36));
          expect(range.topRow(range.scrollTopOf(row))).toBeCloseTo(row, 1);
        },
      ),
    );
  });
});
