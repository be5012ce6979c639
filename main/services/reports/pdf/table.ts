import { assertNever } from '../../../../shared/domain/result';
import type { DeviceChangeStatus } from '../../../../shared/domain/change';
import type { ReportRow } from '../report';
import { proofInWords } from '../words.rules';
import { groupedWidth, type Canvas, type Ink, type Style } from './canvas';
import type { Column, Columns, Page } from './geometry';

const BODY: Style = { font: 'text', sizePt: 7.5, ink: 'black' };
const MUTED: Style = { font: 'text', sizePt: 7, ink: 'muted' };
const DIGITS: Style = { font: 'mono', sizePt: 7.5, ink: 'black' };
const NEW_DIGITS: Style = { font: 'monoStrong', sizePt: 7.5, ink: 'black' };
const HEADING: Style = { font: 'strong', sizePt: 7, ink: 'muted' };
const STEP: Style = { font: 'strong', sizePt: 7.5, ink: 'black' };

const LINE_PT = 10;
const PADDING_PT = 4;
const HEADING_PT = 20;
/** Where the identifiers stand behind their kind. */
const KIND_PT = 30;
const ARROW_PT = 14;

/** One row as it will be drawn: its height is known before its page is. */
export interface RowBlock {
  readonly heightPt: number;
  draw(y: number): void;
}

export function tableHeadingPt(): number {
  return HEADING_PT;
}

export function drawTableHeading(canvas: Canvas, page: Page, columns: Columns, y: number): void {
  canvas.box(page.left, y, page.right - page.left, HEADING_PT - 4, 'band');
  const { row, line, identifiers, status, outcome } = columns;
  canvas.text(row.title, row.x + row.widthPt, y + 4, HEADING, 'right');
  for (const column of [line, identifiers, status, outcome]) canvas.text(column.title, column.x, y + 4, HEADING);
}

export function rowBlock(canvas: Canvas, page: Page, columns: Columns, row: ReportRow): RowBlock {
  const swaps = swapsOf(row);
  const status = canvas.wrap(row.statusInWords, columns.status.widthPt - 12, statusStyle(row));
  const outcome = outcomeLines(canvas, columns.outcome, row);
  const fault = faultLines(canvas, page.right - columns.identifiers.x, row);
  const upperLines = Math.max(2, swaps.length, status.length, outcome.length);
  const heightPt = (upperLines + fault.length) * LINE_PT + 2 * PADDING_PT;
  return {
    heightPt,
    draw(y) {
      const top = y + PADDING_PT;
      canvas.text(String(row.row), columns.row.x + columns.row.widthPt, top, DIGITS, 'right');
      drawLine(canvas, columns.line, row, top);
      swaps.forEach((swap, index) => drawSwap(canvas, columns.identifiers, swap, top + index * LINE_PT));
      canvas.text(signOf(row.status), columns.status.x, top, statusStyle(row));
      status.forEach((text, index) => {
        canvas.text(text, columns.status.x + 12, top + index * LINE_PT, statusStyle(row));
      });
      outcome.forEach(({ text, style }, index) => canvas.text(text, columns.outcome.x, top + index * LINE_PT, style));
      fault.forEach(({ text, style }, index) => {
        canvas.text(text, columns.identifiers.x, top + (upperLines + index) * LINE_PT, style);
      });
      canvas.rule(page.left, page.right, y + heightPt, 'rule', 0.4);
    },
  };
}

interface StyledLine {
  readonly text: string;
  readonly style: Style;
}

function drawLine(canvas: Canvas, column: Column, row: ReportRow, y: number): void {
  if (row.mdn === null) canvas.text('no MDN', column.x, y, MUTED);
  else canvas.identifier(row.mdn, phoneGroups(row.mdn), column.x, y, DIGITS);
  canvas.text(`line ${row.deviceId}`, column.x, y + LINE_PT, MUTED);
}

/** 512 555 0143, as people read it; other lengths in fours. */
function phoneGroups(mdn: string): readonly string[] {
  return mdn.length === 10 ? [mdn.slice(0, 3), mdn.slice(3, 6), mdn.slice(6)] : foursOf(mdn);
}

function foursOf(digits: string): readonly string[] {
  return digits.match(/.{1,4}/g) ?? [];
}

interface Swap {
  readonly kind: string;
  readonly old: string | undefined;
  readonly fresh: string | undefined;
}

/** Identifiers that change, in both values; one that stays is left out unless nothing else is known. */
function swapsOf(row: ReportRow): readonly Swap[] {
  const swaps: Swap[] = [
    { kind: 'ICCID', old: row.old.iccid, fresh: row.new.iccid },
    { kind: 'IMEI', old: row.old.imei, fresh: row.new.imei },
  ];
  return swaps.filter(({ old, fresh }) => old !== undefined || fresh !== undefined);
}

function drawSwap(canvas: Canvas, column: Column, { kind, old, fresh }: Swap, y: number): void {
  canvas.text(kind, column.x, y, MUTED);
  const oldX = column.x + KIND_PT;
  if (old === undefined) canvas.text('not known', oldX, y, MUTED);
  else canvas.identifier(old, foursOf(old), oldX, y, DIGITS);
  // 20 digits and four gaps, so that all arrows stand in one line.
  const arrowX = oldX + groupedWidth(canvas, 20, 5, DIGITS) + 3;
  if (fresh === undefined) {
    canvas.text('unchanged', arrowX + ARROW_PT, y, MUTED);
    return;
  }
  canvas.text('→', arrowX, y, MUTED);
  canvas.identifier(fresh, foursOf(fresh), arrowX + ARROW_PT, y, NEW_DIGITS);
}

function outcomeLines(canvas: Canvas, { widthPt }: Column, row: ReportRow): readonly StyledLine[] {
  const { disposition, requestId, attempts } = row;
  const styled = (text: string, style: Style): StyledLine[] =>
    canvas.wrap(text, widthPt, style).map((line) => ({ text: line, style }));
  const tries = attempts === 0 ? 'not sent' : `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return [
    ...(disposition === null
      ? styled('Not decided yet', BODY)
      : styled(detailBeside(disposition.detail, requestId), BODY)),
    ...(disposition === null
      ? []
      : styled(`${proofInWords(disposition.proof)} · ${disposition.by} · ${shortTime(disposition.at)}`, MUTED)),
    ...styled(requestId === null ? tries : `${tries} · request ${requestId}`, MUTED),
  ];
}

/** The request's number stands in the same cell: the proof need not spell it out again. */
function detailBeside(detail: string, requestId: string | null): string {
  return requestId === null ? detail : detail.replaceAll(`request ${requestId}`, 'the request below');
}

/** A message of somebody else's program has no limit of its own, a page has. */
const LONGEST_FAULT_LINES = 10;

function faultLines(canvas: Canvas, widthPt: number, { error }: ReportRow): readonly StyledLine[] {
  if (error === null) return [];
  const said = `${error.message} (${error.class} · ${error.code} · correlation ${error.correlationId})`;
  const lines = canvas.wrap(said, widthPt, BODY);
  const shown =
    lines.length <= LONGEST_FAULT_LINES
      ? lines
      : [...lines.slice(0, LONGEST_FAULT_LINES - 1), '… (the whole text is in the JSON report)'];
  return [
    ...shown.map((text) => ({ text, style: BODY })),
    ...canvas.wrap(`Next: ${error.nextStep}`, widthPt, STEP).map((text) => ({ text, style: STEP })),
  ];
}

/** 2026-11-24 04:00:12 UTC */
export function shortTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

function statusStyle(row: Pick<ReportRow, 'status'>): Style {
  return { font: 'strong', sizePt: 7.5, ink: inkOf(row.status) };
}

export function inkOf(status: DeviceChangeStatus): Ink {
  switch (status) {
    case 'processed':
      return 'good';
    case 'error':
    case 'dead_letter':
      return 'bad';
    case 'conflict':
      return 'warn';
    case 'unknown':
      return 'doubt';
    case 'created':
    case 'queued':
    case 'sending':
    case 'submitted':
    case 'confirmed':
      return 'wait';
    case 'cancelled':
    case 'rolled_back':
      return 'muted';
    default:
      return assertNever(status);
  }
}

/** A state is never told by its colour alone: the report must read in grey. */
export function signOf(status: DeviceChangeStatus): string {
  switch (status) {
    case 'processed':
      return '✓';
    case 'error':
    case 'dead_letter':
      return '✗';
    case 'conflict':
      return '≠';
    case 'unknown':
      return '?';
    case 'created':
    case 'queued':
    case 'sending':
    case 'submitted':
    case 'confirmed':
      return '…';
    case 'cancelled':
      return '–';
    case 'rolled_back':
      return '↺';
    default:
      return assertNever(status);
  }
}
