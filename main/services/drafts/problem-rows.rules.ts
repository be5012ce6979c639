import { fieldSchema, type Field, type Finding } from '../../../shared/domain/finding';
import { findingRule } from '../../../shared/domain/finding-catalogue';
import { PROBLEM_HEADINGS, rowHeading } from '../../../shared/domain/problem-list';
import { rawOf } from '../../../shared/domain/row-cells';
import type { SheetCell, SheetColumn, Tone } from '../../lib/xlsx-writer';
import type { FileColumns } from './problem-rows.repo';
import type { DraftRow } from './types';

/** Which columns a list of problem rows has, and what stands in them. */
export interface ProblemTable {
  readonly columns: readonly SheetColumn[];
  cells(row: DraftRow, extra: readonly string[]): readonly SheetCell[];
}

/** What a person can put right in a row; the line's number is ours. */
const TYPED_FIELDS: readonly Field[] = fieldSchema.options.filter((field) => field !== 'deviceId');
const WIDTHS: Readonly<Partial<Record<Field, number>>> = { mdn: 14, effectiveDate: 13, note: 30 };
const WIDTH = 24;

/**
 * The file's own columns first, then its others, then what is wrong and what to do. The first column says which rows of
 * which draft these are, so that the corrected list goes on there.
 */
export function problemTable(draftUid: string, file: FileColumns): ProblemTable {
  const fields = file.headings === null ? TYPED_FIELDS : fieldsInOrder(file.headings);
  return {
    columns: [
      { heading: rowHeading(draftUid), width: 8 },
      ...fields.map((field) => ({ heading: file.headings?.[field] ?? field, width: WIDTHS[field] ?? WIDTH })),
      ...file.extras.map((heading) => ({ heading, width: WIDTH })),
      { heading: PROBLEM_HEADINGS.verdict, width: 10 },
      { heading: PROBLEM_HEADINGS.reasons, width: 70 },
      { heading: PROBLEM_HEADINGS.todo, width: 70 },
    ],
    cells(row, extra) {
      const grave = row.findings.filter(({ level }) => level !== 'info');
      const tone = toneOf(grave);
      return [
        { text: String(row.row), tone: 'quiet' },
        ...fields.map((field) => ({
          text: rawOf(row, field),
          tone: toneOf(grave.filter((finding) => finding.field === field)),
        })),
        ...file.extras.map((_, index): SheetCell => ({ text: extra[index] ?? '', tone: 'plain' })),
        { text: row.verdict, tone },
        { text: grave.map(reasonOf).join('\n'), tone },
        { text: remediesOf(grave).join('\n'), tone: 'plain' },
      ];
    },
  };
}

function fieldsInOrder(headings: Readonly<Partial<Record<Field, string>>>): readonly Field[] {
  return Object.keys(headings).map((field) => fieldSchema.parse(field));
}

function toneOf(findings: readonly Finding[]): Tone {
  if (findings.some(({ level }) => level === 'error')) return 'error';
  return findings.length > 0 ? 'warning' : 'plain';
}

function reasonOf({ code, message, seen, candidates = [] }: Finding): string {
  const perhaps = candidates.length === 0 ? '' : ` Perhaps ${candidates.map(({ value }) => value).join(' or ')}.`;
  return `${code}: ${message}${seen === undefined ? '' : ` (${seen})`}.${perhaps}`;
}

function remediesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.flatMap(({ code }) => findingRule(code)?.remedy ?? []))];
}
