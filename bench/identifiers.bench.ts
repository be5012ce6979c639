import { luhnCheckDigit } from '../shared/domain/luhn';
import { readIccid } from '../shared/domain/iccid';
import { readImei } from '../shared/domain/imei';
import { runBenchmark, type Measured } from './harness';

/** Seeded: digits of a multiplicative hash, one number in a hundred with a wrong check digit. */
function identifiers(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => {
    const stem = prefix + String(Math.imul(index + 1, 0x9e3779b1) >>> 0).padStart(10, '0');
    const right = luhnCheckDigit(stem);
    return stem + (index % 100 === 7 ? String((Number(right) + 1) % 10) : right);
  });
}

/** As most programs do it, with a pattern and a loop over digits that are turned into numbers one by one. */
function parseIntCheck(text: string): boolean {
  if (!/^\d{15}$|^\d{19,20}$/.test(text)) return false;
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    let digit = parseInt(text[text.length - 1 - index] ?? '', 10);
    if (index % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}

const isSoundIccid = (text: string): boolean => {
  const { result, warnings } = readIccid(text);
  return result.ok && !warnings.includes('iccid-check-digit');
};
const isSoundImei = (text: string): boolean => readImei(text).result.ok;

/** The best of several passes over the same texts: what is measured is the check, not the machine. */
function nanoseconds(texts: readonly string[], check: (text: string) => boolean): number {
  let best = Number.POSITIVE_INFINITY;
  let sound = 0;
  for (let pass = 0; pass < 7; pass += 1) {
    const startedAt = performance.now();
    for (const text of texts) if (check(text)) sound += 1;
    best = Math.min(best, performance.now() - startedAt);
  }
  const expected = texts.length - Math.floor((texts.length + 92) / 100);
  // Of a hundred thousand sound ICCIDs one ends as if a spreadsheet had rounded it, and is refused.
  if (Math.abs(sound / 7 - expected) > texts.length / 10_000)
    throw new Error(`${sound / 7} sound identifiers instead of ${expected}`);
  return (best * 1e6) / texts.length;
}

async function checks(rows: number, ours: boolean): Promise<Measured> {
  const iccid = nanoseconds(identifiers(rows, '891480000'), ours ? isSoundIccid : parseIntCheck);
  const imei = nanoseconds(identifiers(rows, '3591'), ours ? isSoundImei : parseIntCheck);
  return { ms: ((iccid + imei) * rows) / 1e6, iccidNs: iccid, imeiNs: imei };
}

await runBenchmark({
  name: 'identifiers',
  rows: 1_000_000,
  rounds: 5,
  prepare: (rows) =>
    Promise.resolve(`${rows.toLocaleString('en')} ICCIDs of 20 and as many IMEIs of 15 digits, 1 % wrong`),
  variants: [
    { name: 'ours', run: (rows) => checks(rows, true) },
    { name: 'parseInt loop', run: (rows) => checks(rows, false) },
  ],
  figures: [
    { name: 'one ICCID check, ns', goal: 45, value: (median) => median('ours', 'iccidNs') },
    { name: 'one IMEI check, ns', goal: 45, value: (median) => median('ours', 'imeiNs') },
    {
      name: 'ICCID: parseInt loop / ours',
      goal: 4,
      atLeast: true,
      value: (median) => median('parseInt loop', 'iccidNs') / median('ours', 'iccidNs'),
    },
    {
      name: 'IMEI: parseInt loop / ours',
      goal: 4,
      atLeast: true,
      value: (median) => median('parseInt loop', 'imeiNs') / median('ours', 'imeiNs'),
    },
  ],
});
