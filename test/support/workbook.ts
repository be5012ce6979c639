import { strToU8, zipSync, type Zippable } from 'fflate';

/** A workbook as other programs write it, part by part, for reading it back. */
export interface WorkbookText {
  /** Inside `<sheetData>`. */
  readonly rows: string;
  /** Inside `<sst>`. */
  readonly strings?: string;
  /** Inside `<cellXfs>`, with its number formats before. */
  readonly styles?: string;
  /** Inside `<sheets>`, when there are more than one; their relations are rId1, rId2, …, all the same sheet. */
  readonly sheets?: string;
  readonly properties?: string;
  /** Parts to add or to put in the place of others; null: leave out. */
  readonly parts?: Readonly<Record<string, string | Uint8Array | null>>;
}

const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (...targets: readonly (readonly [type: string, target: string])[]): string =>
  `<Relationships>${targets
    .map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${REL}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

export function workbook(text: WorkbookText): Uint8Array {
  const { rows, strings = '', styles = '', properties = '' } = text;
  const sheets = text.sheets ?? '<sheet name="Swaps" sheetId="1" r:id="rId1"/>';
  const parts: Record<string, string | Uint8Array | null> = {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relations(['officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': `<workbook xmlns:r="${REL}">${properties}<sheets>${sheets}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      ['worksheet', 'worksheets/sheet1.xml'],
      ['worksheet', 'worksheets/sheet2.xml'],
      ['sharedStrings', 'sharedStrings.xml'],
      ['styles', 'styles.xml'],
    ),
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${rows}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/styles.xml': `<styleSheet>${styles}</styleSheet>`,
    ...text.parts,
  };
  const zippable: Zippable = {};
  for (const [name, content] of Object.entries(parts)) {
    if (content !== null) zippable[name] = typeof content === 'string' ? strToU8(content) : content;
  }
  return zipSync(zippable, { level: 6 });
}

/** Rows of text cells, as `<row>` elements with inline strings. */
export function textRows(rows: readonly (readonly string[])[]): string {
  return rows
    .map(
      (cells) =>
        `<row>${cells
          .map(
            (cell) => `<c t="inlineStr"><is><t>${cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`,
          )
          .join('')}</row>`,
    )
    .join('');
}
