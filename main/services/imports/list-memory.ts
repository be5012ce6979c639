import type { ReadDb } from '../../localdb/types';
import { placesOf, repeatsAmong, rowsOfLines } from './imports.repo';
import type { JudgedForm, RowFacts } from './judge-rows';
import type { ListFacts, ListNotes } from './list-notes';
import type { RowPlace } from './list.rules';
import { findOpenRows } from './open-rows.repo';
import { createRepeatFinder, type RepeatFinder } from './repeats';
import { LINE_FIELDS } from './row.rules';

/**
 * What the rows of a list share with each other, noted while they are stored. Sorting a million stored rows by each of
 * four columns took longer than reading the file; this way only rows that may share something are looked at again.
 */
export interface ListMemory {
  take(judged: JudgedForm, facts: RowFacts): void;
  /** Once all rows are stored. */
  facts(db: ReadDb, draftId: number, notes: ListNotes): Promise<ListFacts>;
}

export function createListMemory(expectedRows: number): ListMemory {
  const lines = createRepeatFinder(expectedRows);
  const iccids = createRepeatFinder(expectedRows);
  const imeis = createRepeatFinder(expectedRows);
  return {
    take(judged, facts) {
      noteLine(lines, judged, facts);
      if (facts.newIccid !== null) iccids.note(facts.newIccid, facts.row);
      if (facts.newImei !== null) imeis.note(facts.newImei, facts.row);
    },
    async facts(db, draftId, notes) {
      const owners = [...new Set(notes.waiting.map((row) => row.ownerId))];
      const sameLine = lines.rows();
      return {
        repeats: {
          line: await repeatsAmong(db, draftId, 'line', sameLine),
          device: await repeatsAmong(db, draftId, 'device', sameLine),
          newIccid: await repeatsAmong(db, draftId, 'newIccid', iccids.rows()),
          newImei: await repeatsAmong(db, draftId, 'newImei', imeis.rows()),
        },
        rowsOfLine: await rowsOfOwners(db, draftId, owners, lines),
        openOfLine: owners.length === 0 ? new Map() : await findOpenRows(db, owners),
      };
    },
  };
}

/**
 * One note serves two questions: who names a line in the same way, and who changes the same line. Rows that name a line
 * in the same way find the same lines by it, so the first of these stands for both; only what finds none is noted by its
 * text.
 */
function noteLine(lines: RepeatFinder, { line, hits }: JudgedForm, { row, lineKey }: RowFacts): void {
  if (line !== null) lines.note(line.id, row);
  if (lineKey === null) return;
  const field = LINE_FIELDS.find((candidate) => lineKey.startsWith(candidate));
  const named = field === undefined ? undefined : hits[field]?.[0]?.id;
  if (named === undefined) lines.note(lineKey, row);
  else if (named !== line?.id) lines.note(named, row);
}

/** The first row of the list that changes each of these lines. */
async function rowsOfOwners(
  db: ReadDb,
  draftId: number,
  owners: readonly number[],
  lines: RepeatFinder,
): Promise<ReadonlyMap<number, RowPlace>> {
  if (owners.length === 0) return new Map();
  const noted = lines.firstRows(owners);
  const found = new Map<number, RowPlace>();
  for (const { deviceId, ...place } of await placesOf(db, draftId, [...noted.values()])) {
    if (deviceId !== null && !found.has(deviceId)) found.set(deviceId, place);
  }
  // The first row that names a line need not be one that may change it.
  const left = owners.filter((owner) => noted.has(owner) && !found.has(owner));
  return left.length === 0 ? found : new Map([...found, ...(await rowsOfLines(db, draftId, left))]);
}
