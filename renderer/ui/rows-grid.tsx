import { useEffect, useId, useMemo, useState, type ClipboardEvent, type KeyboardEvent, type MouseEvent } from 'react';
import { fillCopy } from '../lib/clipboard';
import { plural } from '../lib/numbers';
import { copyOfRows, layoutColumns, type Column } from './grid-columns';
import { CellCard, type Hovered } from './rows-grid-card';
import { Headings } from './rows-grid-head';
import { columnStep, editableBeside, isTyped, rowStep } from './rows-grid-keys';
import { GridRows, type Editing } from './rows-grid-body';
import type { EditorEnd } from './rows-grid-row';
import { useViewport } from './rows-grid-viewport';
import { useGridPlace, type GridSort, type GridWork } from './rows-grid-work';
import classes from './rows-grid.module.css';
import { scrollRange } from './scroll-range';

export interface RowsGridProps<Row> {
  /** Read by screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  row(index: number): Row | null;
  /** Told which rows are on the screen. */
  onShow(firstIndex: number, lastIndex: number): void;
  /** Enter or click; while a row is open, also the row that the arrows lead to. */
  onOpen(index: number): void;
  onClose(): void;
  readonly openIndex: number | null;
  readonly rowPx?: number;
  /** Rows can be worked with, not only looked at. */
  readonly work?: GridWork<Row> | undefined;
  readonly sort?: GridSort | undefined;
}

const ROW_PX = 34;
const HEAD_PX = 32;
const SPARE_ROWS = 6;
const TICK = '18px ';

/**
 * A grid of any length with its text in the page: one row is current (arrows, Page Up and Down, Home, End), Shift makes a
 * range, Enter opens, Escape closes, the browser's copy takes the range. Where rows can be worked with, one cell of the
 * row is current: Enter, F2 or typing edits it, Space ticks rows, Delete hands them over.
 */
export function RowsGrid<Row>(props: RowsGridProps<Row>) {
  const { label, columns, total, row, onShow, onOpen, openIndex, rowPx = ROW_PX, work } = props;
  const id = useId();
  const { grid, size, scrollTopPx, setScrollTopPx } = useViewport();
  const { place, setPlace } = useGridPlace(row, total, work);
  const [said, setSaid] = useState('');
  const [editing, setEditing] = useState<Editing | null>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const { current, anchor } = place;
  const viewportPx = Math.max(rowPx, size.heightPx - HEAD_PX);
  const range = useMemo(() => scrollRange(total, rowPx, viewportPx), [total, rowPx, viewportPx]);
  const layout = useMemo(() => layoutColumns(columns, size.widthPx), [columns, size.widthPx]);
  const template = work === undefined ? layout.template : TICK + layout.template;
  const minPx = layout.minPx + (work === undefined ? 0 : 30);

  const topRow = range.topRow(scrollTopPx);
  const first = Math.max(0, Math.floor(topRow) - SPARE_ROWS);
  const last = Math.min(total - 1, Math.ceil(topRow + viewportPx / rowPx) + SPARE_ROWS);
  useEffect(() => {
    if (total > 0) onShow(first, last);
  }, [first, last, total, onShow]);

  const column = Math.min(place.column, layout.columns.length - 1);
  const currentColumn = layout.columns[column];
  const move = (to: number, extend: boolean, toColumn = column): void => {
    const index = Math.min(total - 1, Math.max(0, to));
    setPlace({ current: index, anchor: extend ? anchor : index, column: toColumn });
    const rowsShown = viewportPx / rowPx;
    if (index < topRow) grid.current?.scrollTo({ top: range.scrollTopOf(index) });
    else if (index > topRow + rowsShown - 1) grid.current?.scrollTo({ top: range.scrollTopOf(index - rowsShown + 1) });
    if (openIndex !== null && !extend && index !== openIndex) onOpen(index);
  };
  const edit = (index: number, inColumn: Column<Row> | undefined, typed?: string): boolean => {
    const value = row(index);
    if (work === undefined || value === null || inColumn?.raw === undefined) return false;
    setHovered(null);
    setEditing({ key: work.keyOf(value), columnKey: inColumn.key, text: typed ?? inColumn.raw(value) });
    return true;
  };
  const onEnd = (index: number, value: Row, inColumn: Column<Row>, text: string, end: EditorEnd): void => {
    setEditing(null);
    if (end !== 'stay') grid.current?.focus({ preventScroll: true });
    if (end !== 'cancel' && text !== inColumn.raw?.(value)) work?.onEdit(value, inColumn.key, text.trim());
    if (end === 'down' || end === 'up') move(index + (end === 'down' ? 1 : -1), false);
    if (end !== 'right' && end !== 'left') return;
    const editable = layout.columns.map((one) => one.raw !== undefined);
    const next = editableBeside({ current: index, column }, editable, total, end === 'right' ? 1 : -1);
    if (next !== null) move(next.current, false, next.column);
  };
  const onWorkKey = (event: KeyboardEvent): boolean => {
    if (work === undefined) return false;
    const toColumn = columnStep(event.key, column, layout.columns.length);
    if (toColumn !== null) setPlace({ ...place, column: toColumn });
    else if (event.key === ' ') work.onTick(from, to);
    else if (event.key === 'Delete') work.onDelete(from, to);
    else if (event.key === 'Enter' || event.key === 'F2') return edit(current, currentColumn);
    else if (event.key === 'Backspace') return edit(current, currentColumn, '');
    else return isTyped(event.key) && event.key !== '/' && edit(current, currentColumn, event.key);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const isStory = event.ctrlKey && event.key === 'Enter';
    if (!isStory && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const step = rowStep(event.key, current, total, Math.floor(viewportPx / rowPx));
    if (step !== null) move(step, event.shiftKey);
    else if (!isStory && onWorkKey(event)) setSaid('');
    else if (event.key === 'Enter') onOpen(current);
    else if (event.key === 'Escape') props.onClose();
    else return;
    event.preventDefault();
  };
  const [from, to] = [Math.min(anchor, current), Math.max(anchor, current)];
  const onCopy = (event: ClipboardEvent): void => {
    // Text that was marked with the mouse is copied as it stands.
    if (document.getSelection()?.isCollapsed === false) return;
    const { copied, rows } = copyOfRows(columns, row, from, to);
    fillCopy(event.nativeEvent, copied);
    setSaid(rows === to - from + 1 ? `Copied ${plural(rows, 'row')}` : `Copied ${rows} of ${to - from + 1} rows`);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const value = row(current);
    const text = event.clipboardData.getData('text/plain').trim();
    if (work === undefined || value === null || currentColumn?.raw === undefined || text === '') return;
    event.preventDefault();
    if (/[\t\r\n]/.test(text)) setSaid('Paste one cell at a time here; a whole list is pasted on the Prepare screen');
    else if (text !== currentColumn.raw(value)) work.onEdit(value, currentColumn.key, text);
  };
  const onRowClick = (event: MouseEvent, index: number, columnKey: string | null): void => {
    if (event.shiftKey) return move(index, true);
    if (work !== undefined && (event.ctrlKey || event.metaKey)) work.onTick(index, index);
    const clicked = layout.columns.findIndex(({ key }) => key === columnKey);
    setPlace({ current: index, anchor: index, column: clicked === -1 ? column : clicked });
    // In a cell that can be edited a click only goes there; a second one edits.
    if (layout.columns[clicked]?.raw === undefined || openIndex !== null) onOpen(index);
  };

  const isCurrentShown = current >= first && current <= last;
  const activeId = work === undefined ? `${id}-${current}` : `${id}-${current}-${currentColumn?.key}`;
  const currentRow = work === undefined ? null : row(current);
  return (
    <div className={classes.frame}>
      <div
        ref={grid}
        className={classes.grid}
        role="grid"
        aria-label={label}
        aria-rowcount={total + 1}
        aria-colcount={layout.columns.length}
        aria-multiselectable="true"
        aria-readonly={work === undefined}
        aria-activedescendant={isCurrentShown ? activeId : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onPaste={onPaste}
        onBlur={() => setSaid('')}
        onScroll={(event) => setScrollTopPx(event.currentTarget.scrollTop)}
      >
        <Headings
          columns={layout.columns}
          template={template}
          minPx={minPx}
          ticks={work !== undefined}
          sort={props.sort}
        />
        <div role="rowgroup" className={classes.body} style={{ height: range.rangePx, minWidth: minPx }}>
          <GridRows
            {...{ id, first, last, row, work, editing, from, to, current, openIndex, template }}
            columns={layout.columns}
            currentKey={work === undefined ? null : (currentColumn?.key ?? null)}
            heightPx={rowPx}
            topOf={(index) => scrollTopPx + (index - topRow) * rowPx}
            onClick={onRowClick}
            onEdit={edit}
            onEnd={onEnd}
            onHover={setHovered}
          />
        </div>
      </div>
      {work === undefined ? null : (
        <div id={`${id}-about`} className={classes.about}>
          {currentRow === null || currentColumn === undefined ? null : work.about(currentRow, currentColumn.key)}
        </div>
      )}
      <CellCard hovered={hovered} row={row} work={work} />
      <div role="status" className={classes.said}>
        {said}
      </div>
    </div>
  );
}
