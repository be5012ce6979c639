import type { Column } from './grid-columns';
import type { GridSort } from './rows-grid-work';
import classes from './rows-grid.module.css';

interface HeadingsProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly minPx: number;
  /** A narrow column of ticks stands in front. */
  readonly ticks: boolean;
  readonly sort: GridSort | undefined;
}

/** The headings; those of columns that the list can be sorted by are buttons. */
export function Headings<Row>({ columns, template, minPx, ticks, sort }: HeadingsProps<Row>) {
  return (
    <div role="rowgroup" className={classes.head} style={{ minWidth: minPx }}>
      <div
        role="row"
        aria-rowindex={1}
        className={classes.headings}
        data-cells={ticks || undefined}
        style={{ gridTemplateColumns: template }}
      >
        {ticks ? <span aria-hidden="true" /> : null}
        {columns.map((column) => {
          const { key, heading, align, sortKey } = column;
          const sorted = sort !== undefined && sortKey === sort.by ? sort.direction : undefined;
          return (
            <div key={key} role="columnheader" className={classes.heading} data-align={align} aria-sort={sorted}>
              {sort === undefined || sortKey === undefined ? (
                heading
              ) : (
                <button type="button" className={classes.sort} title="Sort" onClick={() => sort.onSort(sortKey)}>
                  {heading}
                  <span aria-hidden="true" className={classes.arrow}>
                    {sorted === undefined ? '' : sorted === 'ascending' ? ' ↑' : ' ↓'}
                  </span>
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
