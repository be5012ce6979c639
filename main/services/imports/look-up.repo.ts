import { lineStatusSchema, type LineStatus } from '../../../shared/domain/line';
import type { ReadDb, Trx } from '../../localdb/types';
import type { Hits } from './line.rules';
import type { MirrorLine } from './mirror-view';
import { LINE_FIELDS, type LineField, type NewField } from './row.rules';

/** What one row asks of the mirror. */
export interface Question {
  readonly deviceId: number | null;
  readonly oldIccid: string | null;
  readonly oldImei: string | null;
  readonly mdn: string | null;
  readonly newIccid: string | null;
  readonly newImei: string | null;
}

const COLUMN: Readonly<Record<keyof Question, string>> = {
  deviceId: 'id',
  oldIccid: 'iccid',
  oldImei: 'imei',
  mdn: 'mdn',
  newIccid: 'iccid',
  newImei: 'imei',
};
const FIELDS: readonly (LineField | NewField)[] = [...LINE_FIELDS, 'newIccid', 'newImei'];
const NO_HITS: Hits = {};

/** The unit separator, in SQL `char(31)`: it stands in no identifier. */
const BETWEEN = '\u001f';
const STATUSES: ReadonlyMap<string, LineStatus> = new Map(lineStatusSchema.options.map((status) => [status, status]));

/**
 * Finds every line that the rows name, old or new, in one statement for the whole chunk, or two when more than one column
 * finds something. Old identifiers are looked for among the provider's own lines, new ones among all that are in the
 * mirror.
 *
 * Reading a line itself takes longer than finding its number in an index, and handing it out row by row takes as long
 * again. So the first column that names lines brings them along, column by column as one text each; the others bring
 * numbers only.
 *
 * @returns hits by the place of the question
 */
export async function findLines(
  db: ReadDb | Trx,
  providerId: number,
  questions: readonly Question[],
): Promise<readonly Hits[]> {
  const asked = FIELDS.filter((field) => questions.some((question) => question[field] !== null));
  const [first] = asked;
  if (first === undefined) return questions.map(() => NO_HITS);
  const answers = await db.raw<AnswerRow[]>(
    asked.map((field) => (field === first ? selectLines(field) : selectNumbers(field))).join(' union all '),
    asked.map((field) => JSON.stringify(questions.map((question) => question[field]))),
  );
  const lines = new Map<number, MirrorLine>();
  const found = answers.map((answer, index) => {
    if (index === 0) for (const line of linesOf(answer)) lines.set(line.id, line);
    return { field: asked[index] ?? first, places: numbers(answer.places), ids: numbers(answer.ids) };
  });
  const unread = new Set(found.slice(1).flatMap(({ ids }) => ids.filter((id) => !lines.has(id))));
  for (const line of await readLines(db, [...unread])) lines.set(line.id, line);
  return gather(questions.length, found, lines, providerId);
}

interface AnswerRow {
  readonly places: string | null;
  readonly ids: string | null;
  readonly providers: string | null;
  readonly iccids: string | null;
  readonly imeis: string | null;
  readonly mdns: string | null;
  readonly statuses: string | null;
  readonly customers: string | null;
}

const LISTS = `group_concat(d.provider_id, char(31)) as providers, group_concat(d.iccid, char(31)) as iccids,
  group_concat(ifnull(d.imei, ''), char(31)) as imeis, group_concat(ifnull(d.mdn, ''), char(31)) as mdns,
  group_concat(d.status, char(31)) as statuses, group_concat(ifnull(d.customer_id, ''), char(31)) as customers`;

/** `cross join` keeps SQLite from walking through all lines in search of the few that are asked for. */
function joined(field: LineField | NewField): string {
  return `from json_each(?) q cross join device d on d.${COLUMN[field]} = q.value`;
}

function selectLines(field: LineField | NewField): string {
  return `select group_concat(q.key, char(31)) as places, group_concat(d.id, char(31)) as ids, ${LISTS} ${joined(field)}`;
}

function selectNumbers(field: LineField | NewField): string {
  return `select group_concat(q.key, char(31)), group_concat(d.id, char(31)), null, null, null, null, null, null ${joined(field)}`;
}

async function readLines(db: ReadDb | Trx, ids: readonly number[]): Promise<readonly MirrorLine[]> {
  if (ids.length === 0) return [];
  const [answer] = await db.raw<AnswerRow[]>(selectLines('deviceId'), [JSON.stringify(ids)]);
  return answer === undefined ? [] : linesOf(answer);
}

function linesOf(answer: AnswerRow): readonly MirrorLine[] {
  const providers = numbers(answer.providers);
  const [iccids, imeis, mdns] = [texts(answer.iccids), texts(answer.imeis), texts(answer.mdns)];
  const [statuses, customers] = [texts(answer.statuses), texts(answer.customers)];
  return numbers(answer.ids).map((id, index) => ({
    id,
    providerId: providers[index] ?? 0,
    iccid: iccids[index] ?? '',
    imei: filled(imeis[index]),
    mdn: filled(mdns[index]),
    status: STATUSES.get(statuses[index] ?? '') ?? 'unknown',
    customerId: filled(customers[index]) === null ? null : Number(customers[index]),
  }));
}

function texts(list: string | null): readonly string[] {
  return list === null ? [] : list.split(BETWEEN);
}

function numbers(list: string | null): readonly number[] {
  return texts(list).map(Number);
}

function filled(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

interface Found {
  readonly field: LineField | NewField;
  /** Places of the questions, and the lines found for them. */
  readonly places: readonly number[];
  readonly ids: readonly number[];
}

function gather(
  count: number,
  found: readonly Found[],
  lines: ReadonlyMap<number, MirrorLine>,
  providerId: number,
): readonly Hits[] {
  const all = new Array<Partial<Record<LineField | NewField, MirrorLine[]>> | undefined>(count);
  for (const { field, places, ids } of found) {
    const isNew = field === 'newIccid' || field === 'newImei';
    for (const [index, id] of ids.entries()) {
      const line = lines.get(id);
      const place = places[index];
      // A line that went between the two statements is not there any more.
      if (line === undefined || place === undefined || (!isNew && line.providerId !== providerId)) continue;
      const hits = (all[place] ??= {});
      const before = hits[field];
      if (before === undefined) hits[field] = [line];
      else before.push(line);
    }
  }
  return Array.from(all, (hits) => hits ?? NO_HITS);
}
