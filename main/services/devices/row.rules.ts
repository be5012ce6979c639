import { parseEid, type EidFault } from '../../../shared/domain/eid';
import { parseIccid, type IccidFault } from '../../../shared/domain/iccid';
import { parseImei, type ImeiFault } from '../../../shared/domain/imei';
import { lineStatusOf, type Line } from '../../../shared/domain/line';
import { parseMdn, type MdnFault } from '../../../shared/domain/mdn';
import { fail, ok, type Result } from '../../../shared/domain/result';
import type { LineFacts } from './types';

/** One line to be stored. Null: leave as it is (a new line has nothing there). */
export interface LoadRow {
  readonly lineNo: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly eid: string | null;
  readonly status: Line['status'] | null;
  readonly carrierPlan: string | null;
  /** Epoch ms. */
  readonly lastConnectionAt: number | null;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
}

export const CSV_COLUMNS = ['iccid', 'imei', 'mdn', 'eid', 'status', 'customer', 'ratePlan', 'ratePool'] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];
export type CsvCells = Readonly<Partial<Record<CsvColumn, string>>>;

const NAME_LIMIT = 200;

type AnyFault = IccidFault | ImeiFault | MdnFault | EidFault;

/** Reads one row of a CSV; an empty cell says nothing about the line. */
export function readCsvRow(lineNo: number, cells: CsvCells): Result<LoadRow, string> {
  return checked(lineNo, {
    iccid: cells.iccid ?? '',
    imei: filled(cells.imei),
    mdn: filled(cells.mdn),
    eid: filled(cells.eid),
    status: filled(cells.status),
    carrierPlan: null,
    lastConnectionAt: null,
    customer: filled(cells.customer),
    ratePlan: filled(cells.ratePlan),
    ratePool: filled(cells.ratePool),
  });
}

/** What the carrier lists; customers, plans and pools are ours and stay as they are. */
export function readCarrierLine(lineNo: number, facts: LineFacts): Result<LoadRow, string> {
  return checked(lineNo, { ...facts, customer: null, ratePlan: null, ratePool: null });
}

function checked(
  lineNo: number,
  raw: Omit<LineFacts, 'status'> & { readonly status: string | null },
): Result<LoadRow, string> {
  const iccid = parseIccid(raw.iccid);
  if (!iccid.ok) return fail(sentence('ICCID', raw.iccid, iccid.error));
  const imei = raw.imei === null ? ok(null) : parseImei(raw.imei);
  if (!imei.ok) return fail(sentence('IMEI', raw.imei, imei.error));
  const mdn = raw.mdn === null ? ok(null) : parseMdn(raw.mdn);
  if (!mdn.ok) return fail(sentence('MDN', raw.mdn, mdn.error));
  const eid = raw.eid === null ? ok(null) : parseEid(raw.eid);
  if (!eid.ok) return fail(sentence('EID', raw.eid, eid.error));
  const status = statusOf(raw.status);
  if (!status.ok) return status;
  const unreadable = [raw.customer, raw.ratePlan, raw.ratePool].find((name) => name !== null && !isReadable(name));
  if (unreadable != null) return fail(`the name ${quoted(unreadable)} is too long or not readable as UTF-8`);
  return ok({
    lineNo,
    iccid: iccid.value,
    imei: imei.value,
    mdn: mdn.value,
    eid: eid.value,
    status: status.value,
    carrierPlan: raw.carrierPlan,
    lastConnectionAt: instantOf(raw.lastConnectionAt),
    customer: raw.customer,
    ratePlan: raw.ratePlan,
    ratePool: raw.ratePool,
  });
}

function filled(cell: string | undefined): string | null {
  const text = cell?.trim() ?? '';
  return text === '' ? null : text;
}

function statusOf(raw: string | null): Result<Line['status'] | null, string> {
  if (raw === null) return ok(null);
  const status = lineStatusOf(raw);
  if (status !== 'unknown' || raw.toLowerCase() === 'unknown') return ok(status);
  return fail(`the status ${quoted(raw)} is none of active, suspended, deactivated, preactive, unknown`);
}

function isReadable(name: string): boolean {
  return name.length <= NAME_LIMIT && !/[\uFFFD\p{Cc}]/u.test(name);
}

/** Carriers write times in many ways; one that can't be read is no reason to refuse a line. */
function instantOf(text: string | null): number | null {
  const instant = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

/** On one line and short, whatever the cell holds. */
function quoted(raw: string): string {
  const text = raw.replace(/[\s\p{Cc}]+/gu, ' ');
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}

function sentence(kind: string, raw: string | null, fault: AnyFault): string {
  if (raw === null || raw.trim() === '') return `the ${kind} is missing`;
  return `${kind} ${quoted(raw.trim())} ${why(fault)}`;
}

function why(fault: AnyFault): string {
  if ('at' in fault) return 'holds something other than digits';
  if ('length' in fault) return `has ${fault.length} digits`;
  return WHY[fault.code];
}

type PlainFault = Exclude<AnyFault, { readonly at: number } | { readonly length: number }>;

const WHY: Readonly<Record<PlainFault['code'], string>> = {
  'iccid-missing': 'is missing',
  'iccid-check-digit-missing': 'lacks its check digit',
  'iccid-nibbles-swapped': 'has the digits of each pair exchanged, as in the SIM’s memory',
  'imei-missing': 'is missing',
  'imei-check-digit-missing': 'lacks its check digit',
  'imei-check-digit': 'has a wrong check digit',
  'imei-placeholder': 'is a placeholder',
  'mdn-missing': 'is missing',
  'mdn-pattern': 'is no telephone number',
  'eid-missing': 'is missing',
  'eid-check-digits-missing': 'lacks its check digits',
  'eid-check-digits': 'has wrong check digits',
  'scientific-notation': 'was turned into scientific notation by a spreadsheet; its digits are lost',
  'digits-lost': 'has lost digits in a spreadsheet',
};
