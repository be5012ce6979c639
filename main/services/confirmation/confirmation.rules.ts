import { changedKinds, type IdentifierPair } from '../../../shared/domain/change';
import { ruleFor, stripServiceName, UNKNOWN_CODE_STEP } from '../../../shared/domain/carrier-code';
import type { Fault } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';
import type { ConfirmationDecision, DeviceChange } from '../changes/types';
import type { CarrierLine } from '../thingspace/types';
import type { CallbackClaim } from './types';

/**
 * What evidence says of a row: pure decisions over the callbacks of its request and over the line as the carrier
 * lists it. All callbacks of a request are judged together, so that their order and repetition do not matter.
 *
 * A Success that fits the row proves the change. A Failed, or claims that contradict each other or the row, prove
 * nothing: the carrier is asked for the line, and its answer decides.
 */
export type JudgedRow = Pick<DeviceChange, 'changeType' | 'old' | 'new' | 'mdn'>;

export type ClaimsVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'decided'; readonly decision: ConfirmationDecision }
  /** The line must be read back. `failure`: what the carrier gave as the reason, should the line be unchanged. */
  | {
      readonly kind: 'look';
      readonly detail: string;
      readonly failure: ClaimedFailure | null;
      /** A callback says that the line was changed: also a row that has ended is looked at. */
      readonly saysChanged: boolean;
    };

export interface ClaimedFailure {
  readonly fault: Fault;
  /** The code stands in our table. */
  readonly known: boolean;
}

export interface ClaimsContext {
  readonly correlationId: string;
  /** Read back even what a fitting Success callback says. */
  readonly verifySuccess: boolean;
}

export function judgeClaims(row: JudgedRow, claims: readonly CallbackClaim[], context: ClaimsContext): ClaimsVerdict {
  const successes = claims.filter((claim) => claim.status === 'success');
  const failed = claims.find((claim) => claim.status === 'failed');
  const failure = failed === undefined ? null : claimedFailure(failed, context.correlationId);
  const [success] = successes;
  if (success === undefined && failure === null) {
    if (claims.length === 0) return { kind: 'none' };
    return { kind: 'look', detail: 'A callback has a status that is not known', failure: null, saysChanged: false };
  }
  if (success === undefined) {
    const detail = `The callback says Failed (${failure?.fault.code ?? ''})`;
    return { kind: 'look', detail, failure, saysChanged: false };
  }
  const look = (detail: string): ClaimsVerdict => ({ kind: 'look', detail, failure, saysChanged: true });
  if (failure !== null) return look('Callbacks contradict each other');
  if (!successes.every((claim) => fitsRow(claim, row))) return look('The callback names other identifiers');
  if (context.verifySuccess) return look('The callback says Success');
  const named = success.newIds.length > 0 ? 'names the new identifiers' : 'names no identifiers';
  const detail = `Success callback for request ${success.requestId}; it ${named}`;
  return { kind: 'decided', decision: { kind: 'changed', proof: 'callback', detail } };
}

function claimedFailure(claim: CallbackClaim, correlationId: string): ClaimedFailure {
  const code = claim.faultCode === null ? 'callback-failed' : stripServiceName(claim.faultCode);
  const rule = ruleFor(code);
  // A sign-in has no part in a callback, so such a code means nothing we know.
  const known = rule !== null && rule.class !== 'auth';
  const meaning = known ? rule.meaning : 'The carrier reports that the change failed';
  const says = claim.faultText === null ? '' : ` The carrier says: "${claim.faultText.slice(0, 300)}".`;
  // The general step of an unexpected error is the read-back, which has been made when this is shown.
  const step = known && rule.class === 'api_permanent' ? rule.nextStep : UNKNOWN_CODE_STEP;
  const message = `${meaning}.${says} ${known && rule.class !== 'api_permanent' ? CHECK_AND_RETRY : step}`;
  return { fault: { class: 'api_permanent', code, message, correlationId }, known };
}

const CHECK_AND_RETRY = 'The line is unchanged: send the row again, and ask Verizon support if it fails again.';

/** Nothing in the callback contradicts the row. Identifiers that it does not name contradict nothing. */
export function fitsRow(claim: CallbackClaim, row: JudgedRow): boolean {
  const wanted: Allowed = { iccid: [row.new.iccid ?? row.old.iccid], imei: [row.new.imei ?? row.old.imei] };
  const named: Allowed = {
    iccid: row.old.iccid === undefined ? [] : [row.old.iccid, row.new.iccid],
    imei: row.old.imei === undefined ? [] : [row.old.imei, row.new.imei],
    mdn: [row.mdn ?? undefined],
  };
  return allowedBy(wanted, claim.newIds) && allowedBy(named, claim.deviceIds);
}

type Allowed = Readonly<Record<string, readonly (string | undefined)[]>>;

/** A kind of which we know no identifier contradicts nothing. */
function allowedBy(allowed: Allowed, ids: CallbackClaim['deviceIds']): boolean {
  return ids.every(({ id, kind }) => {
    const ours = (allowed[kind] ?? []).filter((value) => value !== undefined);
    return ours.length === 0 || ours.includes(id);
  });
}

export type LookBy = { readonly kind: 'mdn' | 'imei' | 'iccid'; readonly id: string };

/**
 * How to find the line whatever has happened to it. `stable` names it by what the change leaves alone. Without such an
 * identifier it is looked for under the new one and then under the old one: the new one alone may be on another line.
 */
export interface LookPlan {
  readonly stable: LookBy | null;
  readonly fresh: LookBy | null;
  readonly stale: LookBy | null;
}

export function planLook(row: JudgedRow): LookPlan {
  const kinds = changedKinds(row.changeType);
  const by = (kind: LookBy['kind'], id: string | null | undefined): LookBy | null =>
    id === null || id === undefined || id === '' ? null : { kind, id };
  const unchanged =
    kinds.length > 1 ? null : kinds.includes('iccid') ? by('imei', row.old.imei) : by('iccid', row.old.iccid);
  const changing = kinds.includes('iccid') ? 'iccid' : 'imei';
  return {
    stable: by('mdn', row.mdn) ?? unchanged,
    fresh: by(changing, row.new[changing]),
    stale: by(changing, row.old[changing]),
  };
}

export type Look = 'changed' | 'not_changed' | 'other' | 'missing';

/** What the line's identifiers say, for a line that surely is the row's. */
export function compareLine(row: JudgedRow, line: Pick<CarrierLine, 'iccid' | 'imei'>): Look {
  const kinds = changedKinds(row.changeType);
  const has = (pair: IdentifierPair, kind: 'iccid' | 'imei'): boolean => line[kind] === pair[kind];
  if (kinds.every((kind) => has(row.new, kind))) return 'changed';
  // An old identifier that nobody knew can't be compared: without the new one it counts as the old one.
  const isOld = (kind: 'iccid' | 'imei'): boolean =>
    has(row.old, kind) || (row.old[kind] === undefined && !has(row.new, kind));
  return kinds.every(isOld) ? 'not_changed' : 'other';
}

/** The same without an identifier that stayed: by what is found under the new and under the old one. */
export function compareBoth(row: JudgedRow, fresh: CarrierLine | null, stale: CarrierLine | null): Look {
  // The old one is still there: whatever the new one is on, it is another line.
  if (stale !== null) {
    const look = compareLine(row, stale);
    return look === 'changed' ? 'other' : look;
  }
  if (fresh === null) return 'missing';
  return compareLine(row, fresh) === 'changed' ? 'changed' : 'other';
}

/** What follows from having looked, with what callbacks had said before. */
export function decideLook(
  look: Look,
  verdict: Exclude<ClaimsVerdict, { kind: 'decided' }>,
  seen: string,
): ConfirmationDecision {
  const before = verdict.kind === 'look' ? `${verdict.detail}; ` : '';
  const failure = verdict.kind === 'look' ? verdict.failure : null;
  const detail = `${before}${seen}`;
  switch (look) {
    case 'changed':
      return { kind: 'changed', proof: 'read_back', detail };
    case 'not_changed':
      if (failure === null) return { kind: 'not_changed', proof: 'read_back', detail };
      return failure.known
        ? { kind: 'failed', proof: 'read_back', fault: failure.fault, detail }
        : { kind: 'needs_person', fault: failure.fault, detail };
    case 'other':
      return { kind: 'needs_person', fault: null, detail };
    case 'missing':
      return { kind: 'wait', runAt: null, fault: null, detail };
    default:
      return assertNever(look);
  }
}
