import { posix } from 'node:path';
import { refuseFile } from '../refusals';
import { numberFormatOf, unescaped, type NumberFormat } from './cells.rules';
import { createTextStore, type TextStore } from './text-store';
import { readXml, type XmlListener } from './xml';
import type { Archive } from './zip';

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly part: string;
}

/** What must be known of a workbook before its sheets can be read. */
export interface WorkbookParts {
  readonly sheets: readonly Sheet[];
  readonly date1904: boolean;
  readonly stringsPart: string | null;
  readonly stylesPart: string | null;
}

const MOST_SMALL_PART_BYTES = 16 * 1024 * 1024;
const MOST_SHEETS = 1_000;

/** @throws failed `file-binary` (another kind of ZIP file), `workbook-damaged` */
export async function readParts(archive: Archive, sourceName: string): Promise<WorkbookParts> {
  const root = await readRelations(archive, '_rels/.rels', '', sourceName);
  const main = root.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const other = otherKind(archive.names, main);
  if (other !== null) throw refuseFile('file-binary', sourceName, other);
  const folder = posix.dirname(main);
  const relations = await readRelations(
    archive,
    posix.join(folder, '_rels', `${posix.basename(main)}.rels`),
    folder,
    sourceName,
  );
  const sheets: Sheet[] = [];
  let date1904 = false;
  await readSmall(archive, main, sourceName, {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904);
      if (name !== 'sheet' || sheets.length >= MOST_SHEETS) return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      const relation = relations.find((one) => one.id === id);
      // Charts and dialogs are sheets too.
      if (relation?.type !== 'worksheet') return;
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden';
      sheets.push({ name: attributes.name ?? `Sheet ${sheets.length + 1}`, hidden, part: relation.target });
    },
    close: () => undefined,
  });
  const partOf = (type: string): string | null => relations.find((one) => one.type === type)?.target ?? null;
  return { sheets, date1904, stringsPart: partOf('sharedStrings'), stylesPart: partOf('styles') };
}

/** What a ZIP file is that holds no workbook of this kind; null: it does. */
function otherKind(names: ReadonlySet<string>, main: string): string | null {
  const holds = (start: string): boolean => [...names].some((name) => name.startsWith(start));
  if (names.has('content.xml') && names.has('mimetype')) return 'this is an OpenDocument file (.ods)';
  if (main.endsWith('.bin') || names.has('xl/workbook.bin')) return 'this is a binary Excel workbook (.xlsb)';
  if (names.has(main.toLowerCase()) && main.includes('workbook')) return null;
  if (holds('word/')) return 'this is a Word document';
  if (holds('ppt/')) return 'this is a PowerPoint presentation';
  if (holds('index/') && [...names].some((name) => name.endsWith('.iwa'))) return 'this is a Numbers document';
  return 'this is a ZIP file without a workbook in it';
}

interface Relation {
  readonly id: string;
  /** Last word of the type's address; transitional and strict workbooks differ in the rest. */
  readonly type: string;
  readonly target: string;
}

async function readRelations(
  archive: Archive,
  part: string,
  folder: string,
  sourceName: string,
): Promise<readonly Relation[]> {
  const relations: Relation[] = [];
  if (!archive.names.has(part.toLowerCase())) return relations;
  await readSmall(archive, part, sourceName, {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || Target === undefined || TargetMode === 'External') return;
      const target = Target.startsWith('/') ? Target.slice(1) : posix.normalize(posix.join(folder, Target));
      relations.push({ id: Id ?? '', type: posix.basename(Type ?? ''), target });
    },
    close: () => undefined,
  });
  return relations;
}

/** The formats of numbers by the number of the cell's style. */
export async function readStyles(
  archive: Archive,
  part: string | null,
  sourceName: string,
): Promise<readonly NumberFormat[]> {
  const codes = new Map<number, string>();
  const formats: NumberFormat[] = [];
  let inCells = false;
  if (part === null || !archive.names.has(part.toLowerCase())) return formats;
  await readSmall(archive, part, sourceName, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) {
        const id = Number(attributes.numFmtId ?? 0);
        formats.push(numberFormatOf(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats;
}

/**
 * The texts that cells share.
 * @param most so many of them: the first rows of a sheet need few
 */
export async function readStrings(
  archive: Archive,
  part: string | null,
  sourceName: string,
  most = Number.POSITIVE_INFINITY,
): Promise<TextStore> {
  const store = createTextStore(sourceName);
  const opened = part === null || most === 0 ? null : await archive.open(part);
  if (opened === null) return store;
  let text = '';
  let inText = false;
  let inPhonetic = false;
  await readXml(opened.stream, sourceName, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') inPhonetic = true;
      else if (name === 't') inText = true;
    },
    text(piece) {
      if (inText && !inPhonetic) text += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inPhonetic = false;
      else if (name === 'si' && store.size() < most) store.add(unescaped(text));
    },
    pause: () => store.size() >= most,
  });
  return store;
}

async function readSmall(archive: Archive, part: string, sourceName: string, listener: XmlListener): Promise<void> {
  const opened = await archive.open(part, MOST_SMALL_PART_BYTES);
  if (opened === null) throw refuseFile('workbook-damaged', sourceName, `its part "${part}" is missing`);
  await readXml(opened.stream, sourceName, listener);
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}
