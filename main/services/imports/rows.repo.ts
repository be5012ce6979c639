import type { Trx } from '../../localdb/types';
import type { StoredRow } from './imports.repo';

/**
 * Stores rows of a draft. Crossing into SQLite row by row takes twenty times as long as one statement for all of them;
 * of those statements, taking fields out of a text by their place is the cheapest (per million rows 2 s, out of JSON
 * arrays 3.5 s; storing them is another 2 s). So each row is one text: identifiers and numbers in fields of a width that
 * the whole group shares, then what is of any length.
 */
export async function addRows(trx: Trx, draftId: number, rows: readonly StoredRow[], nowMs: number): Promise<void> {
  const plain: StoredRow[] = [];
  const noted: StoredRow[] = [];
  const odd: StoredRow[] = [];
  for (const row of rows) {
    if (!fitsFields(row)) odd.push(row);
    else if (row.findings === null && row.raw === null) plain.push(row);
    else noted.push(row);
  }
  for (const group of [plain, noted]) if (group.length > 0) await addRecords(trx, draftId, group);
  if (odd.length > 0) await addArrays(trx, draftId, odd);
  await trx.raw(`update draft set touched_at = ? where id = ?`, [nowMs, draftId]);
}

/** Places of the texts that a row may carry, in the order of `TEXTS`. */
type TextOf = (row: StoredRow) => string | null;

const FIELDS: Readonly<Record<string, TextOf>> = {
  device_id: (row) => (row.deviceId === null ? null : String(row.deviceId)),
  mdn: (row) => row.mdn,
  old_iccid: (row) => row.oldIccid,
  old_imei: (row) => row.oldImei,
  new_iccid: (row) => row.newIccid,
  new_imei: (row) => row.newImei,
};
const TEXTS: Readonly<Record<string, TextOf>> = {
  customer: (row) => row.customer,
  rate_plan: (row) => row.ratePlan,
  rate_pool: (row) => row.ratePool,
  effective_date: (row) => row.effectiveDate,
  note: (row) => row.note,
  extra: (row) => row.extra,
  raw: (row) => row.raw,
  findings: (row) => row.findings,
};

/** Longer than any identifier, and short enough that one odd cell doesn't widen the records of all rows. */
const WIDEST_FIELD = 40;
/** Row and line numbers. */
const NUMBER_WIDTH = 10;
const VERDICTS = { valid: 'v', warning: 'w', error: 'e' } as const;
/** The column that a line key repeats after its prefix, with the letter that stands for it in a record. */
const KEYS: readonly (readonly [letter: string, prefix: string, column: string])[] = [
  ['i', 'oldIccid:', 'old_iccid'],
  ['e', 'oldImei:', 'old_imei'],
  ['m', 'mdn:', 'mdn'],
  ['d', 'deviceId:', 'device_id'],
];

/** SQLite counts characters where JavaScript counts halves of some of them, and a blank at the end would be taken for filling. */
const PLAIN = /^[\x20-\x7e]*$/;

function fitsFields(row: StoredRow): boolean {
  for (const field of FIELD_LIST) {
    const text = field(row);
    if (text === null) continue;
    if (text === '' || text.length > WIDEST_FIELD || text.endsWith(' ') || !PLAIN.test(text)) return false;
  }
  return row.lineKey === null || keyLetter(row) !== '';
}

const FIELD_LIST = Object.values(FIELDS);

function keyLetter(row: StoredRow): string {
  const { lineKey } = row;
  if (lineKey === null) return '-';
  for (const [letter, prefix, column] of KEYS) {
    if (!lineKey.startsWith(prefix)) continue;
    const value = FIELDS[column]?.(row) ?? null;
    const isSame = value !== null && lineKey.length === prefix.length + value.length && lineKey.endsWith(value);
    return isSame ? letter : '';
  }
  return '';
}

interface Column {
  readonly name: string;
  readonly expression: string;
}

async function addRecords(trx: Trx, draftId: number, rows: readonly StoredRow[]): Promise<void> {
  const fields = Object.entries(FIELDS).flatMap(([name, textOf]) => {
    const width = widthOf(rows, textOf);
    return width === null ? [] : [{ name, textOf, ...width }];
  });
  const texts = Object.entries(TEXTS).filter(([, textOf]) => rows.some((row) => textOf(row) !== null));
  const records = rows.map((row) => {
    let record = number(row.row) + number(row.line) + VERDICTS[row.verdict] + keyLetter(row);
    for (const { textOf, width } of fields) record += (textOf(row) ?? '').padEnd(width);
    // A single text stands as it is; several as JSON, so that each can be told from the others.
    const [first, ...others] = texts;
    if (first !== undefined && others.length === 0) return record + (first[1](row) ?? '');
    return texts.length === 0 ? record : record + JSON.stringify(texts.map(([, textOf]) => textOf(row)));
  });
  const columns = columnsOf(
    fields,
    texts.map(([name]) => name),
  );
  await trx.raw(
    `insert into draft_row (draft_id, ${columns.map(({ name }) => name).join(', ')})
     select ?, ${columns.map(({ expression }) => expression).join(', ')} from json_each(?)`,
    [draftId, JSON.stringify(records)],
  );
}

function number(value: number): string {
  return String(value).padStart(NUMBER_WIDTH, '0');
}

/** Null: no row has the field. */
function widthOf(
  rows: readonly StoredRow[],
  textOf: TextOf,
): { readonly width: number; readonly isExact: boolean } | null {
  let [least, most] = [WIDEST_FIELD, 0];
  for (const row of rows) {
    const length = textOf(row)?.length ?? 0;
    if (length < least) least = length;
    if (length > most) most = length;
  }
  return most === 0 ? null : { width: most, isExact: least === most };
}

/** Where each column stands in a record. Whole numbers come as text: a strict table takes them for what they are. */
function columnsOf(
  fields: readonly { readonly name: string; readonly width: number; readonly isExact: boolean }[],
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
  const own = fields.map(({ name, width, isExact }) => {
    const expression = next(width);
    return { name, expression: isExact ? expression : `nullif(rtrim(${expression}), '')` };
  });
  const keys = KEYS.flatMap(([sign, prefix, column]) => {
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
async function addArrays(trx: Trx, draftId: number, rows: readonly StoredRow[]): Promise<void> {
  const all = { ...FIELDS, ...TEXTS };
  const json = JSON.stringify(
    rows.map((row) => [
      row.row,
      row.line,
      row.verdict,
      row.lineKey,
      ...Object.values(all).map((textOf) => textOf(row)),
    ]),
  );
  const names = ['row_no', 'line_no', 'verdict', 'line_key', ...Object.keys(all)];
  await trx.raw(
    `insert into draft_row (draft_id, ${names.join(', ')})
     select ?, ${names.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(?)`,
    [draftId, json],
  );
}
