import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WriteChunk } from '../../../lib/atomic-output';
import type { GatheredReport } from '../gather';
import type { ReportHead } from '../report';
import { createCanvas, createDocument, type Canvas, type Style } from './canvas';
import { drawCover, titleOf } from './cover';
import { columnsOf, pageOf, type Columns, type Page, type PaperSize } from './geometry';
import { drawTableHeading, rowBlock, tableHeadingPt } from './table';

const FOOT: Style = { font: 'text', sizePt: 7, ink: 'muted' };
/** About 5 ms of drawing: whoever waits for the main thread waits no longer than that. */
const ROWS_A_TURN = 20;

interface Sheet {
  readonly canvas: Canvas;
  readonly page: Page;
  readonly columns: Columns;
  readonly head: ReportHead;
}

/**
 * Drawn page by page and handed on at once, so that memory does not grow with the rows. "Page 1 of 7" needs the seven
 * before the first page is drawn: the rows are laid out twice, once to count.
 */
export async function writePdfReport(report: GatheredReport, write: WriteChunk, paper: PaperSize): Promise<void> {
  const { head } = report;
  const page = pageOf(paper);
  const pages = await countPages(report, page);
  const doc = createDocument(page, aboutOf(head));
  const drain = collect(doc);
  const sheet: Sheet = { canvas: createCanvas(doc), page, columns: columnsOf(page), head };

  let pageNo = 0;
  await layOut(sheet, report, {
    onPage() {
      pageNo += 1;
      doc.addPage();
      drawFoot(sheet, pageNo, pages);
    },
    onTurn: async () => {
      await write(drain());
      await nextTurn();
    },
    draws: true,
  });
  doc.end();
  await write(drain());
}

function aboutOf(head: ReportHead): { title: string; subject: string; madeAt: Date } {
  return {
    title: titleOf(head),
    subject: `${head.change.name} · verifying code ${head.verifyingCode}`,
    madeAt: new Date(head.generatedAt),
  };
}

/** pdfkit hands out bytes as it goes; they are gathered until somebody writes them. */
function collect(doc: PDFKit.PDFDocument): () => Uint8Array {
  let gathered: Uint8Array[] = [];
  doc.on('data', (chunk: Uint8Array) => gathered.push(chunk));
  return () => {
    const bytes = Buffer.concat(gathered);
    gathered = [];
    return bytes;
  };
}

async function countPages(report: GatheredReport, page: Page): Promise<number> {
  const doc = createDocument(page, aboutOf(report.head));
  doc.on('data', () => undefined);
  doc.addPage();
  const sheet: Sheet = { canvas: createCanvas(doc), page, columns: columnsOf(page), head: report.head };
  let pages = 0;
  await layOut(sheet, report, {
    onPage: () => {
      pages += 1;
    },
    onTurn: async () => void (await nextTurn()),
    draws: false,
  });
  doc.end();
  return pages;
}

interface Run {
  onPage(): void;
  onTurn(): Promise<void>;
  readonly draws: boolean;
}

async function layOut({ canvas, page, columns, head }: Sheet, { spool }: GatheredReport, run: Run): Promise<void> {
  run.onPage();
  let y = drawCover(canvas, page, head);
  let headed = false;
  let drawn = 0;
  const beginTable = (at: number): number => {
    if (run.draws) drawTableHeading(canvas, page, columns, at);
    return at + tableHeadingPt();
  };
  for await (const row of spool.rows()) {
    const block = rowBlock(canvas, page, columns, row);
    const neededPt = block.heightPt + (headed ? 0 : tableHeadingPt());
    if (y + neededPt > page.bottom) {
      run.onPage();
      y = page.top;
      headed = false;
    }
    if (!headed) y = beginTable(y);
    headed = true;
    if (run.draws) block.draw(y);
    y += block.heightPt;
    drawn += 1;
    if (drawn % ROWS_A_TURN === 0) await run.onTurn();
  }
}

function drawFoot({ canvas, page, head }: Sheet, pageNo: number, pages: number): void {
  const y = page.heightPt - 36 - FOOT.sizePt;
  canvas.rule(page.left, page.right, y - 7, 'rule');
  const code = head.verifyingCode.slice(0, 16).replace(/(.{8})/g, '$1 ');
  canvas.text(`${titleOf(head)} · verifying code begins ${code}`, page.left, y, FOOT);
  canvas.text(`Page ${pageNo} of ${pages}`, page.right, y, FOOT, 'right');
}
