import type { Override } from '../../../shared/domain/override';
import type { ReadDb, Trx } from '../../localdb/types';
import type { OpenJudge } from '../imports';
import { cellsChange } from './edit.rules';
import type { RowChange } from './edit-log.repo';
import { lastPlace, rowsByNumber, type EditableDraft, type StoredRow } from './edits.repo';
import { FIXES, type Fix } from './fix.rules';
import { inputOf } from './judge-part';
import { countRows, orderedRows } from './pages.repo';
import { fixUnknown, rowUnknown } from './refusals';
import { rowsIn } from './words.rules';
import type { Cells, RowFilter, RowTarget } from './types';

/** What a person wants done with the rows of a draft: data only, so that another thread can do it. */
export type Order =
  | { readonly kind: 'exclude' | 'include'; readonly target: RowTarget }
  | { readonly kind: 'override'; readonly target: RowTarget; readonly override: Override }
  | { readonly kind: 'fix'; readonly code: string }
  | { readonly kind: 'cells'; readonly rows: readonly TypedRow[]; readonly words: string }
  | { readonly kind: 'add'; readonly rows: readonly Cells[] };

export interface TypedRow {
  readonly row: number;
  readonly cells: Cells;
}

/** Some of the rows that an order is about, and what it changes of them. */
export interface OrderPart {
  readonly considered: number;
  readonly changes: readonly RowChange[];
}

/** Rows that are looked at between two pauses: about 10 ms. */
const ROWS_AT_ONCE = 500;
const BY_ROW = { by: 'row', direction: 'ascending' } as const;

export const withCode = (code: string): RowFilter => ({ verdict: null, finding: code, text: '', excluded: 'no' });

/** How many rows an order is about. */
export async function sizeOf(db: ReadDb | Trx, draftId: number, order: Order): Promise<number> {
  switch (order.kind) {
    case 'cells':
    case 'add':
      return order.rows.length;
    case 'fix':
      return countRows(db, draftId, withCode(order.code));
    case 'exclude':
    case 'include':
    case 'override':
      return 'rows' in order.target ? order.target.rows.length : countRows(db, draftId, order.target.filter);
    default:
      return order satisfies never;
  }
}

/** What was done, or would be, in words. */
export function wordsOf(order: Order, changed: number): string {
  switch (order.kind) {
    case 'exclude':
      return `${rowsIn(changed)} left out`;
    case 'include':
      return `${rowsIn(changed)} taken in again`;
    case 'override':
      return `${order.override.code} accepted in ${rowsIn(changed)}`;
    case 'fix':
      return `${rowsIn(changed)} ${ruleOf(order.code).words}`;
    case 'cells':
      return order.words;
    case 'add':
      return `${rowsIn(changed)} added`;
    default:
      return order satisfies never;
  }
}

/**
 * What an order changes, part by part. Its rows are those that its filter lets through at the beginning, whatever is made
 * of them meanwhile.
 *
 * @throws usage `draft-row-unknown`, `fix-unknown`
 */
export async function* partsOf(
  db: ReadDb | Trx,
  draft: EditableDraft,
  judge: OpenJudge,
  order: Order,
): AsyncGenerator<OrderPart> {
  switch (order.kind) {
    case 'cells':
      yield* typed(db, draft.id, judge, order.rows);
      return;
    case 'add':
      yield* added(db, draft.id, order.rows);
      return;
    case 'fix': {
      const { fix } = ruleOf(order.code);
      const numbers = await orderedRows(db, draft.id, withCode(order.code), BY_ROW);
      yield* eachPart(db, draft.id, numbers, (row) => {
        const found = fix({ cells: inputOf(judge, row).source.cells, findings: row.findings });
        return found === null ? null : fixedRow(row, found, judge);
      });
      return;
    }
    case 'exclude':
    case 'include': {
      const excluded = order.kind === 'exclude';
      yield* eachPart(db, draft.id, await numbersOf(db, draft.id, order.target), (row) =>
        row.excluded === excluded ? null : { row: row.facts.row, before: { excluded: !excluded }, after: { excluded } },
      );
      return;
    }
    case 'override':
      yield* eachPart(db, draft.id, await numbersOf(db, draft.id, order.target), (row) =>
        overridden(row, order.override),
      );
      return;
    default:
      order satisfies never;
  }
}

/** @throws usage `fix-unknown` when no fix of this finding is ever proven */
export function ruleOf(code: string): NonNullable<(typeof FIXES)[string]> {
  const rule = Object.hasOwn(FIXES, code) ? FIXES[code] : undefined;
  if (rule === undefined) throw fixUnknown(code, Object.keys(FIXES));
  return rule;
}

/** Numbers of the rows that a person means. */
async function numbersOf(db: ReadDb | Trx, draftId: number, target: RowTarget): Promise<Int32Array> {
  if ('filter' in target) return orderedRows(db, draftId, target.filter, BY_ROW);
  return Int32Array.from(new Set(target.rows)).sort();
}

async function* eachPart(
  db: ReadDb | Trx,
  draftId: number,
  numbers: Int32Array,
  change: (row: StoredRow) => RowChange | null,
): AsyncGenerator<OrderPart> {
  for (let at = 0; at < numbers.length; at += ROWS_AT_ONCE) {
    const part = [...numbers.subarray(at, at + ROWS_AT_ONCE)];
    const stored = await storedRows(db, draftId, part);
    yield { considered: part.length, changes: stored.flatMap((row) => change(row) ?? []) };
  }
}

/** @throws usage `draft-row-unknown` when one of them is not there */
async function storedRows(
  db: ReadDb | Trx,
  draftId: number,
  numbers: readonly number[],
): Promise<readonly StoredRow[]> {
  const stored = await rowsByNumber(db, draftId, numbers);
  if (stored.length === numbers.length) return stored;
  const there = new Set(stored.map(({ facts }) => facts.row));
  throw rowUnknown(draftId, numbers.find((row) => !there.has(row)) ?? 0);
}

async function* typed(
  db: ReadDb | Trx,
  draftId: number,
  judge: OpenJudge,
  rows: readonly TypedRow[],
): AsyncGenerator<OrderPart> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const part = rows.slice(at, at + ROWS_AT_ONCE);
    const cellsOf = new Map(part.map(({ row, cells }) => [row, cells]));
    const stored = await storedRows(db, draftId, [...cellsOf.keys()]);
    const changes = stored.flatMap((row): RowChange[] => {
      const change = cellsChange(inputOf(judge, row), row.findings, cellsOf.get(row.facts.row) ?? {});
      return change === null ? [] : [{ row: row.facts.row, ...change }];
    });
    yield { considered: part.length, changes };
  }
}

async function* added(db: ReadDb | Trx, draftId: number, rows: readonly Cells[]): AsyncGenerator<OrderPart> {
  const last = await lastPlace(db, draftId);
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const changes = rows.slice(at, at + ROWS_AT_ONCE).map((cells, index): RowChange => {
      const place = at + index + 1;
      const after = { present: true, line: last.line + place, cells };
      return { row: last.row + place, before: { present: false }, after };
    });
    yield { considered: changes.length, changes };
  }
}

function overridden(row: StoredRow, override: Override): RowChange | null {
  if (!row.findings.some(({ code }) => code === override.code)) return null;
  const others = row.overrides.filter(({ code }) => code !== override.code);
  return {
    row: row.facts.row,
    before: { overrides: row.overrides },
    after: { overrides: [...others, override] },
  };
}

function fixedRow(row: StoredRow, fix: Fix, judge: OpenJudge): RowChange | null {
  if ('exclude' in fix) return { row: row.facts.row, before: { excluded: false }, after: { excluded: true } };
  const change = cellsChange(inputOf(judge, row), row.findings, fix.cells);
  return change === null ? null : { row: row.facts.row, ...change };
}
