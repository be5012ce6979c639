import type { MouseEvent } from 'react';
import type { Column } from './grid-columns';
import type { Hovered } from './rows-grid-card';
import { GridRow, type CellEditor, type EditorEnd } from './rows-grid-row';
import type { GridWork } from './rows-grid-work';

/** The cell that is being typed into, by the key of its row: rows around it may come and go. */
export interface Editing {
  readonly key: number;
  readonly columnKey: string;
  readonly text: string;
}

interface GridRowsProps<Row> {
  readonly id: string;
  readonly first: number;
  readonly last: number;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  row(index: number): Row | null;
  readonly work: GridWork<Row> | undefined;
  readonly editing: Editing | null;
  /** The range that is selected. */
  readonly from: number;
  readonly to: number;
  readonly current: number;
  readonly currentKey: string | null;
  readonly openIndex: number | null;
  readonly heightPx: number;
  topOf(index: number): number;
  onClick(event: MouseEvent, index: number, columnKey: string | null): void;
  onEdit(index: number, column: Column<Row> | undefined): void;
  onEnd(index: number, value: Row, column: Column<Row>, text: string, end: EditorEnd): void;
  onHover(hovered: Hovered | null): void;
}

/** The rows that are on the screen, and a few around them. */
export function GridRows<Row>(props: GridRowsProps<Row>) {
  const { id, first, last, columns, row, work, editing, current } = props;
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  const columnOf = (key: string): Column<Row> | undefined => columns.find((column) => column.key === key);
  const editorOf = (index: number, value: Row, key: number): CellEditor | null => {
    const column = editing?.key === key ? columnOf(editing.columnKey) : undefined;
    if (column === undefined || editing === null) return null;
    return { ...editing, onEnd: (text, end) => props.onEnd(index, value, column, text, end) };
  };
  return indexes.map((index) => {
    const value = row(index);
    const key = value === null || work === undefined ? null : work.keyOf(value);
    return (
      <GridRow
        key={key ?? `at ${index}`}
        id={`${id}-${index}`}
        index={index}
        columns={columns}
        template={props.template}
        value={value}
        selected={index >= props.from && index <= props.to}
        current={index === current}
        open={index === props.openIndex}
        ticked={work === undefined ? undefined : key !== null && work.ticked.has(key)}
        tone={value === null ? undefined : work?.toneOf(value)}
        currentKey={index === current ? props.currentKey : null}
        editor={value === null || key === null ? null : editorOf(index, value, key)}
        describedBy={work === undefined ? undefined : `${id}-about`}
        heightPx={props.heightPx}
        topPx={props.topOf(index)}
        onClick={props.onClick}
        onDoubleClick={(at, columnKey) => props.onEdit(at, columnOf(columnKey))}
        onHover={(element, at, columnKey) => props.onHover(element === null ? null : { element, index: at, columnKey })}
        onTick={(at) => work?.onTick(at, at)}
      />
    );
  });
}
