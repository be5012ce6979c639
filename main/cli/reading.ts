import type { Delimiter, ImportPreview, ImportReading } from '../../shared/contract/imports';
import { plural, table } from './output';

const DELIMITER_WORDS: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'pipes',
};

/** How a file was read, for the person who must be able to doubt it. */
export function describeReading(reading: ImportReading, blankLines: number): readonly string[] {
  const { savedMapping, sameContent } = reading;
  return [
    `Read as ${formatWords(reading)}${blankLines === 0 ? '' : `, ${plural(blankLines, 'blank line')} left out`}.`,
    ...(savedMapping === null
      ? []
      : [`Columns as ${savedMapping.by} mapped them on ${savedMapping.at.slice(0, 10)}; --map changes it.`]),
    ...sameContent.map(
      ({ kind, id, name, at, by }) =>
        `Notice: a file with the very same content became ${kind} ${id} "${name}" (${by}, ${at}).`,
    ),
  ];
}

/** The preview: what every column would be, and what keeps the list from being imported. */
export function describePreview(preview: ImportPreview): string {
  const { sheets, columns, continues, changeType, problem, needsMapping } = preview;
  return [
    ...describeReading(preview, 0),
    ...(sheets.length < 2
      ? []
      : [`Sheets: ${sheets.map(({ name, hidden }) => `"${name}"${hidden ? ' (hidden)' : ''}`).join(', ')}.`]),
    ...(continues === null ? [] : [`It goes on with draft ${continues.draftId} "${continues.name}".`]),
    table(
      ['column', 'heading', 'field', 'sure', 'because', 'first cell'],
      columns.map(({ column, heading, field, confidence, why, samples }) => [
        column + 1,
        heading,
        field ?? '-',
        `${Math.round(confidence * 100)} %`,
        why,
        samples[0] ?? '',
      ]),
    ),
    changeType === null ? 'What the list changes is not clear.' : `The list is a ${changeType}.`,
    ...(problem === null ? [] : [problem]),
    needsMapping ? 'Please check the columns; --map "Heading=field" says what one means.' : 'Every heading is known.',
  ].join('\n');
}

function formatWords({ format, encoding, delimiter, sheet, headingRow }: ImportReading): string {
  const headings = headingRow === 0 ? 'no headings' : `headings in row ${headingRow}`;
  if (format === 'xlsx') return `a workbook, sheet "${sheet ?? ''}", ${headings}`;
  return `${encoding ?? 'text'} separated by ${delimiter === null ? 'nothing' : DELIMITER_WORDS[delimiter]}, ${headings}`;
}
