import { describe, expect, it } from 'vitest';
import type { ChangeType } from '../../../shared/domain/change';
import {
  compareBoth,
  compareLine,
  decideLook,
  fitsRow,
  judgeClaims,
  planLook,
  type ClaimsVerdict,
  type JudgedRow,
  type Look,
} from './confirmation.rules';
import type { CarrierLine } from '../thingspace/types';
import type { CallbackClaim } from './types';

const OLD = { iccid: '89148000000842590078', imei: '490154203237518' };
const NEW = { iccid: '89882110000005300811', imei: '354178036859789' };
const MDN = '5125550143';
const FAULT_UNKNOWN = 'UnifiedWebService.REQUEST_FAILED.Sim.Melted';
const FAULT_KNOWN = 'UnifiedWebService.INPUT_INVALID.DeviceState.Invalid';
const FAULT_UNEXPECTED = 'UnifiedWebService.REQUEST_FAILED.UnexpectedError';

const row = (changeType: ChangeType = 'ChangeICCID', part: Partial<JudgedRow> = {}): JudgedRow => ({
  changeType,
  old: OLD,
  new:
    changeType === 'ChangeICCID' ? { iccid: NEW.iccid } : changeType === 'ChangeIMEI' ? { imei: NEW.imei } : { ...NEW },
  mdn: MDN,
  ...part,
});

const claim = (part: Partial<CallbackClaim> = {}): CallbackClaim => ({
  requestId: 'r-1',
  status: 'success',
  faultCode: null,
  faultText: null,
  deviceIds: [],
  newIds: [],
  callbackCount: 1,
  ...part,
});
const success = claim({ newIds: [{ id: NEW.iccid, kind: 'iccid' }] });
const failed = (faultCode: string | null): CallbackClaim => claim({ status: 'failed', faultCode });
const strange = claim({ status: 'other' });
const stranger = claim({ newIds: [{ id: '1', kind: 'iccid' }] });
const judge = (...claims: CallbackClaim[]): ClaimsVerdict =>
  judgeClaims(row(), claims, { correlationId: 'c', verifySuccess: false });

describe('callbacks of one request, judged together', () => {
  it.each([
    ['none', [], { kind: 'none' }],
    [
      'a success that names the new identifiers',
      [success],
      { kind: 'decided', decision: { kind: 'changed', proof: 'callback' } },
    ],
    ['a success that names nothing', [claim()], { kind: 'decided', decision: { kind: 'changed' } }],
    ['a success that names others', [stranger], { kind: 'look', failure: null, saysChanged: true }],
    ['a failure', [failed(FAULT_KNOWN)], { kind: 'look', failure: { known: true }, saysChanged: false }],
    ['a failure with a code of no table', [failed(FAULT_UNKNOWN)], { kind: 'look', failure: { known: false } }],
    [
      'a failure without a code',
      [failed(null)],
      { kind: 'look', failure: { known: false, fault: { code: 'callback-failed' } } },
    ],
    ['a status that nobody knows', [strange], { kind: 'look', failure: null, saysChanged: false }],
    ['both', [success, failed(FAULT_KNOWN)], { kind: 'look', failure: { known: true }, saysChanged: true }],
    ['a success and a strange one', [strange, success], { kind: 'decided', decision: { kind: 'changed' } }],
    ['two successes of which one contradicts', [success, stranger], { kind: 'look', saysChanged: true }],
  ])('%s', (_what, claims, verdict) => {
    expect(judge(...claims)).toMatchObject(verdict);
    expect(judge(...[...claims].reverse())).toMatchObject(verdict);
    expect(judge(...claims, ...claims)).toMatchObject(verdict);
  });

  it('can be told to verify a success too', () => {
    const verdict = judgeClaims(row(), [success], { correlationId: 'c', verifySuccess: true });
    expect(verdict).toMatchObject({ kind: 'look', saysChanged: true });
  });

  it('name the carrier’s code without its service, and a next step', () => {
    const verdict = judge(failed(FAULT_KNOWN));
    if (verdict.kind !== 'look') throw new Error('not reached');
    expect(verdict.failure?.fault).toMatchObject({ class: 'api_permanent', code: 'INPUT_INVALID.DeviceState.Invalid' });
    expect(verdict.failure?.fault.message).toContain('not active');
    expect(judge(failed(FAULT_UNEXPECTED))).toMatchObject({ failure: { known: true } });
    expect(judge(failed('900901'))).toMatchObject({ failure: { known: false } });
  });
});

describe('a callback fits its row', () => {
  it.each<[string, ChangeType, Partial<CallbackClaim>, boolean]>([
    ['names nothing', 'ChangeICCID', {}, true],
    ['names the line as it was', 'ChangeICCID', { deviceIds: [{ id: OLD.iccid, kind: 'iccid' }] }, true],
    ['names the line as it is', 'ChangeICCID', { deviceIds: [{ id: NEW.iccid, kind: 'iccid' }] }, true],
    ['names another line', 'ChangeICCID', { deviceIds: [{ id: '1', kind: 'iccid' }] }, false],
    ['names another MDN', 'ChangeICCID', { deviceIds: [{ id: '5125550144', kind: 'mdn' }] }, false],
    ['names kinds we do not know', 'ChangeICCID', { deviceIds: [{ id: '310', kind: 'imsi' }] }, true],
    ['names the unchanged IMEI', 'ChangeICCID', { newIds: [{ id: OLD.imei, kind: 'imei' }] }, true],
    ['names another IMEI', 'ChangeICCID', { newIds: [{ id: '1', kind: 'imei' }] }, false],
    ['names the old ICCID as the new one', 'ChangeICCID', { newIds: [{ id: OLD.iccid, kind: 'iccid' }] }, false],
    [
      'names both new ones',
      'ChangeIMEIandICCID',
      {
        newIds: [
          { id: NEW.imei, kind: 'imei' },
          { id: NEW.iccid, kind: 'iccid' },
        ],
      },
      true,
    ],
    ['names half of the new ones', 'ChangeIMEIandICCID', { newIds: [{ id: NEW.imei, kind: 'imei' }] }, true],
  ])('%s', (_what, type, part, fits) => {
    expect(fitsRow(claim(part), row(type))).toBe(fits);
  });

  it('when the row knows too little to contradict it', () => {
    const ids = { deviceIds: [{ id: '1', kind: 'imei' }] };
    expect(fitsRow(claim(ids), row('ChangeIMEI', { old: {} }))).toBe(true);
    expect(fitsRow(claim({ deviceIds: [{ id: '1', kind: 'mdn' }] }), row('ChangeIMEI', { mdn: null }))).toBe(true);
  });
});

describe('the line is looked for by what the change leaves alone', () => {
  it.each<[ChangeType, Partial<JudgedRow>, string | null, string, string | null]>([
    ['ChangeICCID', {}, `mdn ${MDN}`, `iccid ${NEW.iccid}`, `iccid ${OLD.iccid}`],
    ['ChangeICCID', { mdn: null }, `imei ${OLD.imei}`, `iccid ${NEW.iccid}`, `iccid ${OLD.iccid}`],
    ['ChangeICCID', { mdn: null, old: { iccid: OLD.iccid } }, null, `iccid ${NEW.iccid}`, `iccid ${OLD.iccid}`],
    ['ChangeIMEI', {}, `mdn ${MDN}`, `imei ${NEW.imei}`, `imei ${OLD.imei}`],
    ['ChangeIMEI', { mdn: '' }, `iccid ${OLD.iccid}`, `imei ${NEW.imei}`, `imei ${OLD.imei}`],
    ['ChangeIMEI', { mdn: null, old: {} }, null, `imei ${NEW.imei}`, null],
    ['ChangeIMEIandICCID', {}, `mdn ${MDN}`, `iccid ${NEW.iccid}`, `iccid ${OLD.iccid}`],
    ['ChangeIMEIandICCID', { mdn: null }, null, `iccid ${NEW.iccid}`, `iccid ${OLD.iccid}`],
  ])('%s %o', (type, part, stable, fresh, stale) => {
    const plan = planLook(row(type, part));
    const shown = (by: { kind: string; id: string } | null): string | null =>
      by === null ? null : `${by.kind} ${by.id}`;
    expect([shown(plan.stable), shown(plan.fresh), shown(plan.stale)]).toEqual([stable, fresh, stale]);
  });
});

const line = (iccid: string, imei: string | null): CarrierLine => ({
  iccid,
  imei,
  mdn: MDN,
  eid: null,
  status: 'active',
  carrierPlan: null,
  lastConnectionAt: null,
  customer: null,
  ratePlan: null,
  ratePool: null,
  identifiers: {},
  connected: null,
});

/** Every type × what the line may carry: old, new or another ICCID; old, new, another or no IMEI. */
const ICCIDS = { old: OLD.iccid, new: NEW.iccid, other: '89000123456789012341' } as const;
const IMEIS = { old: OLD.imei, new: NEW.imei, other: '352099001761481', none: null } as const;
const TYPES = ['ChangeICCID', 'ChangeIMEI', 'ChangeIMEIandICCID'] as const;
const COMBINATIONS = TYPES.flatMap((type) =>
  (['old', 'new', 'other'] as const).flatMap((iccid) =>
    (['old', 'new', 'other', 'none'] as const).map((imei) => ({
      type,
      iccid,
      imei,
      look: expected(type, iccid, imei),
    })),
  ),
);

function expected(type: ChangeType, iccid: keyof typeof ICCIDS, imei: keyof typeof IMEIS): Look {
  const relevant: string[] = type === 'ChangeICCID' ? [iccid] : type === 'ChangeIMEI' ? [imei] : [iccid, imei];
  if (relevant.every((state) => state === 'new')) return 'changed';
  return relevant.every((state) => state === 'old') ? 'not_changed' : 'other';
}

describe('what the identifiers of a line say', () => {
  it.each(COMBINATIONS)('$type with $iccid ICCID and $imei IMEI: $look', ({ type, iccid, imei, look }) => {
    expect(compareLine(row(type), line(ICCIDS[iccid], IMEIS[imei]))).toBe(look);
  });

  it('an old identifier that nobody knew can’t be compared: without the new one it is the old one', () => {
    const unknown = row('ChangeIMEI', { old: { iccid: OLD.iccid } });
    expect(compareLine(unknown, line(OLD.iccid, IMEIS.other))).toBe('not_changed');
    expect(compareLine(unknown, line(OLD.iccid, NEW.imei))).toBe('changed');
  });

  it.each<[string, CarrierLine | null, CarrierLine | null, Look]>([
    ['the new one alone', line(NEW.iccid, NEW.imei), null, 'changed'],
    ['the new ICCID alone, with another IMEI', line(NEW.iccid, OLD.imei), null, 'other'],
    ['the old one alone', null, line(OLD.iccid, OLD.imei), 'not_changed'],
    ['both: the new one is on another line', line(NEW.iccid, NEW.imei), line(OLD.iccid, OLD.imei), 'not_changed'],
    ['the old ICCID with the new IMEI', null, line(OLD.iccid, NEW.imei), 'other'],
    ['neither', null, null, 'missing'],
  ])('without an identifier that stays: %s', (_what, fresh, stale, look) => {
    expect(compareBoth(row('ChangeIMEIandICCID', { mdn: null }), fresh, stale)).toBe(look);
  });
});

describe('what follows from having looked', () => {
  const known = judge(failed(FAULT_KNOWN));
  const unknown = judge(failed(FAULT_UNKNOWN));
  const none = judge();
  const both = judge(success, failed(FAULT_KNOWN));
  const wrong = judge(stranger);
  it.each<[string, Look, ClaimsVerdict, object]>([
    ['no callback', 'changed', none, { kind: 'changed', proof: 'read_back' }],
    ['no callback', 'not_changed', none, { kind: 'not_changed', proof: 'read_back' }],
    ['no callback', 'other', none, { kind: 'needs_person', fault: null }],
    ['no callback', 'missing', none, { kind: 'wait', runAt: null }],
    ['a failure', 'changed', known, { kind: 'changed', proof: 'read_back' }],
    ['a failure', 'not_changed', known, { kind: 'failed', proof: 'read_back', fault: { class: 'api_permanent' } }],
    ['a failure', 'other', known, { kind: 'needs_person' }],
    ['a failure', 'missing', known, { kind: 'wait' }],
    ['an unknown failure', 'changed', unknown, { kind: 'changed' }],
    [
      'an unknown failure',
      'not_changed',
      unknown,
      { kind: 'needs_person', fault: { code: 'REQUEST_FAILED.Sim.Melted' } },
    ],
    ['a contradiction', 'changed', both, { kind: 'changed' }],
    ['a contradiction', 'not_changed', both, { kind: 'failed' }],
    ['a success for other identifiers', 'changed', wrong, { kind: 'changed' }],
    ['a success for other identifiers', 'not_changed', wrong, { kind: 'not_changed' }],
  ])('%s, and the line is %s', (_what, look, verdict, decision) => {
    if (verdict.kind === 'decided') throw new Error('not reached');
    expect(decideLook(look, verdict, 'seen so')).toMatchObject(decision);
    expect(decideLook(look, verdict, 'seen so').detail).toContain('seen so');
  });
});
