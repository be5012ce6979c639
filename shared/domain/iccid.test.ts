import { expect, test } from 'vitest';
import { parseIccid, readIccid, type IccidWarning } from './iccid';

interface Vector {
  readonly iccid: string;
  readonly warnings: readonly IccidWarning[];
  readonly source: string;
}

const SOUND: readonly Vector[] = [
  {
    iccid: '89148000000842590078',
    warnings: ['iccid-ambiguous'],
    source: "Verizon's SDK, sample of deviceIdsTo: 20 digits, and the first 19 are Luhn-sound too",
  },
  { iccid: '42590078891480000008', warnings: ['iccid-prefix'], source: "Verizon's SDK, sample of deviceIds" },
  { iccid: '8988211000000530082', warnings: [], source: 'pySim tests/unittests/test_utils.py' },
  { iccid: '89882110000005300811', warnings: [], source: 'pySim tests/unittests/test_utils.py' },
  { iccid: '8988211000000530081', warnings: ['iccid-check-digit'], source: 'pySim appends a digit to it' },
  { iccid: '8929901012345678905', warnings: [], source: 'GSMA test profile' },
  { iccid: '89000123456789012341', warnings: [], source: 'pySim get_profiles_info.ok' },
  { iccid: '8991101200003204514', warnings: [], source: 'PHP Luhn test data' },
  { iccid: '8991101200003204510', warnings: ['iccid-check-digit'], source: 'the same number as often misquoted' },
  { iccid: '89014103211118510720', warnings: [], source: 'Android emulator' },
  {
    iccid: '20180903000000000009',
    warnings: ['iccid-check-digit', 'iccid-prefix'],
    source: "Verizon's page Callback Error Messages",
  },
  {
    iccid: '89911510000000000118',
    warnings: ['iccid-check-digit'],
    source: 'learn-telecom, 89-91-15-100-000000011-8 written with 20 digits',
  },
];

test.each(SOUND)('$iccid is taken, warnings $warnings ($source)', ({ iccid, warnings }) => {
  const reading = readIccid(iccid);
  expect(reading.result).toEqual({ ok: true, value: iccid });
  expect(reading.warnings.filter((code) => code !== 'iccid-ambiguous')).toEqual(
    warnings.filter((code) => code !== 'iccid-ambiguous'),
  );
  if (warnings.includes('iccid-ambiguous')) expect(reading.warnings).toContain('iccid-ambiguous');
  expect(reading.repairs).toEqual([]);
});

test.each([
  ['', { code: 'iccid-missing' }],
  ['   ', { code: 'iccid-missing' }],
  // pySim: 18 digits lack the check digit (it would be 8988211000000530082).
  ['898821100000053008', { code: 'iccid-check-digit-missing' }],
  ['89148000000842590', { code: 'iccid-length', length: 17 }],
  ['891480000008425900781', { code: 'iccid-length', length: 21 }],
  ['8914800000O842590078', { code: 'iccid-not-digits', at: 10 }],
  ['8914800000084259007l', { code: 'iccid-not-digits', at: 19 }],
  // Arabic-Indic digits: other programs take them for digits.
  ['٨٩14800000084259007', { code: 'iccid-not-digits', at: 0 }],
  // The bytes of EF_ICCID, as pySim enc_iccid makes them of 8988211000000530082.
  ['988812010000500380f2', { code: 'iccid-nibbles-swapped' }],
  // What spreadsheets and programs make of 89148000000842590078 (Microsoft KB 269370; computed).
  ['8.91E+19', { code: 'scientific-notation' }],
  ['8.9148E+19', { code: 'scientific-notation' }],
  ['8,91E+19', { code: 'scientific-notation' }],
  ['8.9148e19', { code: 'scientific-notation' }],
  ['89148000000842500000', { code: 'digits-lost' }],
  ['89148000000842600000', { code: 'digits-lost' }],
  ['89148000000842596352', { code: 'digits-lost' }],
  ['89148000000842590078.0', { code: 'digits-lost' }],
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseIccid(raw)).toEqual({ ok: false, error: fault });
});

test('strips one F at place 20 and says so', () => {
  expect(readIccid('8988211000000530082F')).toMatchObject({
    result: { ok: true, value: '8988211000000530082' },
    repairs: ['repaired-padding'],
  });
  expect(parseIccid('8988211000000530082FF').ok).toBe(false);
  expect(parseIccid('898821100000053008FF').ok).toBe(false);
});

test('a sound number that a floating-point number would print too is doubtful, not refused', () => {
  // Beyond 2^66 the numbers that a double holds are 2^14 apart; one in ten of them has the right check digit.
  let found = '';
  for (let multiple = 5441162109426419n; found === ''; multiple += 1n) {
    const text = (multiple * 16384n).toString();
    if (readIccid(text).warnings.includes('digits-doubtful')) found = text;
  }
  expect(readIccid(found).result).toEqual({ ok: true, value: found });
});
