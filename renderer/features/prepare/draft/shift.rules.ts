import type { DraftRow } from '../../../../shared/contract/drafts';
import type { Field } from '../../../../shared/domain/finding';

const CODE = 'pairs-shifted';

/** Rows one after the other whose second identifier belongs to a row beside it. */
export interface Shift {
  /** The row where it begins, and its line in the file. */
  readonly row: number;
  readonly line: number;
  /** The sentence of the finding. */
  readonly message: string;
  /** Where the identifiers belong: one row up or one row down. */
  readonly towards: 'above' | 'below';
  readonly rows: readonly number[];
}

/** Each slipped run of a list; a run has one sentence, since it names the line where it begins. */
export function shiftsOf(rows: readonly DraftRow[]): readonly Shift[] {
  const runs = new Map<string, DraftRow[]>();
  for (const row of rows) {
    const message = row.findings.find(({ code }) => code === CODE)?.message;
    if (message === undefined) continue;
    runs.set(message, [...(runs.get(message) ?? []), row]);
  }
  return [...runs].flatMap(([message, [first, ...others]]) =>
    first === undefined
      ? []
      : [
          {
            row: first.row,
            line: first.line,
            message,
            towards: message.endsWith('below') ? ('below' as const) : ('above' as const),
            rows: [first, ...others].map(({ row }) => row),
          },
        ],
  );
}

/** The fields that do not belong to the line which their row names. */
export function slippedFields(rows: readonly DraftRow[]): readonly Field[] {
  const fields = rows.flatMap(({ findings }) =>
    findings.filter(({ code }) => code === 'current-pair-differs').map(({ field }) => field),
  );
  return [...new Set(fields)].filter((field) => field !== null);
}
