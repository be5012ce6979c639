import type { ImportColumn } from '../../../shared/contract/imports';
import { SURE } from '../../../shared/contract/imports';
import { usageError, workFailed } from '../../../shared/domain/fault';
import type { Field } from '../../../shared/domain/finding';

interface Place {
  readonly sourceName: string;
}

export function columnMissing(missing: string, columns: readonly ImportColumn[], { sourceName }: Place): Error {
  const headings = columns.filter(({ heading }) => heading.trim() !== '');
  const found = headings.map(({ heading, field, confidence }) => {
    const sure = field === null ? '' : confidence >= SURE ? ` (${field})` : ` (perhaps ${field})`;
    return `"${shown(heading)}"${sure}`;
  });
  const guess = headings.find(({ field, confidence }) => field !== null && confidence < SURE);
  const example = guess ?? headings.find(({ field }) => field === null);
  return workFailed({
    code: 'column-missing',
    what: `The file has no column for ${missing}`,
    where: sourceName,
    why: found.length === 0 ? 'its first row is empty' : `the headings are ${found.slice(0, 20).join(', ')}`,
    todo: `Say which heading is meant: --map "${shown(example?.heading ?? 'Heading')}=${guess?.field ?? fieldFor(missing)}".`,
  });
}

function fieldFor(missing: string): Field {
  if (missing.startsWith('the line')) return 'oldIccid';
  return missing.includes('ICCID') ? 'newIccid' : 'newImei';
}

export function columnTwice(
  headings: readonly string[],
  first: number,
  second: number,
  field: Field,
  { sourceName }: Place,
): Error {
  const name = (column: number): string => `"${shown(headings[column] ?? '')}" (column ${column + 1})`;
  return workFailed({
    code: 'column-twice',
    what: `Two columns mean the same field ${field}`,
    where: `${sourceName}: ${name(first)} and ${name(second)}`,
    todo: 'Rename or remove one of them, or say with --map which one is meant.',
  });
}

export function headingUnknown(heading: string | number, headings: readonly string[], { sourceName }: Place): Error {
  const named = typeof heading === 'number' ? `column ${heading + 1}` : `heading "${shown(heading)}"`;
  return usageError({
    code: 'heading-unknown',
    what: `The file has no ${named}`,
    where: sourceName,
    why: `the headings are ${headings
      .slice(0, 20)
      .map((found) => `"${shown(found)}"`)
      .join(', ')}`,
    todo: 'Correct --map.',
  });
}

function shown(heading: string): string {
  const text = heading.trim().replace(/\s+/g, ' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
