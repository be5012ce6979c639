import type { LoadRow } from './row.rules';

/** How a row found its line: which lines of the provider carry its identifiers now. Numbers of central lines. */
export interface Match {
  readonly lineNo: number;
  readonly byIccid: number | null;
  readonly byImei: number | null;
  /** MDN of the line that has the IMEI. */
  readonly mdnOfImei: string | null;
  /** Null also when several lines have the MDN. */
  readonly byMdn: number | null;
  /** One of these lines has an open change: its identifiers are about to be proven. */
  readonly hasOpenChange: boolean;
  /** Null when the row names a customer that there is none of, or that the user may not see. */
  readonly customerId: number | null;
}

export type Decision =
  | { readonly kind: 'insert'; readonly takesImeiFrom: number | null }
  | { readonly kind: 'update'; readonly deviceId: number; readonly takesImeiFrom: number | null }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * Whose word it is. A `list` that somebody wrote states new lines and what belongs to a known ICCID. The `carrier`
 * knows which SIM and hardware are on a line, so it may also move them, except where a change of ours is under way:
 * there the confirmation decides, not a list.
 */
export type Authority = 'list' | 'carrier';

const OPEN_CHANGE = 'the line has an open change; load it again when the change has ended';

/** @param seesAllCustomers false: the user may neither add lines without a customer nor make customers */
export function decideLoad(row: LoadRow, match: Match, authority: Authority, seesAllCustomers: boolean): Decision {
  const decision = authority === 'list' ? decideByList(row, match) : decideByCarrier(row, match);
  if (decision.kind === 'refuse' || seesAllCustomers) return decision;
  const needsCustomer = decision.kind === 'insert' || row.customer !== null;
  if (!needsCustomer || match.customerId !== null) return decision;
  return { kind: 'refuse', reason: 'the line belongs to none of the customers that you may see' };
}

function decideByList(row: LoadRow, match: Match): Decision {
  const isOthersImei = match.byImei !== null && match.byImei !== match.byIccid;
  if (isOthersImei) return { kind: 'refuse', reason: `another line (number ${match.byImei}) has the IMEI ${row.imei}` };
  if (match.byIccid === null) return { kind: 'insert', takesImeiFrom: null };
  const changesImei = row.imei !== null && match.byImei === null;
  if (changesImei && match.hasOpenChange) return { kind: 'refuse', reason: OPEN_CHANGE };
  return { kind: 'update', deviceId: match.byIccid, takesImeiFrom: null };
}

function decideByCarrier(row: LoadRow, match: Match): Decision {
  const target = match.byIccid ?? match.byMdn ?? sameLineByImei(row, match);
  const changesIccid = match.byIccid === null;
  const changesImei = row.imei !== null && match.byImei !== target;
  if (match.hasOpenChange && (changesIccid || changesImei)) return { kind: 'refuse', reason: OPEN_CHANGE };
  const takesImeiFrom = changesImei ? match.byImei : null;
  return target === null ? { kind: 'insert', takesImeiFrom } : { kind: 'update', deviceId: target, takesImeiFrom };
}

/** The same hardware with another SIM is the same line, unless both have an MDN: then the hardware has moved. */
function sameLineByImei(row: LoadRow, match: Match): number | null {
  return row.mdn === null || match.mdnOfImei === null ? match.byImei : null;
}

/** What one load has used already: no line and no identifier may be stated twice. */
export interface Taken {
  readonly iccids: Map<string, number>;
  readonly imeis: Map<string, number>;
  readonly devices: Set<number>;
}

export function createTaken(): Taken {
  return { iccids: new Map(), imeis: new Map(), devices: new Set() };
}

/** Null: not seen before, and noted now. */
export function repeatedIn(taken: Taken, row: LoadRow): string | null {
  const sameIccid = taken.iccids.get(row.iccid);
  if (sameIccid !== undefined) return `line ${sameIccid} has the same ICCID`;
  const sameImei = row.imei === null ? undefined : taken.imeis.get(row.imei);
  if (sameImei !== undefined) return `line ${sameImei} has the same IMEI`;
  taken.iccids.set(row.iccid, row.lineNo);
  if (row.imei !== null) taken.imeis.set(row.imei, row.lineNo);
  return null;
}
