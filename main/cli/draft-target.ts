import { usageError } from '../../shared/domain/fault';
import { verdictSchema } from '../../shared/domain/finding';
import type { RowFilter, RowTarget } from '../services/drafts';
import { oneOf, wholeNumber } from './arguments';

export interface FilterOptions {
  readonly only?: string;
  readonly finding?: string;
  readonly text?: string;
  readonly excluded?: string;
}

export const EXCLUDED = ['no', 'only', 'any'] as const;

export function filterOf({ only, finding, text, excluded }: FilterOptions): RowFilter {
  return {
    verdict: only === undefined ? null : oneOf('--only', only, verdictSchema.options),
    finding: finding ?? null,
    text: text ?? '',
    excluded: excluded === undefined ? 'any' : oneOf('--excluded', excluded, EXCLUDED),
  };
}

export interface TargetOptions extends FilterOptions {
  readonly row: readonly string[];
}

/** @throws usage `argument-refused` when no row is named in any way: all rows are meant only by saying so */
export function targetOf(options: TargetOptions): RowTarget {
  if (options.row.length > 0) return { rows: options.row.map((row) => wholeNumber('--row', row)) };
  const { only, finding, text } = options;
  if (only !== undefined || finding !== undefined || text !== undefined) return { filter: filterOf(options) };
  throw usageError({
    code: 'argument-refused',
    what: 'It is not said which rows are meant',
    todo: 'Name them with --row, or choose them with --only, --finding or --text.',
  });
}
