import { readIccid } from '../../shared/domain/iccid';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import type { CarrierLine } from '../services/thingspace';

/** Every so many rows one has lost its digits in a spreadsheet, as one in twenty of real lists does. */
const DAMAGED_EVERY = 20;

/**
 * A list of SIM swaps as support staff send it, with new SIMs that no earlier list has used.
 *
 * @param lines active lines with an MDN
 * @param madeAt milliseconds since 1970: its digits make the new ICCIDs new
 */
export function demoCsv(lines: readonly Pick<CarrierLine, 'iccid' | 'mdn'>[], madeAt: number): string {
  const rows = lines.map((line, index) => {
    const iccid = newIccid(madeAt, index);
    const damaged = (index + 1) % DAMAGED_EVERY === 0;
    return [
      line.mdn ?? '',
      line.iccid,
      damaged ? spreadsheetForm(iccid) : iccid,
      damaged ? 'typed in a spreadsheet' : '',
    ];
  });
  return [['MDN', 'Current ICCID', 'New ICCID', 'Note'], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Rows whose numbers have nothing in common: one list has fewer. */
const ROWS_APART = 100_000;

/**
 * 20 digits: Verizon's 89148, eight digits of the time in tenths of a second, six of the row, the check digit. A number that
 * looks as if a program had rounded it, zeros at its end for one, would be refused: another one is taken instead.
 */
function newIccid(madeAt: number, index: number): string {
  const time = String(Math.floor(madeAt / 100))
    .slice(-8)
    .padStart(8, '0');
  const stem = `89148${time}${String(index).padStart(6, '0')}`;
  const iccid = `${stem}${luhnCheckDigit(stem)}`;
  const { result, warnings } = readIccid(iccid);
  const isPlain = result.ok && !warnings.includes('digits-doubtful');
  return isPlain ? iccid : newIccid(madeAt, index + ROWS_APART);
}

/** What a CSV holds after a spreadsheet took the number for an amount: three digits and an exponent. */
function spreadsheetForm(iccid: string): string {
  return `${iccid[0]}.${iccid.slice(1, 3)}E+${iccid.length - 1}`;
}
