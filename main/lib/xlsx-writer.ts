import { Zip, ZipDeflate } from 'fflate';
import type { WriteChunk } from './atomic-output';

/** How a cell looks. */
export type Tone = 'plain' | 'heading' | 'error' | 'warning' | 'quiet';

export interface SheetCell {
  readonly text: string;
  readonly tone: Tone;
}

export interface SheetColumn {
  readonly heading: string;
  /** In characters, as spreadsheets measure. */
  readonly width: number;
}

/** A sheet of Excel has so many rows, headings included. */
export const MOST_SHEET_ROWS = 1_048_576;
const LONGEST_CELL = 32_767;
const ROWS_A_PIECE = 500;

/** The order of the styles in `STYLES`. */
const TONES: readonly Tone[] = ['plain', 'heading', 'error', 'warning', 'quiet'];

/**
 * Writes a workbook with one sheet, piece by piece. Every cell is text and stays text when a person edits it: no digit is
 * lost, no formula runs. Column formats reach below the last row, for cells that a person adds.
 */
export async function writeWorkbook(
  sheetName: string,
  columns: readonly SheetColumn[],
  rows: AsyncIterable<readonly SheetCell[]>,
  write: WriteChunk,
): Promise<void> {
  let pieces: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, data) => {
    if (error !== null) failure = error;
    else pieces.push(data);
  });
  const flush = async (): Promise<void> => {
    if (failure !== null) throw failure;
    const ready = pieces;
    pieces = [];
    for (const piece of ready) await write(piece);
  };
  for (const [name, text] of partsAround(sheetName)) addPart(zip, name)(text, true);
  const push = addPart(zip, 'xl/worksheets/sheet1.xml');
  push(sheetStart(columns), false);
  let waiting = row(columns.map(({ heading }) => ({ text: heading, tone: 'heading' })));
  let count = 1;
  for await (const cells of rows) {
    waiting += row(cells);
    count += 1;
    if (count % ROWS_A_PIECE !== 0) continue;
    push(waiting, false);
    waiting = '';
    await flush();
  }
  const last = `${columnName(columns.length - 1)}${count}`;
  push(`${waiting}</sheetData><autoFilter ref="A1:${last}"/></worksheet>`, true);
  zip.end();
  await flush();
}

function addPart(zip: Zip, name: string): (text: string, isLast: boolean) => void {
  const part = new ZipDeflate(name, { level: 6 });
  // The same list gives the same bytes, whenever it is written.
  part.mtime = '1980-01-02T00:00:00';
  zip.add(part);
  return (text, isLast) => part.push(Buffer.from(text, 'utf8'), isLast);
}

function row(cells: readonly SheetCell[]): string {
  const texts = cells.map(({ text, tone }) => {
    const style = TONES.indexOf(tone);
    return text === ''
      ? `<c s="${style}"/>`
      : `<c s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text.slice(0, LONGEST_CELL))}</t></is></c>`;
  });
  return `<row>${texts.join('')}</row>`;
}

const MEANT: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Signs that XML cannot hold are written as `_x0001_`, as Excel does (ECMA-376 22.4.2.4); half characters are replaced. */
function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replace(/_x(?=[0-9a-fA-F]{4}_)/g, '_x005F_x')
    .replace(/[&<>"]/g, (sign) => MEANT[sign] ?? sign)
    .replace(/[\p{Cc}\ufffe\uffff]/gu, escapedSign);
}

/** A tab and a line feed are themselves; a return would come back as a line feed. */
function escapedSign(sign: string): string {
  if (sign === '\t' || sign === '\n') return sign;
  return `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}

function columnName(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function sheetStart(columns: readonly SheetColumn[]): string {
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" style="0" customWidth="1"/>`,
  );
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`;
}

/** Number format 49 is "text". The fills are those of Excel's own "bad" and "neutral". */
const fill = (colour: string): string =>
  `<fill><patternFill patternType="solid"><fgColor rgb="${colour}"/></patternFill></fill>`;
const style = (font: number, fillNo: number): string =>
  `<xf numFmtId="49" fontId="${font}" fillId="${fillNo}" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1" applyFont="1" applyFill="1"/>`;
const STYLES = `${XML}<styleSheet xmlns="${MAIN}">
<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><sz val="11"/><color rgb="FF7F7F7F"/><name val="Calibri"/></font></fonts>
<fills count="5"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill('FFFFC7CE')}${fill('FFFFEB9C')}${fill('FFE7E6E6')}</fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="5">${style(0, 0)}${style(1, 4)}${style(0, 2)}${style(0, 3)}${style(2, 0)}</cellXfs>
</styleSheet>`;

function partsAround(sheetName: string): readonly (readonly [name: string, text: string])[] {
  // A sheet's name has 31 characters at most, and none of these signs.
  const name = sheetName.replace(/[\\/?*[\]:']/g, ' ').slice(0, 31);
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/></Types>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${xmlText(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', STYLES],
  ];
}
