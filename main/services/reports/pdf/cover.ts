import { deviceChangeStatusSchema, type DeviceChangeStatus } from '../../../../shared/domain/change';
import type { VerifyResult } from '../../audit/types';
import type { ReportHead, ReportedTrail } from '../report';
import { bulkStatusInWords, changeTypeInWords, rowStatusInWords } from '../words.rules';
import type { Canvas, Style } from './canvas';
import type { Page } from './geometry';
import { inkOf, shortTime, signOf } from './table';

const TITLE: Style = { font: 'strong', sizePt: 20, ink: 'black' };
const SUBTITLE: Style = { font: 'text', sizePt: 10.5, ink: 'muted' };
const BRAND: Style = { font: 'strong', sizePt: 9, ink: 'brand' };
const SECTION: Style = { font: 'strong', sizePt: 10, ink: 'black' };
const LABEL: Style = { font: 'text', sizePt: 7, ink: 'muted' };
const VALUE: Style = { font: 'text', sizePt: 9, ink: 'black' };
const CODE: Style = { font: 'mono', sizePt: 7.5, ink: 'black' };
const NOTE: Style = { font: 'text', sizePt: 7.5, ink: 'muted' };

/** What was reached first, then what is under way or needs somebody. */
const TOTALS_ORDER: readonly DeviceChangeStatus[] = [
  'processed',
  ...deviceChangeStatusSchema.options.filter((status) => status !== 'processed'),
];
const FACT_COLUMNS = 4;
const FACT_PT = 28;
const GUTTER_PT = 16;

export function titleOf({ change }: ReportHead): string {
  return `Audit report · Bulk change ${change.id}`;
}

/** Everything above the table on the first page. @returns where the table may begin */
export function drawCover(canvas: Canvas, page: Page, head: ReportHead): number {
  let y = drawTitle(canvas, page, head);
  y = drawFacts(canvas, page, head, y);
  y = drawTotals(canvas, page, head, y + 6);
  y = drawTrail(canvas, page, head, y + 12);
  return y + 14;
}

function drawTitle(canvas: Canvas, page: Page, head: ReportHead): number {
  const { change } = head;
  canvas.box(page.left, page.top + 1, 9, 9, 'brand');
  canvas.text('Swapdesk', page.left + 15, page.top, BRAND);
  canvas.text('Audit report of a bulk change', page.right, page.top, { ...BRAND, font: 'text', ink: 'muted' }, 'right');
  canvas.rule(page.left, page.right, page.top + 18, 'brand', 1.2);
  let y = page.top + 30;
  canvas.text(`Bulk change ${change.id}`, page.left, y, TITLE);
  const state = bulkStatusInWords(change.status);
  canvas.text(state, page.right, y + 8, { ...SECTION, sizePt: 12 }, 'right');
  y += 29;
  const subtitle = `${change.name} · ${changeTypeInWords(change.changeType)}`;
  for (const line of canvas.wrap(subtitle, page.right - page.left, SUBTITLE)) {
    canvas.text(line, page.left, y, SUBTITLE);
    y += canvas.lineHeight(SUBTITLE);
  }
  canvas.text(`Uid ${change.uid}`, page.left, y + 1, { ...CODE, ink: 'muted' });
  y += 12;
  if (change.endedAt === null) {
    const interim = 'Interim report: some rows have not ended yet. Their status is that of the time of this report.';
    canvas.text(interim, page.left, y + 2, { ...NOTE, font: 'strong', ink: 'warn', sizePt: 8.5 });
    y += 14;
  }
  return y + 10;
}

function drawFacts(canvas: Canvas, page: Page, head: ReportHead, top: number): number {
  const { change, generatedAt } = head;
  const time = (iso: string | null, absent: string): string => (iso === null ? absent : shortTime(iso));
  const facts: readonly (readonly [label: string, value: string])[] = [
    ['Service provider', change.provider.name],
    ['Submitted by', change.createdBy],
    ['Submitted', shortTime(change.createdAt)],
    ['Rows', change.rows.toLocaleString('en-US')],
    ['Kind of change', change.changeType],
    ['First row sent', time(change.startedAt, 'none sent yet')],
    ['Last row ended', time(change.endedAt, 'not ended yet')],
    ['Report made', shortTime(generatedAt)],
  ];
  const columnPt = (page.right - page.left + GUTTER_PT) / FACT_COLUMNS;
  facts.forEach(([label, value], index) => {
    const x = page.left + (index % FACT_COLUMNS) * columnPt;
    const y = top + Math.floor(index / FACT_COLUMNS) * FACT_PT;
    canvas.text(label, x, y, LABEL);
    const [first = '', ...rest] = canvas.wrap(value, columnPt - GUTTER_PT, VALUE);
    canvas.text(rest.length === 0 ? first : `${first} …`, x, y + 10, VALUE);
  });
  const y = top + Math.ceil(facts.length / FACT_COLUMNS) * FACT_PT;
  drawCode(canvas, 'Plan hash (SHA-256)', change.planHash, page.left, y);
  drawCode(canvas, 'Verifying code (SHA-256)', head.verifyingCode, page.left + 2 * columnPt, y);
  return y + 26;
}

/** 64 hexadecimal digits in eights. */
function drawCode(canvas: Canvas, label: string, code: string, x: number, y: number): void {
  canvas.text(label, x, y, LABEL);
  canvas.identifier(code, code.match(/.{1,8}/g) ?? [], x, y + 10, CODE);
}

function drawTotals(canvas: Canvas, page: Page, { totals, change }: ReportHead, top: number): number {
  const counts = TOTALS_ORDER.map((status) => ({ status, count: totals.byStatus[status] ?? 0 })).filter(
    ({ count }) => count > 0,
  );
  canvas.text('Result', page.left, top, SECTION);
  let x = page.left;
  let y = top + 18;
  for (const { status, count } of counts) {
    const number: Style = { font: 'strong', sizePt: 13, ink: inkOf(status) };
    const words = rowStatusInWords(status, status === 'unknown' && totals.needsPerson === count);
    const share = change.rows === 0 ? '' : `${((count / change.rows) * 100).toFixed(count === change.rows ? 0 : 1)} %`;
    const shown = `${signOf(status)} ${count.toLocaleString('en-US')}`;
    const tilePt = Math.max(canvas.width(shown, number), canvas.width(words, NOTE), 60) + 26;
    if (x + tilePt > page.right) {
      x = page.left;
      y += 40;
    }
    canvas.text(shown, x, y, number);
    canvas.text(words, x, y + 17, { ...NOTE, ink: 'black' });
    canvas.text(share, x, y + 26, NOTE);
    x += tilePt;
  }
  if (counts.length === 0) canvas.text('This change has no rows.', page.left, y, VALUE);
  return y + 38;
}

function drawTrail(canvas: Canvas, page: Page, { audit }: ReportHead, top: number): number {
  const widthPt = page.right - page.left;
  canvas.text('Audit trail', page.left, top, SECTION);
  const verdict: Style = { ...VALUE, font: 'strong', sizePt: 8.5, ink: audit.verification.ok ? 'good' : 'bad' };
  let y = top + 16;
  for (const line of canvas.wrap(verdictInWords(audit.verification), widthPt, verdict)) {
    canvas.text(line, page.left, y, verdict);
    y += 12;
  }
  for (const line of canvas.wrap(howToCheck(audit), widthPt, NOTE)) {
    canvas.text(line, page.left, y, NOTE);
    y += canvas.lineHeight(NOTE);
  }
  for (const { chain, seq, hash } of audit.heads) {
    y += 4;
    canvas.text(`Chain ends at entry ${seq.toLocaleString('en-US')} with`, page.left, y, LABEL);
    canvas.identifier(hash, hash.match(/.{1,8}/g) ?? [], page.left + 118, y - 0.5, CODE);
    canvas.text(chain, page.left + 118, y + 9, { ...CODE, sizePt: 6.5, ink: 'muted' });
    y += 18;
  }
  return y;
}

function verdictInWords(verdict: VerifyResult): string {
  if (verdict.ok) {
    const entries = verdict.entries.toLocaleString('en-US');
    return `✓ Verified: all ${entries} entries in ${verdict.chains} ${verdict.chains === 1 ? 'chain' : 'chains'} are as they were written.`;
  }
  return `✗ Not sound: entry ${verdict.seq} of chain ${verdict.chain} is ${verdict.problem}: ${verdict.detail}.`;
}

function howToCheck({ entries, comparedWithCentral }: ReportedTrail): string {
  const about = entries === 0 ? 'No entry is' : `${entries.toLocaleString('en-US')} of its entries are`;
  const compared = comparedWithCentral
    ? 'The ends of the chains were compared with those that the central database countersigned.'
    : 'The central database was not asked for the ends that it countersigned.';
  return (
    `${about} about this change. ${compared} Anybody can check an exported trail with verify-audit.mjs, without Swapdesk. ` +
    'Two reports with the same verifying code say the same of the change and of every row.'
  );
}
