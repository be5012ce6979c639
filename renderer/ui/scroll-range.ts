/**
 * Which rows a scroll position shows. Browsers cut an element's height at about 33 million pixels, so a long list gets a
 * shorter range that is stretched over all rows: first and last row can always be reached.
 */
const LONGEST_RANGE_PX = 12_000_000;

export interface ScrollRange {
  /** Height of the scrolled element. */
  readonly rangePx: number;
  /** Index of the row at the top of the window, with its fraction. */
  topRow(scrollTopPx: number): number;
  /** Where to scroll so that the row is at the top. */
  scrollTopOf(row: number): number;
}

export function scrollRange(rows: number, rowPx: number, viewportPx: number): ScrollRange {
  const wholePx = rows * rowPx;
  const rangePx = Math.min(wholePx, LONGEST_RANGE_PX);
  const scrollablePx = Math.max(0, rangePx - viewportPx);
  const lastTopRow = Math.max(0, rows - viewportPx / rowPx);
  const share = scrollablePx === 0 ? 0 : lastTopRow / scrollablePx;
  return {
    rangePx,
    topRow: (scrollTopPx) => Math.min(lastTopRow, Math.max(0, scrollTopPx * share)),
    scrollTopOf: (row) => (share === 0 ? 0 : Math.min(scrollablePx, Math.max(0, row / share))),
  };
}
