#!/usr/bin/env node
// Writes the two sample lists that ship with the product. They name lines of the training fleet, which the simulator
// makes of its seed; so they are made by a program, and a test holds the files to it.
import { build } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ACCOUNT = '0000123456-00001';
const LINES = 5000;
const SEED = 1;

/**
 * @typedef {{ iccid: string, imei: string, mdn: string | null, state: string, account: string }} FleetLine
 * @typedef {{ cells: readonly string[], codes: readonly string[] }} SampleRow a row and the findings it must get;
 * rows with no cell are blank lines
 * @typedef {{ text: string, rows: readonly SampleRow[] }} Sample
 */

/** @returns {Promise<FleetLine[]>} every line of the training fleet */
export async function trainingFleet() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['simulator/fleet.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const code = Buffer.from(outputFiles[0]?.text ?? '').toString('base64');
  const { seededFleet } = await import(`data:text/javascript;base64,${code}`);
  return seededFleet(LINES, SEED);
}

/** @param {string} stem */
function withLuhn(stem) {
  let sum = 0;
  for (let index = 0; index < stem.length; index += 1) {
    const digit = stem.charCodeAt(index) - 48;
    const doubled = (stem.length - index) % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${stem}${(10 - (sum % 10)) % 10}`;
}

/** Cards of a carton and devices of a pallet: numbers that the fleet does not have. */
const card = (/** @type {number} */ number) => withLuhn(`8914800001${710_004_200 + number}`);
const shortCard = (/** @type {number} */ number) => withLuhn(`8914800001${71_004_200 + number}`);
const hardware = (/** @type {number} */ number) => withLuhn(`35733009${120_400 + number}`);

/** @param {readonly FleetLine[]} fleet @returns {(FleetLine & { mdn: string })[]} */
function activeLines(fleet) {
  return fleet.flatMap((line) =>
    line.account === ACCOUNT && line.state === 'active' && line.mdn !== null ? [{ ...line, mdn: line.mdn }] : [],
  );
}

/** @param {readonly string[]} cells */
const csvLine = (cells) =>
  `${cells.map((cell) => (/[",\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;

/** @param {readonly string[]} above @param {readonly SampleRow[]} rows @returns {string} */
function csvText(above, rows) {
  return above.join('') + rows.map(({ cells }) => (cells.length === 0 ? '\r\n' : csvLine(cells))).join('');
}

/**
 * 40 cards are replaced, and nothing is wrong.
 * @param {readonly FleetLine[]} fleet @returns {Sample}
 */
export function cleanSample(fleet) {
  const lines = activeLines(fleet).slice(100, 140);
  const rows = lines.map((line, index) => ({
    cells: [
      `INC${48_213 + index * 7}`,
      line.mdn,
      line.iccid,
      card(index),
      index % 9 === 0 ? 'card damaged, driver waits' : '',
    ],
    codes: [],
  }));
  const heading = csvLine(['Ticket', 'Phone Number', 'Current ICCID', 'New ICCID', 'Notes']);
  return { text: csvText([heading], rows), rows };
}

/** What a spreadsheet's scientific format makes of a long number. */
const scientific = (/** @type {string} */ digits) => `${digits[0]}.${digits.slice(1, 5)}E+${digits.length - 1}`;
/** The nearest floating-point number, to the last digit, as .NET and Python print it. */
const exactFloat = (/** @type {string} */ digits) => BigInt(Number(digits)).toString();
/** A typing error in place 13. */
const mistyped = (/** @type {string} */ digits) =>
  `${digits.slice(0, 12)}${(Number(digits[12]) + 3) % 10}${digits.slice(13)}`;
const fullWidth = (/** @type {string} */ digits) =>
  digits.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

/**
 * Cards and devices are replaced, by a list that has been through several hands and programs.
 * @param {readonly FleetLine[]} fleet @returns {Sample}
 */
export function damagedSample(fleet) {
  const lines = activeLines(fleet).slice(200);
  const own = fleet.filter((line) => line.account === ACCOUNT);
  const suspended = own.find((line) => line.state === 'suspend');
  const deactivated = own.find((line) => line.state === 'deactive');
  if (suspended === undefined || deactivated === undefined) throw new Error('the fleet has no line of each state');
  /** @type {SampleRow[]} */
  const rows = [];
  let next = 0;
  const line = (/** @type {number} */ ahead = 0) => {
    const found = lines[next + ahead];
    if (found === undefined) throw new Error('the fleet is too small');
    return found;
  };

  /**
   * @param {readonly string[]} codes
   * @param {{ mdn?: string, iccid?: string, imei?: string, newIccid?: string, newImei?: string, note?: string, more?: string[] }} [damage]
   */
  const add = (codes, damage = {}) => {
    const { mdn, iccid, imei } = line();
    const number = 100 + next;
    const cells = [
      `Site ${1 + (next % 12)}`,
      damage.mdn ?? mdn,
      damage.iccid ?? iccid,
      damage.imei ?? imei,
      damage.newIccid ?? card(number),
      damage.newImei ?? hardware(number),
      damage.note ?? '',
      ...(damage.more ?? []),
    ];
    rows.push({ cells, codes });
    next += 1;
  };
  const good = (/** @type {number} */ count) => {
    for (let index = 0; index < count; index += 1) add([]);
  };
  const blank = () => rows.push({ cells: [], codes: [] });

  good(6);
  // Can be repaired without a doubt.
  add(['repaired-spaces'], { iccid: `\u00a0${line().iccid}\u00a0`, note: 'copied from the ticket' });
  add(['repaired-formula'], { newIccid: `="${card(100 + next)}"` });
  add(['repaired-apostrophe'], { newImei: `'${hardware(100 + next)}` });
  add(['repaired-separators'], { newImei: hardware(100 + next).replace(/^(\d\d)(\d{6})(\d{6})(\d)$/, '$1-$2-$3-$4') });
  add(['repaired-spaces'], { newIccid: card(100 + next).replace(/(\d{4})(?=\d)/g, '$1 ') });
  add(['repaired-padding'], { newIccid: `${shortCard(next)}F`, note: 'scanned' });
  add(['repaired-full-width'], { newImei: fullWidth(hardware(100 + next)) });
  add(['repaired-invisible'], { newIccid: `\u200b${card(100 + next)}`, note: 'pasted from chat' });
  add(['repaired-separators', 'repaired-spaces', 'repaired-country-code'], {
    mdn: line().mdn.replace(/^(\d{3})(\d{3})(\d{4})$/, '+1 ($1) $2-$3'),
  });
  blank();
  good(5);
  // Must be looked at.
  add(['iccid-check-digit'], { newIccid: mistyped(card(100 + next)) });
  add(['iccid-prefix'], { newIccid: withLuhn(`1948000017100${10_000 + next}0`.slice(0, 19)) });
  add(['imei-software-version'], { newImei: `${hardware(100 + next).slice(0, 14)}07` });
  // Have lost digits, or hold something else.
  add(['scientific-notation'], { newIccid: scientific(card(100 + next)), note: 'from Excel' });
  add(['scientific-notation', 'scientific-notation'], {
    newIccid: scientific(card(100 + next)),
    newImei: scientific(hardware(100 + next)),
    note: 'from Excel',
  });
  add(['digits-lost'], {
    newIccid: card(100 + next)
      .slice(0, 15)
      .padEnd(20, '0'),
    note: 'from Excel',
  });
  add(['digits-lost'], { newIccid: exactFloat(card(100 + next)), note: 'from the script' });
  add(['iccid-length', 'wrong-kind', 'imei-length', 'wrong-kind'], {
    newIccid: hardware(100 + next),
    newImei: card(100 + next),
  });
  add(['iccid-not-digits'], { newIccid: card(100 + next).replace(/0/, 'O') });
  add(['iccid-check-digit-missing'], { newIccid: shortCard(next).slice(0, 18) });
  add(['iccid-nibbles-swapped'], { newIccid: card(100 + next).replace(/(.)(.)/g, '$2$1'), note: 'from the reader' });
  add(['imei-check-digit'], { newImei: mistyped(hardware(100 + next)) });
  add(['imei-check-digit-missing'], { newImei: hardware(100 + next).slice(0, 14) });
  add(['imei-placeholder'], { newImei: '000000000000000' });
  add(['new-missing'], { newIccid: '', note: 'card not there yet' });
  add(['new-missing'], { newImei: '', note: 'which router?' });
  blank();
  blank();
  good(4);
  // Say something that the lines contradict.
  add(['line-unknown'], { mdn: '', iccid: card(900), imei: '' });
  add(['line-not-active'], { mdn: '', iccid: suspended.iccid, imei: suspended.imei });
  add(['current-pair-differs'], { imei: line(40).imei });
  add(['nothing-to-do'], { newIccid: line().iccid });
  add(['target-in-use'], { newIccid: line(60).iccid });
  add(['target-deactivated'], { newIccid: deactivated.iccid });
  // Say something that other rows contradict.
  const twice = next;
  add(['duplicate-old']);
  const again = lines[twice];
  add(['duplicate-old'], { mdn: again?.mdn ?? '', iccid: again?.iccid ?? '', imei: again?.imei ?? '' });
  add(['duplicate-new']);
  add(['duplicate-new'], { newIccid: card(100 + next - 1) });
  add(['same-line-twice']);
  add(['same-line-twice'], { mdn: lines[next - 1]?.mdn ?? '', iccid: '', imei: '' });
  add(['chain'], { newIccid: line(1).iccid });
  add([]);
  add(['cycle'], { newIccid: line(1).iccid });
  add(['cycle'], { newIccid: line(-1).iccid });
  good(2);
  // A cell was deleted, and the column moved up.
  for (let index = 0; index < 4; index += 1) add(['current-pair-differs', 'pairs-shifted'], { imei: line(1).imei });
  add([]);
  rows.push({ cells: [...HEADINGS], codes: ['heading-repeated'] });
  good(3);
  add(['too-many-cells'], { note: 'north gate', more: ['ask for Joe'] });
  blank();
  blank();
  // Excel writes the mark and, above the list, whatever somebody has typed there.
  const title = csvLine(['Router exchange, week 48', '', '', '', '', '', '']);
  return { text: csvText(['\ufeff', title, csvLine([...HEADINGS])], rows), rows };
}

const HEADINGS = ['Site', 'MDN', 'Current ICCID', 'Current IMEI', 'Replacement ICCID', 'Replacement IMEI', 'Comments'];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const fleet = await trainingFleet();
  mkdirSync(join(root, 'samples'), { recursive: true });
  writeFileSync(join(root, 'samples', 'clean.csv'), cleanSample(fleet).text);
  writeFileSync(join(root, 'samples', 'damaged.csv'), damagedSample(fleet).text);
}
