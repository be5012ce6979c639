import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import type { Column } from './grid-columns';
import classes from './rows-grid.module.css';

/** How a cell editor was left. */
export type EditorEnd = 'cancel' | 'stay' | 'down' | 'up' | 'right' | 'left';

/** A cell that is being typed into. */
export interface CellEditor {
  readonly columnKey: string;
  /** What it begins with. */
  readonly text: string;
  onEnd(text: string, end: EditorEnd): void;
}

export interface GridRowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly value: Row | null;
  readonly selected: boolean;
  readonly current: boolean;
  readonly open: boolean;
  /** Rows can be ticked: whether this one is. Undefined: they can't. */
  readonly ticked: boolean | undefined;
  readonly tone: string | undefined;
  /** The column that is current in the current row, where cells are. */
  readonly currentKey: string | null;
  readonly editor: CellEditor | null;
  readonly describedBy: string | undefined;
  readonly heightPx: number;
  readonly topPx: number;
  onClick(event: MouseEvent, index: number, columnKey: string | null): void;
  onDoubleClick(index: number, columnKey: string): void;
  onHover(element: HTMLElement | null, index: number, columnKey: string): void;
  onTick(index: number): void;
}

export function GridRow<Row>(props: GridRowProps<Row>) {
  const { id, index, columns, template, value, heightPx, topPx, ticked } = props;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={props.selected || ticked === true}
      className={classes.row}
      data-current={props.current || undefined}
      data-open={props.open || undefined}
      data-ticked={ticked || undefined}
      data-tone={props.tone}
      data-cells={ticked === undefined ? undefined : true}
      style={{ gridTemplateColumns: template, height: heightPx, transform: `translateY(${topPx}px)` }}
      onClick={(event) => props.onClick(event, index, null)}
    >
      {ticked === undefined ? null : (
        // The keyboard ticks with Space, and `aria-selected` tells it: this is for the mouse alone.
        <span
          aria-hidden="true"
          className={classes.tick}
          onClick={(event) => {
            event.stopPropagation();
            props.onTick(index);
          }}
        />
      )}
      {columns.map((column) => (
        <GridCell key={column.key} {...props} column={column} value={value} />
      ))}
    </div>
  );
}

function GridCell<Row>(props: GridRowProps<Row> & { readonly column: Column<Row> }) {
  const { column, value, index, editor } = props;
  const mark = value === null ? null : (column.mark?.(value) ?? null);
  const isCurrent = props.currentKey === column.key;
  const isEdited = editor?.columnKey === column.key;
  return (
    <div
      id={`${props.id}-${column.key}`}
      role="gridcell"
      className={classes.cell}
      data-align={column.align}
      data-mark={mark ?? undefined}
      data-current={isCurrent || undefined}
      aria-invalid={mark === 'error' ? true : undefined}
      aria-describedby={isCurrent ? props.describedBy : undefined}
      aria-readonly={props.ticked === undefined ? undefined : column.raw === undefined}
      onClick={(event) => {
        if (props.ticked === undefined) return;
        event.stopPropagation();
        props.onClick(event, index, column.key);
      }}
      onDoubleClick={() => props.onDoubleClick(index, column.key)}
      onMouseEnter={mark === null ? undefined : (event) => props.onHover(event.currentTarget, index, column.key)}
      onMouseLeave={mark === null ? undefined : () => props.onHover(null, index, column.key)}
    >
      {value === null ? (
        <span className={classes.coming}>…</span>
      ) : isEdited ? (
        <Editor heading={column.heading} editor={editor} />
      ) : props.ticked === undefined ? (
        column.cell(value)
      ) : (
        <span className={classes.content}>{column.cell(value)}</span>
      )}
    </div>
  );
}

/** Enter and Tab take what was typed and move on, Escape leaves it; leaving by the mouse takes it too: nothing is lost. */
function Editor({ heading, editor }: { readonly heading: string; readonly editor: CellEditor }) {
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => {
    const element = input.current;
    element?.focus({ preventScroll: true });
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);
  const end = (how: EditorEnd): void => {
    if (ended.current) return;
    ended.current = true;
    editor.onEnd(input.current?.value ?? editor.text, how);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // A key that ends the choice of a character in an input method ends no editor.
    if (event.nativeEvent.isComposing) return;
    event.stopPropagation();
    if (event.key === 'Escape') end('cancel');
    else if (event.key === 'Enter') end(event.shiftKey ? 'up' : 'down');
    else if (event.key === 'Tab') end(event.shiftKey ? 'left' : 'right');
    else return;
    event.preventDefault();
  };
  return (
    <input
      ref={input}
      className={classes.editor}
      aria-label={heading}
      defaultValue={editor.text}
      maxLength={500}
      spellCheck={false}
      autoComplete="off"
      onKeyDown={onKeyDown}
      onClick={(event) => event.stopPropagation()}
      onCopy={(event) => event.stopPropagation()}
      onPaste={(event) => event.stopPropagation()}
      onBlur={() => end('stay')}
    />
  );
}
