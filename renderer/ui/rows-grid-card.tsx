import { useLayoutEffect, useRef } from 'react';
import type { GridWork } from './rows-grid-work';
import classes from './rows-grid.module.css';

/** The marked cell under the mouse. */
export interface Hovered {
  readonly element: HTMLElement;
  readonly index: number;
  readonly columnKey: string;
}

interface CellCardProps<Row> {
  readonly hovered: Hovered | null;
  row(index: number): Row | null;
  readonly work: GridWork<Row> | undefined;
}

const GAP_PX = 4;

/** What was found about the cell under the mouse, right below it, or above where there is no room. */
export function CellCard<Row>({ hovered, row, work }: CellCardProps<Row>) {
  const card = useRef<HTMLDivElement>(null);
  const value = hovered === null ? null : row(hovered.index);
  useLayoutEffect(() => {
    const frame = card.current?.parentElement;
    if (card.current === null || frame === null || frame === undefined || hovered === null) return;
    const [cell, around, own] = [hovered.element, frame, card.current].map((one) => one.getBoundingClientRect());
    if (cell === undefined || around === undefined || own === undefined) return;
    const below = cell.bottom - around.top + GAP_PX;
    const above = cell.top - around.top - own.height - GAP_PX;
    const left = Math.max(GAP_PX, Math.min(cell.left - around.left, around.width - own.width - GAP_PX));
    card.current.style.top = `${below + own.height > around.height && above > 0 ? above : below}px`;
    card.current.style.left = `${left}px`;
  }, [hovered, value]);
  if (hovered === null || value === null || work === undefined) return null;
  // The line below the grid tells the same to whoever works by keyboard.
  return (
    <div ref={card} aria-hidden="true" className={classes.card}>
      {work.about(value, hovered.columnKey)}
    </div>
  );
}
