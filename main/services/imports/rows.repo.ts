import { mapInSlices } from '../../lib/slices';
import type { Trx } from '../../localdb/types';
import type { StoredRow } from './imports.repo';

/** Rows made ready for the database: a statement and the rows that it stores, as JSON. */
export interface Records {
  readonly columns: string;
  readonly expressions: string;
  readonly rows: string;
}

/**
 * Makes rows of a draft ready. Crossing into SQLite row by row takes twenty times as long as one statement for all of them;
 * of those statements, taking fields out of a text by their place is the cheapest (per million rows 2 s, out of JSON
 * arrays 3.5 s; storing them is another 2 s). So each row is one text: identifiers and numbers in fields of a width that
 * the whole group shares, then what is of any length.
 */
export async function recordsOf(rows: readonly StoredRow[]): Promise<readonly Records[]> {
  const odd: StoredRow[] = [];
  // Few rows have notes: apart from them, the others need no place for any.
  const plain = rows.filter((row) => row.findings === null && row.raw === null);
  const noted = plain.length === rows.length ? [] : rows.filter((row) => row.findings !== null || row.raw !== null);
  const groups = [await packed(plain, odd), await packed(noted, odd), odd.length === 0 ? null : arraysOf(odd)];
  return groups.filter((group) => group !== null);
}

export async function addRecords(trx: Trx, draftId: number, records: readonly Records[], nowMs: number): Promise<void> {
  for (const { columns, expressions, rows } of records) {
    await trx.raw(`insert into draft_row (draft_id, ${columns}) select ?, ${expressions} from json_each(?)`, [
      draftId,
      rows,
    ]);
  }
  await trx.raw(`update draft set touched_at = ? where id = ?`, [nowMs, draftId]);
}

/** Columns with a field of their own in each record, and those of any length behind them. */
const FIELDS = [
  ['deviceId', 'device_id'],
  ['mdn', 'mdn'],
  ['oldIccid', 'old_iccid'],
  ['oldImei', 'old_imei'],
  ['newIccid', 'new_iccid'],
  ['newImei', 'new_imei'],
] as const;
const TEXTS = [
  ['customer', 'customer'],
  ['ratePlan', 'rate_plan'],
  ['ratePool', 'rate_pool'],
  ['effectiveDate', 'effective_date'],
  ['note', 'note'],
  ['extra', 'extra'],
  ['raw', 'raw'],
  ['findings', 'findings'],
] as const;
type FieldKey = (typeof FIELDS)[number][0];

/** Longer than any identifier, and short enough that one odd cell doesn't widen the records of all rows. */
const WIDEST_FIELD = 40;
/** Row and line numbers. */
const NUMBER_WIDTH = 10;
const VERDICTS = { valid: 'v', warning: 'w', error: 'e' } as const;
/** What a line key repeats after its prefix, with the letter that stands for it in a record. */
const KEYS: readonly (readonly [letter: string, prefix: string, key: FieldKey, column: string])[] = [
  ['i', 'oldIccid:', 'oldIccid', 'old_iccid'],
  ['e', 'oldImei:', 'oldImei', 'old_imei'],
  ['m', 'mdn:', 'mdn', 'mdn'],
  ['d', 'deviceId:', 'deviceId', 'device_id'],
];
const NO_KEY = '-';

/** SQLite counts characters where JavaScript counts halves of some of them. */
const PLAIN = /^[\x20-\x7e]*$/;

/** @param odd takes the rows that fit no record */
async function packed(rows: readonly StoredRow[], odd: StoredRow[]): Promise<Records | null> {
  const fields = FIELDS.flatMap(([key, column]) => {
    const width = widthOf(rows, key);
    return width === null ? [] : [{ key, column, ...width }];
  });
  const texts = TEXTS.filter(([key]) => rows.some((row) => row[key] !== null));
  const all = await mapInSlices(rows, (row) => {
    const head = headOf(row, fields);
    if (head === null) odd.push(row);
    if (head === null || texts.length === 0) return head;
    // A single text stands as it is; several as JSON, so that each can be told from the others.
    return (
      head +
      (texts.length === 1 ? (row[texts[0]?.[0] ?? 'note'] ?? '') : JSON.stringify(texts.map(([key]) => row[key])))
    );
  });
  const records = all.filter((record) => record !== null);
  if (records.length === 0) return null;
  const columns = columnsOf(
    fields,
    texts.map(([, column]) => column),
  );
  return {
    columns: columns.map(({ name }) => name).join(', '),
    expressions: columns.map(({ expression }) => expression).join(', '),
    rows: JSON.stringify(records),
  };
}

interface FieldWidth {
  readonly width: number;
  /** Every row fills it: nothing needs to be taken off. */
  readonly isExact: boolean;
}

/** Null: no row has the field. */
function widthOf(rows: readonly StoredRow[], key: FieldKey): FieldWidth | null {
  let [least, most] = [WIDEST_FIELD, 0];
  for (const row of rows) {
    const length = lengthOf(row[key]);
    if (length > WIDEST_FIELD) continue;
    if (length < least) least = length;
    if (length > most) most = length;
  }
  return most === 0 ? null : { width: most, isExact: least === most };
}

function lengthOf(value: string | number | null): number {
  if (value === null) return 0;
  return typeof value === 'number' ? String(value).length : value.length;
}

/** The fields of a row; null: one of them fits none, or can't be told from its filling. */
function headOf(
  row: StoredRow,
  fields: readonly ({ readonly key: FieldKey } & Pick<FieldWidth, 'width'>)[],
): string | null {
  const letter = keyLetter(row);
  if (letter === null) return null;
  let head = numberField(row.row) + numberField(row.line) + VERDICTS[row.verdict] + letter;
  for (const { key, width } of fields) {
    const value = row[key];
    if (value === null) head += ''.padEnd(width);
    else {
      const text = typeof value === 'number' ? String(value) : value;
      if (text === '' || text.length > width || text.endsWith(' ')) return null;
      head += text.length === width ? text : text.padEnd(width);
    }
  }
  return PLAIN.test(head) ? head : null;
}

/** Null: the key says something else than the row's own columns. */
function keyLetter(row: StoredRow): string | null {
  const { lineKey } = row;
  if (lineKey === null) return NO_KEY;
  for (const [letter, prefix, key] of KEYS) {
    if (!lineKey.startsWith(prefix)) continue;
    const value = String(row[key] ?? '');
    return lineKey.length === prefix.length + value.length && lineKey.endsWith(value) ? letter : null;
  }
  return null;
}

function numberField(value: number): string {
  return String(value).padStart(NUMBER_WIDTH, '0');
}

interface Column {
  readonly name: string;
  readonly expression: string;
}

/** Where each column stands in a record. Whole numbers come as text: a strict table takes them for what they are. */
function columnsOf(
  fields: readonly ({ readonly column: string } & FieldWidth)[],
  texts: readonly string[],
): readonly Column[] {
  let at = 1;
  const next = (width: number): string => {
    const expression = `substr(value, ${at}, ${width})`;
    at += width;
    return expression;
  };
  const numbers = [
    { name: 'row_no', expression: next(NUMBER_WIDTH) },
    { name: 'line_no', expression: next(NUMBER_WIDTH) },
  ];
  const verdict = `case ${next(1)} when 'v' then 'valid' when 'w' then 'warning' else 'error' end`;
  const letter = next(1);
  const own = fields.map(({ column, width, isExact }) => {
    const expression = next(width);
    return { name: column, expression: isExact ? expression : `nullif(rtrim(${expression}), '')` };
  });
  const keys = KEYS.flatMap(([sign, prefix, , column]) => {
    const expression = own.find(({ name }) => name === column)?.expression;
    return expression === undefined ? [] : [`when '${sign}' then '${prefix}' || ${expression}`];
  });
  const rest = `substr(value, ${at})`;
  return [
    ...numbers,
    { name: 'verdict', expression: verdict },
    ...(keys.length === 0 ? [] : [{ name: 'line_key', expression: `case ${letter} ${keys.join(' ')} end` }]),
    ...own,
    ...texts.map((name, index) => ({
      name,
      expression: texts.length === 1 ? `nullif(${rest}, '')` : `${rest} ->> ${index}`,
    })),
  ];
}

/** Any row at all. */
function arraysOf(rows: readonly StoredRow[]): Records {
  const all = [...FIELDS, ...TEXTS];
  const names = ['row_no', 'line_no', 'verdict', 'line_key', ...all.map(([, column]) => column)];
  return {
    columns: names.join(', '),
    expressions: names.map((_, index) => `value ->> ${index}`).join(', '),
    rows: JSON.stringify(
      rows.map((row) => [row.row, row.line, row.verdict, row.lineKey, ...all.map(([key]) => row[key])]),
    ),
  };
}
