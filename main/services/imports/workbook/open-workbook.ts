import { createHash } from 'node:crypto';
import type { Look } from '../../../../shared/contract/imports';
import { isBlank } from '../columns.rules';
import { refuseFile } from '../refusals';
import type { Source, SourceReading } from '../opened-source';
import { readBytes, refuseChanged, type OpenFile } from '../text-chunks';
import { readParts, readStrings, readStyles, type Sheet, type WorkbookParts } from './parts';
import { readSheet, type SheetContext, type SheetRow } from './sheet';
import { openArchive, type Archive } from './zip';

/** Rows of the head, blank ones included. */
const HEAD_ROWS = 200;
/** A shared text of the head that stands further back than that is not looked up for it. */
const HEAD_STRINGS = 20_000;

/** A workbook (.xlsx, .xlsm): one of its sheets is the list. */
export async function openWorkbook(opened: OpenFile, look: Look): Promise<Source> {
  const { handle, sourceName, sizeBytes } = opened;
  const archive = await openArchive(handle, sourceName);
  const parts = await readParts(archive, sourceName);
  const base = {
    archive,
    sourceName,
    date1904: parts.date1904,
    formats: await readStyles(archive, parts.stylesPart, sourceName),
  };
  const { sheet, head, isWhole } = await findList(base, parts, look.sheet);
  let bytesRead = 0;
  return {
    format: 'xlsx',
    sourceName,
    sizeBytes,
    encoding: null,
    delimiter: null,
    sheet: sheet.name,
    sheets: parts.sheets.map(({ name, hidden }) => ({ name, hidden })),
    encodings: [],
    head,
    headIsWhole: isWhole,
    read: (reading) =>
      readRows(base, parts, sheet, reading, (share) => {
        bytesRead = Math.round(sizeBytes * share);
      }),
    bytesRead: () => bytesRead,
    async result() {
      const hash = createHash('sha256');
      for await (const bytes of readBytes(opened)) hash.update(bytes);
      await refuseChanged(opened);
      return { sha256: hash.digest('hex'), encoding: null };
    },
    close: () => handle.close(),
  };
}

/** The sheet that was asked for; else the first that is shown and is not blank. */
async function findList(
  base: Base,
  parts: WorkbookParts,
  asked: string | null,
): Promise<{ readonly sheet: Sheet } & Head> {
  const first = chooseSheet(parts.sheets, asked, base.sourceName);
  const others = asked === null ? parts.sheets.filter((sheet) => sheet !== first && !sheet.hidden) : [];
  for (const sheet of [first, ...others]) {
    const read = await readHead(base, parts, sheet);
    if (!read.isWhole || !read.head.every(isBlank)) return { sheet, ...read };
  }
  throw refuseFile('file-empty', base.sourceName, `the sheet "${first.name}" is blank`);
}

/** The sheet that was asked for; else the first that is not hidden. */
function chooseSheet(sheets: readonly Sheet[], asked: string | null, sourceName: string): Sheet {
  const shown = sheets.filter(({ hidden }) => !hidden);
  const found =
    asked === null
      ? (shown[0] ?? sheets[0])
      : (sheets.find(({ name }) => name === asked) ??
        sheets.find(({ name }) => name.trim().toLowerCase() === asked.trim().toLowerCase()));
  if (found !== undefined) return found;
  if (sheets.length === 0) throw refuseFile('file-empty', sourceName, 'the workbook has no sheet with cells');
  const names = sheets.slice(0, 20).map(({ name, hidden }) => `"${name}"${hidden ? ' (hidden)' : ''}`);
  throw refuseFile('sheet-unknown', sourceName, `"${asked ?? ''}" is not among its sheets: ${names.join(', ')}`);
}

interface Head {
  readonly head: readonly (readonly string[])[];
  readonly isWhole: boolean;
}

type Base = Omit<SheetContext, 'sharedText'> & { readonly archive: Archive };

/** Reads the first rows with references to shared texts, then as many of these as they need. */
async function readHead(base: Base, parts: WorkbookParts, sheet: Sheet): Promise<Head> {
  let furthest = -1;
  let isWhole = true;
  const rows: SheetRow[] = [];
  const take = async (sharedText: (index: number) => string): Promise<void> => {
    rows.length = 0;
    isWhole = true;
    await readSheet({ ...base, sharedText }, sheet.part, {
      onRow(row) {
        if (row.rowNo > HEAD_ROWS) isWhole = false;
        else rows.push(row);
      },
      pause: () => !isWhole,
    });
  };
  await take((index) => {
    furthest = Math.max(furthest, Number.isInteger(index) ? index : -1);
    return '?';
  });
  const needed = Math.min(furthest + 1, HEAD_STRINGS);
  const strings = await readStrings(base.archive, parts.stringsPart, base.sourceName, needed);
  await take((index) => strings.get(index) ?? '');
  const head: (readonly string[])[] = [];
  for (const { cells, rowNo } of rows) {
    while (head.length < rowNo - 1) head.push([]);
    head.push(cells);
  }
  return { head, isWhole };
}

async function readRows(
  base: Base,
  parts: WorkbookParts,
  sheet: Sheet,
  { skipRows, onRow, ready }: SourceReading,
  onShare: (share: number) => void,
): Promise<{ readonly blankLines: number }> {
  const strings = await readStrings(base.archive, parts.stringsPart, base.sourceName);
  const size = (await base.archive.open(sheet.part))?.sizeBytes ?? 0;
  let blankLines = 0;
  let last = skipRows;
  const context: SheetContext = { ...base, sharedText: (index) => strings.get(index) };
  await readSheet(context, sheet.part, {
    onRow({ cells, rowNo }) {
      if (rowNo <= skipRows) return;
      if (isBlank(cells)) return;
      blankLines += rowNo - last - 1;
      last = rowNo;
      onRow({ cells, lineNo: rowNo, malformed: false });
    },
    async pause(readSoFar) {
      onShare(size === 0 ? 0 : readSoFar / size);
      await ready();
      return false;
    },
  });
  return { blankLines };
}
