/** Sizes in points (1/72 inch). Pages lie landscape: old → new of 20 digits each need the width. */
export type PaperSize = 'Letter' | 'A4';

export interface Page {
  readonly widthPt: number;
  readonly heightPt: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** Rows end here; below it is the foot. */
  readonly bottom: number;
}

const PAPERS: Readonly<Record<PaperSize, readonly [widthPt: number, heightPt: number]>> = {
  Letter: [792, 612],
  A4: [841.89, 595.28],
};
const MARGIN_PT = 36;
const FOOT_PT = 26;

export function pageOf(paper: PaperSize): Page {
  const [widthPt, heightPt] = PAPERS[paper];
  return {
    widthPt,
    heightPt,
    left: MARGIN_PT,
    right: widthPt - MARGIN_PT,
    top: MARGIN_PT,
    bottom: heightPt - MARGIN_PT - FOOT_PT,
  };
}

export interface Column {
  readonly title: string;
  readonly x: number;
  readonly widthPt: number;
}

export interface Columns {
  readonly row: Column;
  readonly line: Column;
  readonly identifiers: Column;
  readonly status: Column;
  readonly outcome: Column;
}

const GAP_PT = 10;
const ROW_PT = 30;
const LINE_PT = 66;
const IDENTIFIERS_PT = 262;
const STATUS_PT = 96;

export function columnsOf(page: Page): Columns {
  const row = { title: 'Row', x: page.left, widthPt: ROW_PT };
  const line = { title: 'Line', x: row.x + ROW_PT + GAP_PT, widthPt: LINE_PT };
  const identifiers = { title: 'Old → new', x: line.x + LINE_PT + GAP_PT, widthPt: IDENTIFIERS_PT };
  const status = { title: 'Status', x: identifiers.x + IDENTIFIERS_PT + GAP_PT, widthPt: STATUS_PT };
  const outcomeX = status.x + STATUS_PT + GAP_PT;
  const outcome = { title: 'Outcome and proof', x: outcomeX, widthPt: page.right - outcomeX };
  return { row, line, identifiers, status, outcome };
}
