import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import { copyHere } from '../../test/support/contract-double-window';
import type { Column } from './grid-columns';
import { layoutColumns } from './grid-columns';
import { RowsGrid } from './rows-grid';

interface Row {
  readonly iccid: string;
  readonly note: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: 'iccid', heading: 'ICCID', minPx: 180, cell: (row) => row.iccid, text: (row) => row.iccid },
  {
    key: 'note',
    heading: 'note',
    minPx: 200,
    grow: 1,
    optional: true,
    cell: (row) => row.note,
    text: (row) => [row.note, 'x'],
  },
];

function showGrid(total: number, more: { openIndex?: number; row?: (index: number) => Row | null } = {}) {
  const told = { open: vi.fn(), close: vi.fn(), show: vi.fn() };
  const rowOf = (index: number): Row => ({ iccid: `8914800000${index}`, note: `tab\there ${index} <b>` });
  render(
    <RowsGrid
      label="Cards"
      columns={COLUMNS}
      total={total}
      row={more.row ?? rowOf}
      onShow={told.show}
      onOpen={told.open}
      onClose={told.close}
      openIndex={more.openIndex ?? null}
    />,
  );
  const grid = screen.getByRole('grid', { name: 'Cards' });
  act(() => grid.focus());
  return { grid, told, user: userEvent.setup() };
}

const current = (grid: HTMLElement): string | null =>
  document.getElementById(grid.getAttribute('aria-activedescendant') ?? '')?.getAttribute('aria-rowindex') ?? null;
const selected = (): (string | null)[] =>
  screen.getAllByRole('row', { selected: true }).map((row) => row.getAttribute('aria-rowindex'));

describe('the grid for screen readers', () => {
  it('tells the size of the whole list and the place of each row', () => {
    const { grid, told } = showGrid(1_000_000);
    expect(grid.getAttribute('aria-rowcount')).toBe('1000001');
    expect(grid.getAttribute('aria-colcount')).toBe('2');
    expect(screen.getAllByRole('columnheader').map((heading) => heading.textContent)).toEqual(['ICCID', 'note']);
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
    expect(told.show).toHaveBeenCalledWith(0, expect.any(Number));
  });

  it('takes the keyboard on a screen where nothing else has it', () => {
    act(() => (document.activeElement as HTMLElement).blur());
    const { grid } = showGrid(3);
    expect(document.activeElement).toBe(grid);
  });
});

describe('the grid by keyboard', () => {
  it('goes row by row, page by page, and to both ends of a million rows', async () => {
    const { grid, user, told } = showGrid(1_000_000);
    expect(current(grid)).toBe('2');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(current(grid)).toBe('3');
    await user.keyboard('{PageDown}');
    expect(Number(current(grid))).toBeGreaterThan(12);
    await user.keyboard('{End}');
    expect(current(grid)).toBe('1000001');
    expect(told.show.mock.lastCall?.[1]).toBe(999_999);
    await user.keyboard('{ArrowDown}{Home}{ArrowUp}');
    expect(current(grid)).toBe('2');
  });

  it('opens with Enter and closes with Escape', async () => {
    const { user, told } = showGrid(10);
    await user.keyboard('{ArrowDown}{Enter}');
    expect(told.open.mock.calls).toEqual([[1]]);
    await user.keyboard('{Escape}');
    expect(told.close).toHaveBeenCalledOnce();
  });

  it('lets the open row follow the arrows', async () => {
    const { user, told } = showGrid(10, { openIndex: 0 });
    await user.keyboard('{ArrowDown}');
    expect(told.open.mock.calls).toEqual([[1]]);
  });

  it('leaves the keys of the browser alone', async () => {
    const { grid, user, told } = showGrid(10);
    await user.keyboard('{Control>}{End}{/Control}{Alt>}{ArrowDown}{/Alt}');
    expect(current(grid)).toBe('2');
    expect(told.open).not.toHaveBeenCalled();
  });

  it('selects a range with Shift, by keys and by mouse', async () => {
    const { user, told } = showGrid(10);
    await user.keyboard('{ArrowDown}{Shift>}{ArrowDown}{ArrowDown}{/Shift}');
    expect(selected()).toEqual(['3', '4', '5']);
    const [, , , , , , seventh] = screen.getAllByRole('row');
    if (seventh === undefined) throw new Error('too few rows');
    fireEvent.click(seventh, { shiftKey: true });
    expect(selected()).toEqual(['3', '4', '5', '6', '7']);
    expect(told.open).not.toHaveBeenCalled();
    await user.keyboard('{ArrowUp}');
    expect(selected()).toEqual(['6']);
  });
});

describe('copying rows', () => {
  it('gives plain digits in tab-separated lines, and cells that a spreadsheet keeps as text', async () => {
    const { user } = showGrid(10);
    await user.keyboard('{ArrowDown}{Shift>}{ArrowDown}{/Shift}');
    const { text, html } = copyHere();
    expect(text).toBe('89148000001\ttab here 1 <b>\tx\r\n89148000002\ttab here 2 <b>\tx');
    expect(html).toContain(`<td style="mso-number-format:'\\@'">89148000001</td>`);
    expect(html).toContain('&lt;b&gt;');
    expect(screen.getByRole('status').textContent).toBe('Copied 2 rows');
  });

  it('says how many rows of the range were at hand', async () => {
    const { user } = showGrid(10, { row: (index) => (index > 1 ? null : { iccid: String(index), note: '' }) });
    await user.keyboard('{Shift>}{End}{/Shift}');
    expect(copyHere().text).toBe('0\t\tx\r\n1\t\tx');
    expect(screen.getByRole('status').textContent).toBe('Copied 2 of 10 rows');
  });
});

describe('columns in a narrow window', () => {
  it('leaves out what is optional before it scrolls sideways', () => {
    expect(layoutColumns(COLUMNS, 2000)).toMatchObject({ template: '180px minmax(200px, 1fr)', minPx: 420 });
    expect(layoutColumns(COLUMNS, 419)).toMatchObject({ template: '180px', minPx: 208 });
  });
});
