import {
  SURE,
  type ImportColumn,
  type ImportPreview,
  type ImportReading,
  type MappedColumn,
} from '../../shared/contract/imports';
import type { Draft } from '../../shared/contract/drafts';
import type { InputOf } from '../../shared/contract/index';
import type { ContractDouble } from './contract-double';

interface ImportsDesk {
  readonly drafts: Draft[];
  readonly agoOf: (minutes: number) => string;
  /** A new draft, with the usual damage or without. */
  newDraft(name: string, rows: number, clean: boolean): Draft;
}

const COLUMNS: readonly ImportColumn[] = [
  column(0, 'Current ICCID', ['89148000000842590078', '89148000000842597997'], 'oldIccid', 1, 'heading'),
  column(1, 'New ICCID', ['89148000000910023112', '89148000000910127841'], 'newIccid', 1, 'heading'),
  column(2, 'Site', ['Depot 4', 'Depot 9'], null, 0, 'none'),
];

function column(
  place: number,
  heading: string,
  samples: string[],
  field: ImportColumn['field'],
  confidence: number,
  why: ImportColumn['why'],
): ImportColumn {
  return { column: place, heading, samples, field, confidence, why };
}

/**
 * Plays what becomes of files, by their names: `strange` has headings that nobody knows, `same` came before, `problems`
 * goes on with a draft, `.xlsx` is a workbook.
 */
export function playImports(double: ContractDouble, desk: ImportsDesk): void {
  let pasted = 0;
  double.handle('imports.sample', ({ which }) => ({
    sourceId: `sample-${which}`,
    name: `${which}.csv`,
    sizeBytes: 2400,
  }));
  double.handle('imports.paste', ({ text }) => ({
    sourceId: `pasted-${(pasted += 1)}`,
    name: 'pasted list',
    sizeBytes: text.length,
  }));
  double.handle('imports.preview', previewOf);
  double.handle('imports.template', ({ changeType, format }) => {
    const place = `/home/olivia/Downloads/swapdesk-template-${changeType}.${format}`;
    return { savedId: 'saved-template', place, rows: 2, sha256: 'cd'.repeat(32) };
  });
  double.handle('imports.cancel', () => null);
  double.handle('drafts.exportProblems', ({ draftId, verdicts, format }) => {
    const draft = desk.drafts.find(({ id }) => id === draftId);
    const rows = draft === undefined ? 0 : verdicts.reduce((sum, verdict) => sum + draft[verdict], 0);
    const place = `/home/olivia/Downloads/swapdesk-draft-${draftId}-problems.${format}`;
    return { savedId: `saved-${draftId}`, place, rows, sha256: 'ab'.repeat(32) };
  });
  double.handle('imports.start', (question) => {
    const { sourceId, continueDraftId } = question;
    const before = desk.drafts.find(({ id }) => id === continueDraftId);
    const draft = before ?? desk.newDraft(sourceId, 40, sourceId === 'sample-clean');
    if (before === undefined) desk.drafts.unshift(draft);
    double.announce('drafts.listChanged', null);
    const { id, uid, rows, valid, warning, error, findings } = draft;
    const counts = { draftId: id, uid, rows, valid, warning, error, findings };
    return { ...counts, blankLines: 0, replaced: before === undefined ? null : error, reading: readingOf(question) };
  });
}

type Question = Omit<InputOf<'imports.preview'>, 'changeType'>;

function readingOf({ sourceId: name, look, map }: Question): ImportReading {
  const isWorkbook = name.endsWith('xlsx');
  const headings = name.includes('strange') ? ['Alt', 'Neu', 'Site'] : COLUMNS.map(({ heading }) => heading);
  return {
    format: isWorkbook ? 'xlsx' : 'csv',
    encoding: isWorkbook ? null : (look.encoding ?? 'utf-8'),
    delimiter: isWorkbook ? null : (look.delimiter ?? ','),
    sheet: isWorkbook ? (look.sheet ?? 'Swaps') : null,
    headingRow: look.headingRow ?? 1,
    columns: COLUMNS.map((one) => mapped({ ...one, heading: headings[one.column] ?? '' }, map)),
    savedMapping: null,
    sameContent: name.includes('same')
      ? [{ kind: 'draft', id: 11, name: 'depot swap', at: '2026-11-24T08:00:00.000Z', by: 'paul' }]
      : [],
    continues: name.includes('problems') ? { draftId: 9, name: 'returns' } : null,
  };
}

function mapped(one: ImportColumn, map: readonly MappedColumn[]): ImportColumn {
  const choice = map.find(({ column: place }) => place === one.column || place === one.heading);
  if (choice !== undefined) return { ...one, field: choice.field, confidence: 1, why: 'mapped' };
  return ['Alt', 'Neu'].includes(one.heading) ? { ...one, confidence: 0.5, why: 'content' } : one;
}

function previewOf(question: InputOf<'imports.preview'>): ImportPreview {
  const reading = readingOf(question);
  const names = reading.columns.map(({ heading }) => heading);
  // As in main: what is only guessed is not taken.
  const fields = reading.columns.map(({ field, confidence }) => (confidence < SURE ? null : field));
  const problem = fields.includes('newIccid') ? null : 'The file has no column for a new ICCID or a new IMEI';
  const unsure = reading.columns.some(({ field, confidence }) => field !== null && confidence < 1);
  return {
    ...reading,
    encodings: [],
    sheets:
      reading.format === 'csv'
        ? []
        : [
            { name: 'Swaps', hidden: false },
            { name: 'Lists', hidden: true },
          ],
    head: [
      { row: 1, cells: names },
      ...[0, 1].map((index) => ({ row: index + 2, cells: COLUMNS.map(({ samples }) => samples[index] ?? '') })),
    ],
    changeType: problem === null ? 'ChangeICCID' : null,
    problem,
    needsMapping: unsure || problem !== null,
  };
}
