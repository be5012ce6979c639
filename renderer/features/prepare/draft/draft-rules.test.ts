import { describe, expect, it } from 'vitest';
import type { DraftMoved, DraftRow } from '../../../../shared/contract/drafts';
import type { Finding } from '../../../../shared/domain/finding';
import { makeFinding } from '../../../../shared/domain/finding-catalogue';
import { filterOf, IN_ORDER, nextSort, stillFits } from './list-filter';
import { movedWords } from './moved-words';
import { chainsOf, circlesOf } from './order.rules';
import { indexOfRow } from './places';
import { shiftsOf, slippedFields } from './shift.rules';

function rowOf(row: number, findings: readonly Finding[] = [], more: Partial<DraftRow> = {}): DraftRow {
  return {
    row,
    line: row + 1,
    verdict: findings.some(({ level }) => level === 'error') ? 'error' : 'valid',
    deviceId: row,
    mdn: null,
    old: {},
    new: { iccid: `${row}` },
    customer: null,
    ratePlan: null,
    ratePool: null,
    effectiveDate: null,
    note: null,
    findings: [...findings],
    excluded: false,
    edited: [],
    overrides: [],
    cells: {},
    ...more,
  };
}
const namesOf = (groups: readonly (readonly { readonly name: string }[])[]) =>
  groups.map((steps) => steps.map(({ name }) => name));

describe('rows that wait for one another', () => {
  const after = (line: number) => makeFinding('chain', 'newIccid', { evidence: `after line ${line} of the list` });
  const circle = (...lines: readonly number[]) =>
    makeFinding('cycle', 'newIccid', { evidence: lines.map((line) => `line ${line}`).join(' → ') });

  it('are put into the order of sending, what is freed first', () => {
    const rows = [rowOf(1, [after(9)]), rowOf(8, [after(5)]), rowOf(20, [after(31)])];
    expect(namesOf(chainsOf(rows))).toEqual([
      ['line 5', 'line 9', 'line 2'],
      ['line 31', 'line 21'],
    ]);
  });

  it('stand after both when they wait for two', () => {
    const rows = [rowOf(3, [after(2), after(3)]), rowOf(2, [after(2)])];
    expect(namesOf(chainsOf(rows))).toEqual([['line 2', 'line 3', 'line 4']]);
  });

  it('wait for rows of another change by its name', () => {
    const open = makeFinding('chain-open', 'newIccid', { evidence: 'after change 4 row 7' });
    expect(namesOf(chainsOf([rowOf(1, [open])]))).toEqual([['change 4 row 7', 'line 2']]);
  });

  it('make circles that are told once, also when each row tells it beginning with itself', () => {
    const rows = [rowOf(1, [circle(2, 8, 5, 2)]), rowOf(4, [circle(5, 2, 8, 5)]), rowOf(7, [circle(8, 5, 2, 8)])];
    expect(namesOf(circlesOf(rows))).toEqual([['line 2', 'line 8', 'line 5']]);
  });

  it('make long circles whole, though each row names ten places only', () => {
    const rows = Array.from({ length: 12 }, (_, at) => {
      const lines = Array.from({ length: 10 }, (_line, step) => `line ${((at + step) % 12) + 2}`);
      const evidence = [...lines, '… (12 rows)', `line ${at + 2}`].join(' → ');
      return rowOf(at + 1, [makeFinding('cycle', 'newIccid', { evidence })]);
    });
    expect(namesOf(circlesOf(rows)).map((names) => names.length)).toEqual([12]);
  });
});

describe('slipped pairs', () => {
  const slipped = (line: number, way: string) => [
    makeFinding('pairs-shifted', null, {
      message: `From line ${line} on, the pairs are off by one: they belong to the row ${way}`,
    }),
    makeFinding('current-pair-differs', 'oldImei', { seen: '1' }),
  ];

  it('are told run by run, each with the row where it begins and the way it went', () => {
    const rows = [rowOf(16, slipped(17, 'above')), rowOf(17, slipped(17, 'above')), rowOf(40, slipped(41, 'below'))];
    expect(shiftsOf(rows)).toMatchObject([
      { row: 16, line: 17, towards: 'above', rows: [16, 17] },
      { row: 40, line: 41, towards: 'below', rows: [40] },
    ]);
    expect(slippedFields(rows)).toEqual(['oldImei']);
  });
});

describe('the place of a row in the whole list', () => {
  const list = (numbers: readonly number[]) => ({
    call: (async (_name: string, { offset }: { offset: number }) => ({
      total: numbers.length,
      rows: numbers.slice(offset, offset + 1).map((row) => rowOf(row)),
    })) as never,
  });

  it.each([
    ['without gaps', [1, 2, 3, 4, 5], 4, 3],
    ['behind gaps of sent rows', [3, 4, 9, 10, 400], 400, 4],
    ['of a row that is gone', [3, 4, 9, 10, 400], 5, null],
  ])('is found %s', async (_name, numbers, row, index) => {
    expect(await indexOfRow(list(numbers), 1, row)).toBe(index);
  });
});

describe('what is shown', () => {
  it('knows whether a row that was judged anew still belongs to the list', () => {
    const errors = filterOf({ shown: 'error', finding: null, text: '' });
    const lost = makeFinding('digits-lost', 'newIccid');
    expect(stillFits(rowOf(1, [lost]), errors)).toBe(true);
    expect(stillFits(rowOf(1), errors)).toBe(false);
    expect(stillFits(rowOf(1, [lost], { excluded: true }), errors)).toBe(false);
    expect(stillFits(rowOf(1, [lost]), filterOf({ shown: 'all', finding: 'cycle', text: '' }))).toBe(false);
  });

  it('is sorted up, down, and in the order of the list again', () => {
    const up = nextSort(IN_ORDER, 'mdn');
    const down = nextSort(up, 'mdn');
    expect([up, down, nextSort(down, 'mdn')]).toEqual([
      { by: 'mdn', direction: 'ascending' },
      { by: 'mdn', direction: 'descending' },
      IN_ORDER,
    ]);
    expect(nextSort(IN_ORDER, 'row')).toEqual({ by: 'row', direction: 'descending' });
  });
});

describe('what an act did', () => {
  const moved = (rows: readonly DraftRow[], count = rows.length): DraftMoved => ({
    draft: {} as DraftMoved['draft'],
    moved: count,
    rows: [...rows],
    done: 'new ICCID of line 3 changed',
  });

  it('is told with the row’s new verdict and the rows that are judged anew with it', () => {
    const twin = rowOf(7, [makeFinding('duplicate-new', 'newIccid')]);
    expect(movedWords(moved([rowOf(2), twin], 9), [2])).toBe(
      'New ICCID of line 3 changed: valid now. Judged anew with it: line 8 (duplicate new) and 7 more.',
    );
    expect(movedWords(moved([rowOf(2)]), [2])).toBe('New ICCID of line 3 changed: valid now.');
  });
});
