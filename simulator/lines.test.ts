import { expect, test } from 'vitest';
import { FIRST_DEVICE_ID, seededFleet } from './fleet';
import { LineStore } from './lines';

const fleet = seededFleet(30, 1);
const withNumber = fleet.find((line) => line.mdn !== null && line.eid !== null) ?? expect.fail('no such line');

test('a line is found by each of its identifiers, the MSISDN with and without country code', () => {
  const lines = new LineStore(fleet);
  const { iccid, imei, mdn, eid } = withNumber;
  for (const [kind, id] of Object.entries({ iccid, imei, mdn: mdn ?? '', eid: eid ?? '' })) {
    expect(lines.find({ kind: kind as 'iccid', id })).toEqual(withNumber);
  }
  expect(lines.find({ kind: 'msisdn', id: `1${mdn}` })).toEqual(withNumber);
  expect(lines.find({ kind: 'msisdn', id: mdn ?? '' })).toEqual(withNumber);
  expect(lines.find({ kind: 'imsi', id: '310150123456789' })).toBeUndefined();
  expect(lines.findByAny(String(withNumber.deviceId))).toEqual(withNumber);
});

test('a change moves the index, and the former identifier only tells whose it was', () => {
  const lines = new LineStore(fleet);
  const changed = lines.change(withNumber, { iccid: '89014103211118510720' });
  expect(lines.find({ kind: 'iccid', id: '89014103211118510720' })).toEqual(changed);
  expect(lines.find({ kind: 'iccid', id: withNumber.iccid })).toBeUndefined();
  expect(lines.findEver({ kind: 'iccid', id: withNumber.iccid })).toEqual(changed);
  expect(lines.size).toBe(30);
});

test('identifiers may go round in a ring', () => {
  const lines = new LineStore(fleet);
  const [a, b] = fleet;
  if (a === undefined || b === undefined) expect.fail('no lines');
  lines.change(a, { iccid: b.iccid });
  lines.change(b, { iccid: a.iccid });
  expect(lines.find({ kind: 'iccid', id: b.iccid })?.deviceId).toBe(a.deviceId);
  expect(lines.find({ kind: 'iccid', id: a.iccid })?.deviceId).toBe(b.deviceId);
});

test('lines stay in the order of their ids when some go and some come', () => {
  const lines = new LineStore([...fleet].reverse());
  lines.remove(FIRST_DEVICE_ID + 4);
  expect(lines.byDeviceId(FIRST_DEVICE_ID + 4)).toBeUndefined();
  expect(lines.nextDeviceId(1)).toBe(FIRST_DEVICE_ID + 30);
  expect(lines.all().map((line) => line.deviceId)).toEqual(
    fleet.filter((_, index) => index !== 4).map((line) => line.deviceId),
  );
  expect(lines.firstAfter(FIRST_DEVICE_ID + 4)).toBe(4);
  expect(new LineStore().nextDeviceId(7)).toBe(7);
});
