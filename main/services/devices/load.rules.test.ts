import { describe, expect, it } from 'vitest';
import { createTaken, decideLoad, repeatedIn, type Match } from './load.rules';
import type { LoadRow } from './row.rules';

const row = (values: Partial<LoadRow> = {}): LoadRow => ({
  lineNo: 2,
  iccid: '89148000004127300112',
  imei: '350000000000006',
  mdn: null,
  eid: null,
  status: null,
  carrierPlan: null,
  lastConnectionAt: null,
  customer: null,
  ratePlan: null,
  ratePool: null,
  ...values,
});
const match = (values: Partial<Match> = {}): Match => ({
  lineNo: 2,
  byIccid: null,
  byImei: null,
  mdnOfImei: null,
  byMdn: null,
  hasOpenChange: false,
  customerId: null,
  ...values,
});

describe('on the word of a list', () => {
  it('a new ICCID is a new line, a known one is that line', () => {
    expect(decideLoad(row(), match(), 'list', true)).toEqual({ kind: 'insert', takesImeiFrom: null });
    expect(decideLoad(row(), match({ byIccid: 7, byImei: 7 }), 'list', true)).toMatchObject({ deviceId: 7 });
  });

  it('hardware stays where it is', () => {
    expect(decideLoad(row(), match({ byImei: 8 }), 'list', true)).toMatchObject({ kind: 'refuse' });
    expect(decideLoad(row(), match({ byIccid: 7, byImei: 8 }), 'list', true)).toMatchObject({ kind: 'refuse' });
  });

  it('an open change keeps its identifiers, not its customer', () => {
    const open = match({ byIccid: 7, hasOpenChange: true });
    expect(decideLoad(row(), open, 'list', true)).toMatchObject({ kind: 'refuse' });
    expect(decideLoad(row({ imei: null }), open, 'list', true)).toMatchObject({ kind: 'update' });
    expect(decideLoad(row(), { ...open, byImei: 7 }, 'list', true)).toMatchObject({ kind: 'update' });
  });
});

describe('on the word of the carrier', () => {
  it('the ICCID names the line first, then the MDN', () => {
    expect(decideLoad(row(), match({ byIccid: 7, byMdn: 8 }), 'carrier', true)).toMatchObject({ deviceId: 7 });
    expect(decideLoad(row(), match({ byMdn: 8, byImei: 9 }), 'carrier', true)).toEqual({
      kind: 'update',
      deviceId: 8,
      takesImeiFrom: 9,
    });
  });

  it('the IMEI names the line only where no MDN contradicts', () => {
    expect(decideLoad(row(), match({ byImei: 9 }), 'carrier', true)).toMatchObject({ kind: 'update', deviceId: 9 });
    const moved = decideLoad(
      row({ mdn: '5125550100' }),
      match({ byImei: 9, mdnOfImei: '5125550199' }),
      'carrier',
      true,
    );
    expect(moved).toEqual({ kind: 'insert', takesImeiFrom: 9 });
  });

  it('an open change keeps its identifiers', () => {
    expect(decideLoad(row(), match({ byMdn: 8, hasOpenChange: true }), 'carrier', true)).toMatchObject({
      kind: 'refuse',
    });
    const same = match({ byIccid: 7, byImei: 7, hasOpenChange: true });
    expect(decideLoad(row(), same, 'carrier', true)).toMatchObject({ kind: 'update' });
  });
});

describe('a user of some customers', () => {
  it('adds lines to them alone', () => {
    expect(decideLoad(row(), match(), 'list', false)).toMatchObject({ kind: 'refuse' });
    expect(decideLoad(row({ customer: 'Harbor' }), match({ customerId: 1 }), 'list', false)).toMatchObject({
      kind: 'insert',
    });
    expect(decideLoad(row(), match({ byIccid: 7, byImei: 7 }), 'list', false)).toMatchObject({ kind: 'update' });
  });
});

it('an identifier is stated once in a load', () => {
  const taken = createTaken();
  expect(repeatedIn(taken, row())).toBeNull();
  expect(repeatedIn(taken, row({ lineNo: 3 }))).toMatch(/line 2 has the same ICCID/);
  expect(repeatedIn(taken, row({ lineNo: 4, iccid: '89148000004127300120' }))).toMatch(/line 2 has the same IMEI/);
  expect(repeatedIn(taken, row({ lineNo: 5, iccid: '89148000004127300138', imei: null }))).toBeNull();
});
