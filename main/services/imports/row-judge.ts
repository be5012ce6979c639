import type { ChangeType } from '../../../shared/domain/change';
import type { Finding } from '../../../shared/domain/finding';
import type { Clock } from '../../lib/clock';
import type { ReadDb } from '../../localdb/types';
import type { OpenRow } from './chains.rules';
import { factsOf, judgeForm, loadView, lookUpForms, type JudgedForm, type RowFacts } from './judge-rows';
import { createListNotes, decideList, patched, readListFacts, type ListFacts, type ListNotes } from './list-notes';
import {
  decideRounded,
  judgeShifts,
  type MismatchedRow,
  type Patches,
  type RepeatGroup,
  type RowPlace,
} from './list.rules';
import { findOpenRows } from './open-rows.repo';
import { columnsOf, packRaw, sourceRowOf, unpackRaw, type Headings, type RowSource } from './raw-cells.rules';
import { readRow, type RowContext, type RowDefaults } from './row.rules';

/** What a draft's rows are judged by, besides their cells. */
export interface DraftBasis {
  readonly providerUid: string;
  readonly changeType: ChangeType;
  readonly headings: Headings;
  readonly defaults: RowDefaults;
}

/** A row as a person left it. */
export interface RowInput {
  readonly row: number;
  readonly line: number;
  readonly source: RowSource;
}

/** How many numbers of a column look rounded; see `decideRounded`. */
export interface RoundedCounts {
  readonly seen: number;
  readonly lost: number;
  readonly doubtful: number;
}

/** A row judged by itself. What other rows make of it is added by `judgeTogether`. */
export interface JudgedInput {
  readonly facts: RowFacts;
  readonly raw: string | null;
  /** Findings of the row alone. */
  readonly findings: readonly Finding[];
  /** By what other rows may share something with it. */
  readonly keys: SharedKeys;
  /** Its identifiers belong to two lines. */
  readonly isMismatched: boolean;
  readonly rounded: RoundedCounts;
  readonly judged: JudgedForm;
}

export interface SharedKeys {
  readonly lineKey: string | null;
  /** Its line, and the lines that have what it wants. */
  readonly deviceIds: readonly number[];
  /** What it wants, and what its line has: another row may want that. */
  readonly iccids: readonly string[];
  readonly imeis: readonly string[];
}

/** Judges rows of a draft against the mirror as it is now, by the rules of the import and with its code. */
export interface RowJudge {
  open(basis: DraftBasis): Promise<OpenJudge>;
}

export interface OpenJudge {
  /** Epoch ms; null: there is no mirror. */
  readonly mirrorAtMs: number | null;
  /** The cells of a stored row, as they were read or typed. */
  sourceOf(stored: { readonly facts: RowFacts; readonly raw: string | null }): RowSource;
  /** What numbers that look rounded are, in a column with these counts; null: chance. */
  verdictOfColumn(counts: RoundedCounts): string | null;
  judge(rows: readonly RowInput[]): Promise<readonly JudgedInput[]>;
  /** For judging a whole list, or a part of it that shares nothing with the rest. */
  gather(what: 'part' | 'whole'): ListGathering;
}

export interface ListGathering {
  /** @param position place of the row among those that are not left out, from 1 */
  take(row: JudgedInput, position: number): void;
  /** Among the taken rows alone. @param whole counts of the whole column, taken rows included */
  decideHere(whole: RoundedCounts): ListDecision;
  /** All rows of the draft that are not left out were taken, and their facts are stored. */
  decideAll(draftId: number): Promise<ListDecision>;
  rounded(): RoundedCounts;
}

export interface ListDecision {
  /** Rows whose findings other rows make others; every other row has its own alone. */
  rows(): readonly number[];
  /** All findings of a row. */
  findings(row: number, own: readonly Finding[]): readonly Finding[];
}

/** Rows between two pauses, about 10 ms: short drafts are judged on the thread that answers the window. */
const JUDGED_AT_ONCE = 500;

export function createRowJudge({
  read,
  clock,
}: {
  readonly read: ReadDb;
  readonly clock: Pick<Clock, 'now'>;
}): RowJudge {
  return {
    async open({ providerUid, changeType, headings, defaults }) {
      const { view, mirrorAtMs } = await loadView(read, providerUid, clock.now());
      const openOfLine = await findOpenRows(read, null);
      const context: RowContext = { columns: columnsOf(headings, changeType), defaults };
      return {
        mirrorAtMs,
        sourceOf: ({ facts, raw }) => unpackRaw(raw, facts, headings),
        verdictOfColumn: decideRounded,
        async judge(rows) {
          const all: JudgedInput[] = [];
          for (let at = 0; at < rows.length; at += JUDGED_AT_ONCE) {
            const part = rows.slice(at, at + JUDGED_AT_ONCE);
            const forms = part.map(({ row, line, source }) => readRow(sourceRowOf(source, line), row, context));
            const looked = await lookUpForms(read, forms, view);
            for (const [index, { source, line }] of part.entries()) {
              const form = looked.forms[index];
              if (form === undefined) throw new Error(`line ${line} was not read`);
              all.push(describe(judgeForm(form, looked.found?.[index], view, changeType), source, headings));
            }
          }
          return all;
        },
        gather: (what) => gatherList(read, what, openOfLine),
      };
    },
  };
}

function describe(judged: JudgedForm, source: RowSource, headings: Headings): JudgedInput {
  const { line, occupied, hits } = judged;
  const facts = factsOf(judged);
  const notes = createListNotes();
  notes.take(judged.form, judged, hits);
  const { seen, lost, doubtful } = notes.rounded;
  return {
    facts,
    raw: packRaw(source, facts, headings),
    findings: judged.findings,
    keys: {
      lineKey: facts.lineKey,
      deviceIds: [facts.deviceId, ...occupied.map(({ ownerId }) => ownerId)].filter((id) => id !== null),
      iccids: [facts.newIccid, line?.iccid].filter(isText),
      imeis: [facts.newImei, line?.imei].filter(isText),
    },
    isMismatched: notes.mismatched.length > 0,
    rounded: { seen, lost, doubtful: doubtful.length },
    judged,
  };
}

const isText = (value: string | null | undefined): value is string => typeof value === 'string';

function gatherList(read: ReadDb, what: 'part' | 'whole', openOfLine: ReadonlyMap<number, OpenRow>): ListGathering {
  const notes = createListNotes();
  const facts: RowFacts[] = [];
  const positions = new Map<number, number>();
  const rounded = (): RoundedCounts => ({
    seen: notes.rounded.seen,
    lost: notes.rounded.lost,
    doubtful: notes.rounded.doubtful.length,
  });
  return {
    rounded,
    take(row, position) {
      const noted = notes.mismatched.length;
      notes.take(row.judged.form, row.judged, row.judged.hits);
      // Only for rows that a shift may go through: a million sound rows leave nothing here.
      if (notes.mismatched.length > noted) positions.set(row.facts.row, position);
      // What a whole list shares is asked of the database: a million rows are not kept here.
      if (what === 'part') facts.push(row.facts);
    },
    decideHere(whole) {
      const { doubtful } = rounded();
      const column = { ...notes.rounded, seen: whole.seen, lost: whole.lost, elsewhere: whole.doubtful - doubtful };
      return decisionOf({ ...notes, rounded: column }, positions, shareAmong(facts, openOfLine));
    },
    decideAll: async (draftId) => decisionOf(notes, positions, await readListFacts(read, draftId, notes)),
  };
}

/** Rows that were left out in between don't separate two rows: a shift is judged by places, everything else by rows. */
function decisionOf(notes: ListNotes, positions: ReadonlyMap<number, number>, facts: ListFacts): ListDecision {
  const patches = decideList({ ...notes, mismatched: [] }, facts);
  const rowAt = new Map([...positions].map(([row, position]) => [position, row]));
  const shifts: Patches = new Map();
  judgeShifts(
    shifts,
    notes.mismatched.map((row): MismatchedRow => ({ ...row, row: positions.get(row.row) ?? row.row })),
  );
  for (const [position, { add, remove }] of shifts) {
    const row = rowAt.get(position) ?? position;
    const patch = patches.get(row);
    patches.set(row, { add: [...(patch?.add ?? []), ...add], remove: [...(patch?.remove ?? []), ...remove] });
  }
  return { rows: () => [...patches.keys()], findings: (row, own) => patched(own, patches.get(row)) };
}

function shareAmong(facts: readonly RowFacts[], openOfLine: ReadonlyMap<number, OpenRow>): ListFacts {
  const inOrder = [...facts].sort((one, other) => one.row - other.row);
  const rowsOfLine = new Map<number, RowPlace>();
  for (const { row, line, deviceId } of inOrder) {
    if (deviceId !== null && !rowsOfLine.has(deviceId)) rowsOfLine.set(deviceId, { row, line });
  }
  return {
    repeats: {
      line: repeatsOf(inOrder, (row) => row.lineKey),
      device: repeatsOf(inOrder, (row) => (row.deviceId === null ? null : String(row.deviceId))),
      newIccid: repeatsOf(inOrder, (row) => row.newIccid),
      newImei: repeatsOf(inOrder, (row) => row.newImei),
    },
    rowsOfLine,
    openOfLine,
  };
}

function repeatsOf(facts: readonly RowFacts[], keyOf: (row: RowFacts) => string | null): readonly RepeatGroup[] {
  const groups = new Map<string, RowFacts[]>();
  for (const row of facts) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].filter(([, rows]) => rows.length > 1).map(([value, rows]) => ({ value, rows }));
}
