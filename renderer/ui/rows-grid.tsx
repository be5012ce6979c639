import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import classes from './rows-grid.module.css';
import { scrollRange } from './scroll-range';

export interface Column<Row> {
  readonly key: string;
  readonly heading: string;
  /** A CSS grid track, e.g. `80px` or `minmax(120px, 1fr)`. */
  readonly width: string;
  readonly align?: 'end';
  cell(row: Row): ReactNode;
  /** Plain text for the clipboard: digits stay digits. */
  text(row: Row): string;
}

interface RowsGridProps<Row> {
  /** Read by screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  row(index: number): Row | null;
  /** Told which rows are on the screen. */
  onShow(firstIndex: number, lastIndex: number): void;
  /** Enter or click. */
  onOpen(index: number): void;
  onClose(): void;
  readonly openIndex: number | null;
}

const ROW_PX = 34;
const SPARE_ROWS = 6;

/**
 * A grid of any length with its text in the page: one row is current (arrows, Page Up and Down, Home, End), Shift makes a
 * range, Enter opens, Escape closes, Ctrl+C copies the range as tab-separated text.
 */
export function RowsGrid<Row>(props: RowsGridProps<Row>) {
  const { label, columns, total, row, onShow, openIndex } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [viewportPx, setViewportPx] = useState(600);
  const [scrollTopPx, setScrollTopPx] = useState(0);
  const [current, setCurrent] = useState(0);
  const [anchor, setAnchor] = useState(0);
  const range = useMemo(() => scrollRange(total, ROW_PX, viewportPx), [total, viewportPx]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => setViewportPx(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const topRow = range.topRow(scrollTopPx);
  const first = Math.max(0, Math.floor(topRow) - SPARE_ROWS);
  const last = Math.min(total - 1, Math.ceil(topRow + viewportPx / ROW_PX) + SPARE_ROWS);
  useEffect(() => {
    if (total > 0) onShow(first, last);
  }, [first, last, total, onShow]);

  const move = (to: number, extend: boolean): void => {
    const index = Math.min(total - 1, Math.max(0, to));
    setCurrent(index);
    if (!extend) setAnchor(index);
    const rowsShown = viewportPx / ROW_PX;
    if (index < topRow) scroller.current?.scrollTo({ top: range.scrollTopOf(index) });
    else if (index > topRow + rowsShown - 1) {
      scroller.current?.scrollTo({ top: range.scrollTopOf(index - rowsShown + 1) });
    }
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = stepOf(event.key, current, total, Math.floor(viewportPx / ROW_PX));
    if (step !== null) move(step, event.shiftKey);
    else if (event.key === 'Enter') props.onOpen(current);
    else if (event.key === 'Escape') props.onClose();
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) copy(columns, row, anchor, current);
    else return;
    event.preventDefault();
  };

  const template = columns.map((column) => column.width).join(' ');
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  const [from, to] = [Math.min(anchor, current), Math.max(anchor, current)];
  return (
    <div
      className={classes.grid}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-multiselectable="true"
      aria-activedescendant={total > 0 ? rowId(label, current) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={classes.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={classes.heading} data-align={column.align}>
            {column.heading}
          </div>
        ))}
      </div>
      <div
        ref={scroller}
        className={classes.scroller}
        role="presentation"
        onScroll={(event) => setScrollTopPx(event.currentTarget.scrollTop)}
      >
        <div role="presentation" style={{ height: range.rangePx, position: 'relative' }}>
          {indexes.map((index) => {
            const value = row(index);
            return (
              <div
                key={index}
                id={rowId(label, index)}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index >= from && index <= to}
                className={classes.row}
                data-current={index === current || undefined}
                data-open={index === openIndex || undefined}
                style={{
                  gridTemplateColumns: template,
                  transform: `translateY(${scrollTopPx + (index - topRow) * ROW_PX}px)`,
                }}
                onClick={() => {
                  move(index, false);
                  props.onOpen(index);
                }}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" className={classes.cell} data-align={column.align}>
                    {value === null ? <span className={classes.coming}>…</span> : column.cell(value)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function rowId(label: string, index: number): string {
  return `${label.replace(/\W+/g, '-')}-${index}`;
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

/** At most what is at hand: rows whose page was never loaded are not invented. */
function copy<Row>(
  columns: readonly Column<Row>[],
  row: (index: number) => Row | null,
  one: number,
  other: number,
): void {
  const lines: string[] = [];
  for (let index = Math.min(one, other); index <= Math.max(one, other); index += 1) {
    const value = row(index);
    if (value !== null) lines.push(columns.map((column) => column.text(value)).join('\t'));
  }
  void navigator.clipboard.writeText(lines.join('\r\n'));
}
