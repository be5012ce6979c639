import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import type { DraftRow, LeftOutRow, TakenRow } from './types';

type Kind = 'iccid' | 'imei';
/** `iccid:8914…`, and the row whose line has it now and gives it up. */
export type FreedBy = ReadonlyMap<string, number>;

const FIELD_OF = { iccid: 'newIccid', imei: 'newImei' } as const;

function keyOf(kind: Kind, id: string): string {
  return `${kind}:${id}`;
}

/** Kinds for which the list was found to wait for another row of itself. */
function waitingKinds(row: DraftRow, type: ChangeType): readonly Kind[] {
  if (row.findings.length === 0) return [];
  const chained = row.findings.filter(({ code }) => code === 'chain').map(({ field }) => field);
  return chained.length === 0 ? [] : changedKinds(type).filter((kind) => chained.includes(FIELD_OF[kind]));
}

/** What rows wait for: the identifiers that some other row must free first. Empty for almost every list. */
export function wantedBy(rows: readonly DraftRow[], type: ChangeType): readonly string[] {
  return rows.flatMap((row) =>
    waitingKinds(row, type).flatMap((kind) => {
      const id = row.new[kind];
      return id === undefined ? [] : [keyOf(kind, id)];
    }),
  );
}

/** Which of these rows free something that is wanted. */
export function freedBy(
  rows: readonly DraftRow[],
  type: ChangeType,
  wanted: ReadonlySet<string>,
): readonly (readonly [key: string, row: number])[] {
  if (wanted.size === 0) return [];
  return rows.flatMap((row) =>
    changedKinds(type).flatMap((kind) => {
      const id = row.old[kind];
      const key = id === undefined ? '' : keyOf(kind, id);
      return wanted.has(key) ? [[key, row.row] as const] : [];
    }),
  );
}

export interface SendingOrder {
  /** Takes the rows in the order of their numbers. @returns the row with those it held back, in the order of sending */
  take(row: DraftRow): readonly TakenRow[];
  /** Rows that wait for one that is not sent. */
  leftOut(): readonly LeftOutRow[];
}

/**
 * The order in which rows are sent: that of the list, but a row that wants what another one frees comes right after the
 * last row that it waits for. Only rows that wait are kept in memory.
 */
export function createSendingOrder(type: ChangeType, freed: FreedBy): SendingOrder {
  const placed = new Set<number>();
  const freeing = new Set(freed.values());
  const waiting = new Map<number, TakenRow>();
  const followers = new Map<number, number[]>();
  const lost: LeftOutRow[] = [];

  const place = (first: TakenRow): readonly TakenRow[] => {
    const order: TakenRow[] = [];
    const ready = [first];
    for (let row = ready.pop(); row !== undefined; row = ready.pop()) {
      order.push(row);
      if (!freeing.has(row.row)) continue;
      placed.add(row.row);
      const next = (followers.get(row.row) ?? []).flatMap((number) => {
        const follower = waiting.get(number);
        if (follower === undefined || !follower.after.every((before) => placed.has(before))) return [];
        waiting.delete(number);
        return [follower];
      });
      ready.push(...next.reverse());
    }
    return order;
  };

  return {
    take(row) {
      const kinds = waitingKinds(row, type);
      const before = kinds.map((kind) => freed.get(keyOf(kind, row.new[kind] ?? '')));
      const after = [...new Set(before.filter((number) => number !== undefined))].sort((one, other) => one - other);
      const taken = { ...row, after, afterOpenChange: isAfterOpenChange(row), deleteFirst: deleteFirstOf(row) };
      if (before.includes(undefined)) {
        lost.push(leftOut(taken));
        return [];
      }
      if (after.every((number) => placed.has(number))) return place(taken);
      waiting.set(row.row, taken);
      for (const number of after) followers.set(number, [...(followers.get(number) ?? []), row.row]);
      return [];
    },
    leftOut: () => [...lost, ...[...waiting.values()].map(leftOut)].sort((one, other) => one.row - other.row),
  };
}

function isAfterOpenChange(row: DraftRow): boolean {
  return row.findings.some(({ code }) => code === 'chain-open');
}

/** The new identifier that a deactivated line holds; one deletion frees both, when both are on the same line. */
function deleteFirstOf({ findings, new: wanted }: DraftRow): TakenRow['deleteFirst'] {
  for (const kind of ['iccid', 'imei'] as const) {
    const id = wanted[kind];
    const held = findings.some(({ code, field }) => code === 'target-deactivated' && field === FIELD_OF[kind]);
    if (held && id !== undefined) return { kind, id };
  }
  return null;
}

function leftOut({ row, line, after, findings }: TakenRow): LeftOutRow {
  const chain = findings.find(({ code }) => code === 'chain');
  const waitsFor =
    after.length > 0 ? `row ${after.join(' and ')}` : (chain?.evidence ?? 'another row').replace(/^after /, '');
  return { row, line, why: `Waits for ${waitsFor}, which is not sent` };
}
