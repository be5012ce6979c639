import { expect, test } from 'vitest';
import { parseImei, readImei } from './imei';

test.each([
  ['490154203237518', 'widely published; stem in python-stdnum'],
  ['260531793113837', '3GPP TS 23.003 annex B.3'],
  ['354178036859789', 'python-stdnum imei.py'],
  ['352099001761481', 'python-stdnum test_imei.doctest'],
  ['350077523237513', 'python-stdnum test_imei.doctest'],
])('%s is an IMEI (%s)', (imei) => {
  expect(readImei(imei)).toEqual({ result: { ok: true, value: imei }, repairs: [], warnings: [] });
});

test('16 digits are an IMEISV, which has no check digit (python-stdnum)', () => {
  expect(readImei('3568680000414120')).toMatchObject({
    result: { ok: true, value: '3568680000414120' },
    warnings: ['imei-software-version'],
  });
});

test.each([
  ['354178036859781', { code: 'imei-check-digit' }], // python-stdnum imei.py
  ['352099001761482', { code: 'imei-check-digit' }], // python-stdnum test_meid.doctest
  ['201809030000009', { code: 'imei-check-digit' }], // in a Verizon callback sample
  ['35686800004141', { code: 'imei-check-digit-missing' }], // python-stdnum: needs 8
  ['000000000000000', { code: 'imei-placeholder' }],
  ['0000000000000000', { code: 'imei-placeholder' }],
  ['', { code: 'imei-missing' }],
  ['4901542032375', { code: 'imei-length', length: 13 }],
  ['49015420323751801', { code: 'imei-length', length: 17 }],
  ['49015420323751X', { code: 'imei-not-digits', at: 14 }],
  ['4.90154E+14', { code: 'scientific-notation' }], // what Excel saves to CSV for 490154203237518
] as const)('%j is refused: %j', (raw, fault) => {
  expect(parseImei(raw)).toEqual({ ok: false, error: fault });
});

test.each([
  ['35-209900-176148-1', '352099001761481', ['repaired-separators']], // python-stdnum
  ['35.209900.176148.1', '352099001761481', ['repaired-separators']],
  ['35 209900 176148 1', '352099001761481', ['repaired-spaces']],
  ['490154203237518.0', '490154203237518', ['repaired-decimal']],
  ['="490154203237518"', '490154203237518', ['repaired-formula']],
] as const)('%j is read as %s', (raw, imei, repairs) => {
  expect(readImei(raw)).toEqual({ result: { ok: true, value: imei }, repairs, warnings: [] });
});
