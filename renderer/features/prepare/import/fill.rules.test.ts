import { describe, expect, it } from 'vitest';
import type { DraftRow } from '../../../../shared/contract/drafts';
import { planFill, waitingRows } from './fill.rules';

const NEW = ['89148000000000000019', '89148000000000000027', '89148000000000000035'] as const;
const DEVICE = '490154203237518';

function row(no: number, filled?: string): DraftRow {
  return {
    ...{ row: no, line: no + 1, verdict: 'error', deviceId: 400 + no, mdn: `202555010${no}` },
    old: { iccid: `8914800000000000010${no}` },
    new: filled === undefined ? {} : { iccid: filled },
    ...{ customer: null, ratePlan: null, ratePool: null, effectiveDate: null, note: null, findings: [] },
    ...{ excluded: false, edited: [], overrides: [], cells: {} },
  };
}

const ROWS = [row(1), row(2, NEW[2]), row(3)];
const filled = (text: string, rows = ROWS) =>
  planFill(text, rows, 'ChangeICCID').rows.map(({ row: of, cells }) => [of.row, cells.newIccid]);

describe('a pasted column', () => {
  it('goes to the rows that wait, in their order, headings left out', () => {
    expect(waitingRows(ROWS, 'ChangeICCID').map(({ row: no }) => no)).toEqual([1, 3]);
    expect(filled(`New ICCID\r\n${NEW[0]}\r\n\r\n${NEW[1]}\r\n`)).toEqual([
      [1, NEW[0]],
      [3, NEW[1]],
    ]);
  });

  it.each([`${NEW[0]}`, NEW.join('\n')])(
    'is refused when it is too short or too long: all that follow would shift',
    (text) => {
      expect(planFill(text, ROWS, 'ChangeICCID').problem).toMatch(/2 rows wait/);
    },
  );

  it('finds the rows by a number of the line, in any order and by any of its numbers', () => {
    expect(filled(`2025550103;${NEW[0]}\n401;${NEW[1]}\n89148000000000000102;${NEW[2]}`)).toEqual([
      [3, NEW[0]],
      [1, NEW[1]],
      [2, NEW[2]],
    ]);
  });

  it('says which lines are not in the draft, and which are named twice', () => {
    expect(planFill(`999,${NEW[0]}`, ROWS, 'ChangeICCID').problem).toBe('No row of the draft is for 999.');
    expect(planFill(`401,${NEW[0]}\n2025550101,${NEW[1]}`, ROWS, 'ChangeICCID').problem).toMatch(/named twice/);
  });

  it('tells a card from a device where both change', () => {
    const fill = planFill(`401\t${DEVICE}\t${NEW[0]}`, ROWS, 'ChangeIMEIandICCID');
    expect(fill.rows[0]?.cells).toEqual({ newIccid: NEW[0], newImei: DEVICE });
  });

  it('is refused with rows of different length', () => {
    expect(planFill(`${NEW[0]}\n401\t${NEW[1]}`, ROWS, 'ChangeICCID').problem).toMatch(/Each row needs one new number/);
  });

  it('is nothing while there is no text', () => {
    expect(planFill(' \n', ROWS, 'ChangeICCID')).toEqual({ rows: [], by: 'order', problem: null });
  });
});
