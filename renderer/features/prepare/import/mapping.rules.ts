import { SURE, type ImportColumn } from '../../../../shared/contract/imports';
import type { Field } from '../../../../shared/domain/finding';
import type { Tone } from '../../../ui/badge';

/** What is told of a column's meaning, as sign and word; `saved` stands for the day and the person, told beside it. */
export interface ColumnWords {
  readonly tone: Tone;
  readonly word: string;
  readonly because: string;
}

/** How sure the meaning of a column is, and why. @param choice what the person chose; undefined: nothing yet */
export function columnWords(
  column: Pick<ImportColumn, 'field' | 'confidence' | 'why' | 'heading'>,
  choice: Field | null | undefined,
): ColumnWords {
  if (choice === null) return { tone: 'rest', word: 'left out', because: 'you chose it' };
  if (choice !== undefined) return { tone: 'done', word: 'sure', because: 'you chose it' };
  const { field, why, confidence } = column;
  if (field === null) {
    return why === 'none'
      ? { tone: 'unknown', word: 'not known', because: 'left out unless you say what it is' }
      : { tone: 'rest', word: 'left out', because: why === 'saved' ? 'as before' : 'as chosen' };
  }
  switch (why) {
    case 'mapped':
      return { tone: 'done', word: 'sure', because: 'you chose it' };
    case 'saved':
      return { tone: 'done', word: 'remembered', because: 'as before' };
    case 'heading':
      return confidence > SURE
        ? { tone: 'done', word: 'sure', because: 'the heading says so' }
        : { tone: 'warn', word: 'likely', because: 'the heading says so, its cells look otherwise' };
    case 'similar':
      return confidence >= SURE
        ? { tone: 'warn', word: 'likely', because: 'a misspelled heading, and its cells fit' }
        : { tone: 'unknown', word: 'guess', because: 'the heading is only similar' };
    case 'content':
      return { tone: 'unknown', word: 'guess', because: 'only its cells look like it' };
    case 'none':
      return { tone: 'unknown', word: 'guess', because: 'nothing says so' };
  }
}

/** Columns with a heading or with cells; spreadsheets save many that have neither. */
export function shownColumns(columns: readonly ImportColumn[]): readonly ImportColumn[] {
  return columns.filter(({ heading, samples }) => heading.trim() !== '' || samples.length > 0);
}
