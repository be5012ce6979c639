import { verdictOf, type Finding } from '../../../shared/domain/finding';
import { hasZeroTail, looksLikeFloat } from '../../../shared/domain/clean-identifier';
import type { LocalDb, ReadDb } from '../../localdb/types';
import { CHUNK_ROWS, findRepeats, loadFindings, rowsOfLines, updateFindings } from './imports.repo';
import { judgeChains, type OpenRow, type WaitingRow } from './chains.rules';
import { lineIdsOf, type Hits, type JudgedRow } from './line.rules';
import { findOpenRows } from './open-rows.repo';
import {
  judgeRounded,
  judgeRepeats,
  judgeShifts,
  type RoundedTally,
  type LatePatch,
  type MismatchedRow,
  type Patches,
  type RepeatGroup,
  type RowPlace,
} from './list.rules';
import { parseIccid } from '../../../shared/domain/iccid';
import { parseImei } from '../../../shared/domain/imei';
import { refuseFile } from './refusals';
import type { FormRow } from './row.rules';
import type { Tally } from './tally';

/** What is remembered of single rows until the whole list can be judged. Sound rows leave nothing here. */
export interface ListNotes {
  readonly waiting: readonly WaitingRow[];
  readonly mismatched: readonly MismatchedRow[];
  readonly rounded: RoundedTally;
  take(form: FormRow, judged: JudgedRow, hits: Hits): void;
}

export function createListNotes(): ListNotes {
  const waiting: WaitingRow[] = [];
  const mismatched: MismatchedRow[] = [];
  const rounded: RoundedTally = { seen: 0, lost: 0, doubtful: [] };
  return {
    waiting,
    mismatched,
    rounded,
    take(form, judged, hits) {
      const place = { row: form.row, line: form.line };
      const lineId = judged.line?.id;
      // A row without its line waits for nothing: it can't be sent.
      if (lineId !== undefined) {
        for (const { field, ownerId } of judged.occupied) waiting.push({ ...place, field, lineId, ownerId });
      }
      const [anchorId, otherId] = judged.line === null ? lineIdsOf(hits) : [];
      if (anchorId !== undefined && otherId !== undefined) mismatched.push({ ...place, anchorId, otherId });
      const value = form.text.newIccid;
      if (value === null || value.length < 19) return;
      rounded.seen += 1;
      // Zeros at the end are a spreadsheet's work, cell by cell, and say nothing of the rest of the column.
      if (form.doubtful.includes('newIccid')) rounded.doubtful.push({ ...place, value });
      else if (!hasZeroTail(value) && looksLikeFloat(value)) rounded.lost += 1;
    },
  };
}

export interface ListWork {
  readonly local: LocalDb;
  readonly draftId: number;
  readonly notes: ListNotes;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly sourceName: string;
}

/** What the rows of a list share with each other. */
export interface ListFacts {
  readonly repeats: Readonly<Record<'line' | 'device' | 'newIccid' | 'newImei', readonly RepeatGroup[]>>;
  /** The first row that changes each of these lines. */
  readonly rowsOfLine: ReadonlyMap<number, RowPlace>;
  /** The same of changes that are open on this desktop. */
  readonly openOfLine: ReadonlyMap<number, OpenRow>;
}

/** Judges what only the whole list shows, and writes it to the rows concerned, chunk by chunk. */
export async function judgeList(work: ListWork, facts: ListFacts): Promise<void> {
  await applyPatches(work, decideList(work.notes, facts));
}

/** What all stored rows share, asked of the database. */
export async function readListFacts(db: ReadDb, draftId: number, notes: ListNotes): Promise<ListFacts> {
  const owners = notes.waiting.map((row) => row.ownerId);
  return {
    repeats: {
      line: await findRepeats(db, draftId, 'line'),
      device: await findRepeats(db, draftId, 'device'),
      newIccid: await findRepeats(db, draftId, 'newIccid'),
      newImei: await findRepeats(db, draftId, 'newImei'),
    },
    rowsOfLine: owners.length === 0 ? new Map() : await rowsOfLines(db, draftId, owners),
    openOfLine: owners.length === 0 ? new Map() : await findOpenRows(db, owners),
  };
}

/** The findings that rows have only because of other rows of the list; also right for the part of a list that is judged again. */
export function decideList(notes: ListNotes, { repeats, rowsOfLine, openOfLine }: ListFacts): Patches {
  const patches: Patches = new Map();
  judgeRepeats(patches, repeats.line, 'duplicate-old', null);
  judgeRepeats(patches, repeats.device, 'same-line-twice', null);
  // Damage makes different numbers equal; it has a finding of its own.
  const iccids = repeats.newIccid.filter(({ value }) => parseIccid(value).ok);
  judgeRepeats(patches, iccids, 'duplicate-new', 'newIccid');
  const imeis = repeats.newImei.filter(({ value }) => parseImei(value).ok);
  judgeRepeats(patches, imeis, 'duplicate-new', 'newImei');
  judgeShifts(patches, notes.mismatched);
  judgeRounded(patches, notes.rounded, 'newIccid');
  if (notes.waiting.length > 0) judgeChains(patches, notes.waiting, rowsOfLine, openOfLine);
  return patches;
}

async function applyPatches(work: ListWork, patches: Patches): Promise<void> {
  const { local, draftId, tally, signal, sourceName } = work;
  const rows = [...patches.keys()].sort((one, other) => one - other);
  for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
    if (signal.aborted) throw refuseFile('import-cancelled', sourceName);
    const stored = await loadFindings(local.read, draftId, rows.slice(at, at + CHUNK_ROWS));
    const changed = stored.map(({ row, verdict, findings }) => {
      const before = JSON.parse(findings ?? '[]') as readonly Finding[];
      const after = patched(before, patches.get(row));
      const verdictAfter = verdictOf(after);
      tally.remove(verdict, before);
      tally.add(verdictAfter, after);
      return { row, verdict: verdictAfter, findings: JSON.stringify(after) };
    });
    await local.write((trx) => updateFindings(trx, draftId, changed));
  }
}

export function patched(before: readonly Finding[], patch: LatePatch | undefined): readonly Finding[] {
  if (patch === undefined) return before;
  const kept = before.filter(
    (finding) => !patch.remove.some(({ code, field }) => code === finding.code && field === finding.field),
  );
  return [...kept, ...patch.add];
}
