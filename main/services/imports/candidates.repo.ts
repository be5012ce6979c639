import { MOST_CANDIDATES, type Candidate } from '../../../shared/domain/finding';
import type { Remains } from '../../../shared/domain/remains';
import type { ReadDb, Trx } from '../../localdb/types';

/** What is asked about one damaged identifier. */
export interface CandidateQuestion {
  readonly column: 'iccid' | 'imei' | 'mdn';
  readonly remains: Remains;
}

/** Lines that one look-up passes at most: a range that few digits bound may hold the whole fleet. */
const MOST_PASSED = 200;

/**
 * The provider's lines that agree with what is left of each damaged identifier, by the index of the column: a few steps
 * for each question, whatever the size of the mirror.
 *
 * @returns in the order of the questions; empty where none agrees, or more than a person can compare
 */
export async function findCandidates(
  db: ReadDb | Trx,
  providerId: number,
  questions: readonly CandidateQuestion[],
): Promise<readonly (readonly Candidate[])[]> {
  const answers: (readonly Candidate[])[] = questions.map(() => []);
  for (const column of ['iccid', 'imei', 'mdn'] as const) {
    for (const byEnd of [false, true]) {
      const asked = questions.flatMap((question, at) =>
        question.column === column && (question.remains.end !== '') === byEnd ? [{ at, ...question.remains }] : [],
      );
      if (asked.length === 0) continue;
      const found = await ask(db, { providerId, column, byEnd }, asked);
      for (const [at, candidates] of found) answers[at] = candidates;
    }
  }
  return answers;
}

async function ask(
  db: ReadDb | Trx,
  { providerId, column, byEnd }: { providerId: number; column: CandidateQuestion['column']; byEnd: boolean },
  asked: readonly (Remains & { readonly at: number })[],
): Promise<ReadonlyMap<number, readonly Candidate[]>> {
  // People leave off the first digits less often: the end is looked for by the index of the last four.
  const range = byEnd
    ? `substr(${column}, -4) = substr(q.value->>4, -4)`
    : `${column} >= q.value->>1 and ${column} <= q.value->>2`;
  const rows = await db.raw<{ at: number; lines: string }[]>(
    `select q.value->>0 as at,
       (select json_group_array(json_object('lineId', id, 'value', value)) from (
          select id, value from (
            select id, ${column} as value, provider_id from device where ${range} limit ${MOST_PASSED})
          where provider_id = ? and (q.value->>3 is null or length(value) = q.value->>3)
            and (q.value->>4 = '' or substr(value, -length(q.value->>4)) = q.value->>4)
          limit ${MOST_CANDIDATES + 1})) as lines
     from json_each(?) q`,
    [providerId, JSON.stringify(asked.map(({ at, low, high, length, end }) => [at, low, high, length, end]))],
  );
  return new Map(
    rows.map(({ at, lines }) => {
      const candidates = JSON.parse(lines) as Candidate[];
      return [at, candidates.length > MOST_CANDIDATES ? [] : candidates];
    }),
  );
}
