import type { Delimiter, Encoding, HowRead } from '../../shared/contract/imports';

export const ENCODING_WORDS: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16, little-endian',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows-1252 (Western Europe)',
  'iso-8859-1': 'Latin-1 (ISO 8859-1)',
};

export const DELIMITER_WORDS: Readonly<Record<Delimiter, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'pipe',
};

/** How a list was read, in one line: `UTF-8 · separated by semicolons · headings in row 3`. */
export function readingWords({ format, encoding, delimiter, sheet, headingRow }: HowRead): string {
  return [
    ...(format === 'xlsx' ? ['Excel workbook'] : []),
    ...(sheet === null ? [] : [`sheet “${sheet}”`]),
    ...(encoding === null ? [] : [ENCODING_WORDS[encoding]]),
    ...(delimiter === null ? [] : [`separated by ${DELIMITER_WORDS[delimiter]}s`]),
    headingRow === 0 ? 'no headings' : `headings in row ${headingRow}`,
  ].join(' · ');
}
