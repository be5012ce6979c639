import { workFailed } from '../../../shared/domain/fault';
import type { Verdict } from '../../../shared/domain/finding';
import { MOST_SHEET_ROWS } from '../../lib/xlsx-writer';
import type { DraftWork } from './draft-jobs';
import type { WrittenList } from './problem-list';
import type { Draft } from './types';

export interface ProblemRows {
  /**
   * Writes the rows that have one of the verdicts as a list that a person corrects and imports again: the file's own
   * columns, every reason, and what to do.
   *
   * @throws failed `no-problem-rows`, `problem-list-too-long` (more rows than a sheet holds), `list-not-written`
   */
  write(draft: Draft, verdicts: readonly Verdict[], format: 'csv' | 'xlsx', file: string): Promise<WrittenList>;
}

export function createProblemRows({ workFor }: { readonly workFor: (rows: number) => DraftWork }): ProblemRows {
  return {
    async write(draft, verdicts, format, file) {
      const wanted = verdicts.reduce((sum, verdict) => sum + draft[verdict], 0);
      if (wanted === 0) throw nothingToExport(draft);
      if (format === 'xlsx' && wanted >= MOST_SHEET_ROWS) throw tooLong(draft, wanted);
      return workFor(wanted).run('problems', { draft, verdicts, format, file });
    },
  };
}

function nothingToExport(draft: Draft): Error {
  return workFailed({
    code: 'no-problem-rows',
    what: 'The draft has no such rows to export',
    where: `draft ${draft.id} (${draft.name})`,
    why: `of ${draft.rows} rows ${draft.valid} are valid, ${draft.warning} have warnings, ${draft.error} have errors`,
    todo: 'Choose another verdict, or go on with the draft.',
  });
}

function tooLong(draft: Draft, rows: number): Error {
  return workFailed({
    code: 'problem-list-too-long',
    what: `A sheet holds ${MOST_SHEET_ROWS - 1} rows, and these are ${rows}`,
    where: `draft ${draft.id} (${draft.name})`,
    todo: 'Export them as CSV.',
  });
}
