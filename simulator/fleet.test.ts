import { expect, test } from 'vitest';
import { seededFleet } from './fleet';
import { eidCheckDigits, fitsKind, luhnDigit } from './identifiers';

const hasLuhn = (text: string): boolean => luhnDigit(text.slice(0, -1)) === text.at(-1);

test('check digits agree with published numbers', () => {
  expect(['490154203237518', '260531793113837', '352099001761481'].every(hasLuhn)).toBe(true);
  expect(['354178036859781', '352099001761482'].some(hasLuhn)).toBe(false);
  expect(hasLuhn('89148000000842590078')).toBe(true);
  expect(eidCheckDigits('890490321234512345123456789012')).toBe('35');
});

test('the same seed gives the same lines, whatever their count; another seed gives others', () => {
  const fleet = seededFleet(200, 7);
  expect(seededFleet(500, 7).slice(0, 200)).toEqual(fleet);
  const others = new Set(seededFleet(200, 8).map((line) => line.iccid));
  expect(fleet.filter((line) => others.has(line.iccid))).toEqual([]);
});

test('every identifier is valid and belongs to one line', () => {
  const fleet = seededFleet(10_000, 1);
  const bad = fleet.filter(
    ({ iccid, imei, mdn, eid }) =>
      !(/^89148\d{15}$/.test(iccid) && hasLuhn(iccid) && /^\d{15}$/.test(imei) && hasLuhn(imei)) ||
      (mdn !== null && !/^[2-9]\d\d[2-9]\d{6}$/.test(mdn)) ||
      (eid !== null && !(fitsKind('eid', eid) && BigInt(eid) % 97n === 1n)),
  );
  expect(bad).toEqual([]);
  for (const kind of ['iccid', 'imei', 'mdn', 'eid'] as const) {
    const ids = fleet.map((line) => line[kind]).filter((id) => id !== null);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('most lines are active, all active ones have a number, and accounts share them evenly', () => {
  const fleet = seededFleet(3000, 1);
  const share = (test: (line: (typeof fleet)[number]) => boolean): number => fleet.filter(test).length / fleet.length;
  expect(share((line) => line.state === 'active')).toBeGreaterThan(0.87);
  expect(share((line) => line.state === 'deactive')).toBeGreaterThan(0.02);
  expect(share((line) => line.state === 'suspend')).toBeGreaterThan(0.01);
  expect(share((line) => line.eid !== null)).toBeGreaterThan(0.1);
  expect(fleet.filter((line) => line.state === 'active' && line.mdn === null)).toEqual([]);
  expect(share((line) => line.account === '0000123456-00003')).toBeCloseTo(1 / 3);
});
