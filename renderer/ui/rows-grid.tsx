import {
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { fillCopy } from '../lib/clipboard';
import { plural } from '../lib/numbers';
import { copyOfRows, layoutColumns, type Column } from './grid-columns';
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
}

const ROW_PX = 34;
const HEAD_PX = 32;
const SPARE_ROWS = 6;

/**
 * A grid of any length with its text in the page: one row is current (arrows, Page Up and Down, Home, End), Shift makes a
 * range, Enter opens, Escape closes, the browser's copy takes the range.
 */
export function RowsGrid<Row>(props: RowsGridProps<Row>) {
  const { label, columns, total, row, onShow, onOpen, openIndex, rowPx = ROW_PX } = props;
  const id = useId();
  const { grid, size, scrollTopPx, setScrollTopPx } = useViewport();
  const [{ current, anchor }, setPlace] = useState({ current: 0, anchor: 0 });
  const [said, setSaid] = useState('');
  const viewportPx = Math.max(rowPx, size.heightPx - HEAD_PX);
  const range = useMemo(() => scrollRange(total, rowPx, viewportPx), [total, rowPx, viewportPx]);
  const layout = useMemo(() => layoutColumns(columns, size.widthPx), [columns, size.widthPx]);

  const topRow = range.topRow(scrollTopPx);
  const first = Math.max(0, Math.floor(topRow) - SPARE_ROWS);
  const last = Math.min(total - 1, Math.ceil(topRow + viewportPx / rowPx) + SPARE_ROWS);
  useEffect(() => {
    if (total > 0) onShow(first, last);
  }, [first, last, total, onShow]);

  const move = (to: number, extend: boolean): void => {
    const index = Math.min(total - 1, Math.max(0, to));
    setPlace({ current: index, anchor: extend ? anchor : index });
    const rowsShown = viewportPx / rowPx;
    if (index < topRow) grid.current?.scrollTo({ top: range.scrollTopOf(index) });
    else if (index > topRow + rowsShown - 1) grid.current?.scrollTo({ top: range.scrollTopOf(index - rowsShown + 1) });
    if (openIndex !== null && !extend) onOpen(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepOf(event.key, current, total, Math.floor(viewportPx / rowPx));
    if (step !== null) move(step, event.shiftKey);
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
  const onRowClick = (event: MouseEvent, index: number): void => {
    if (event.shiftKey) return move(index, true);
    setPlace({ current: index, anchor: index });
    onOpen(index);
  };

  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  const isCurrentShown = current >= first && current <= last;
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
        aria-readonly="true"
        aria-activedescendant={isCurrentShown ? `${id}-${current}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onCopy={onCopy}
        onBlur={() => setSaid('')}
        onScroll={(event) => setScrollTopPx(event.currentTarget.scrollTop)}
      >
        <div role="rowgroup" className={classes.head} style={{ minWidth: layout.minPx }}>
          <div
            role="row"
            aria-rowindex={1}
            className={classes.headings}
            style={{ gridTemplateColumns: layout.template }}
          >
            {layout.columns.map((column) => (
              <div key={column.key} role="columnheader" className={classes.heading} data-align={column.align}>
                {column.heading}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: range.rangePx, minWidth: layout.minPx }}>
          {indexes.map((index) => (
            <GridRow
              key={index}
              id={`${id}-${index}`}
              index={index}
              columns={layout.columns}
              template={layout.template}
              value={row(index)}
              selected={index >= from && index <= to}
              current={index === current}
              open={index === openIndex}
              heightPx={rowPx}
              topPx={scrollTopPx + (index - topRow) * rowPx}
              onClick={onRowClick}
            />
          ))}
        </div>
      </div>
      <div role="status" className={classes.said}>
        {said}
      </div>
    </div>
  );
}

interface GridRowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly value: Row | null;
  readonly selected: boolean;
  readonly current: boolean;
  readonly open: boolean;
  readonly heightPx: number;
  readonly topPx: number;
  onClick(event: MouseEvent, index: number): void;
}

function GridRow<Row>(props: GridRowProps<Row>) {
  const { id, index, columns, template, value, heightPx, topPx } = props;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.selected}
      className={classes.row}
      data-current={props.current || undefined}
      data-open={props.open || undefined}
      style={{ gridTemplateColumns: template, height: heightPx, transform: `translateY(${topPx}px)` }}
      onClick={(event) => props.onClick(event, index)}
    >
      {columns.map((column) => (
        <div key={column.key} role="gridcell" className={classes.cell} data-align={column.align}>
          {value === null ? <span className={classes.coming}>…</span> : column.cell(value)}
        </div>
      ))}
    </div>
  );
}

/** Size and scroll position of the grid; it takes the keyboard when nothing else on a fresh screen has it. */
function useViewport() {
  const grid = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ heightPx: 600, widthPx: 2_000 });
  const [scrollTopPx, setScrollTopPx] = useState(0);
  useLayoutEffect(() => {
    const element = grid.current;
    if (element === null || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() =>
      setSize({ heightPx: element.clientHeight, widthPx: element.clientWidth }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const focused = document.activeElement;
    if (focused === document.body || focused?.tagName === 'MAIN') grid.current?.focus({ preventScroll: true });
  }, []);
  return { grid, size, scrollTopPx, setScrollTopPx };
}

function stepOf(key: string, current: number, total: number, pageRows: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return current + pageRows;
    case 'PageUp':
      return current - pageRows;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
