import type { ReactNode } from 'react';
import type { ErrorStory } from '../../shared/domain/fault';
import { ErrorPanel } from './error-panel';
import type { Column } from './grid-columns';
import { RowsGrid } from './rows-grid';
import type { GridSort, GridWork } from './rows-grid-work';
import classes from './rows-view.module.css';
import { Loading, SidePanel } from './screen';

/** A list as the api hands it out, page by page. */
interface Rows<Row> {
  readonly total: number | null;
  readonly error: { readonly story: ErrorStory; readonly correlationId: string } | null;
  row(index: number): Row | null;
  show(firstIndex: number, lastIndex: number): void;
  reload(): void;
}

interface RowsViewProps<Row> {
  readonly label: string;
  /** What is being loaded. */
  readonly what: string;
  readonly rows: Rows<Row>;
  readonly columns: readonly Column<Row>[];
  /** Another text is another list: it is shown from its first row. */
  readonly list?: string;
  readonly empty: ReactNode;
  readonly rowPx?: number;
  readonly openIndex: number | null;
  onOpen(index: number | null): void;
  /** The open row's story; without it, opening a row leads elsewhere. */
  readonly story?: (row: Row) => { readonly title: string; readonly body: ReactNode };
  /** Rows can be worked with, not only looked at. */
  readonly work?: GridWork<Row>;
  readonly sort?: GridSort;
}

/** A list in each of its states, and the open row's story beside it. */
export function RowsView<Row>(props: RowsViewProps<Row>) {
  const { rows, openIndex, onOpen } = props;
  const failed = rows.error === null ? null : <ErrorPanel error={rows.error} onRetry={rows.reload} />;
  if (rows.total === null) return failed ?? <Loading what={props.what} />;
  const open = openIndex === null ? null : rows.row(openIndex);
  const story = open === null ? undefined : props.story?.(open);
  return (
    <>
      {failed}
      {rows.total === 0 ? (
        props.empty
      ) : (
        <div className={classes.split}>
          <RowsGrid
            key={props.list}
            label={props.label}
            columns={props.columns}
            total={rows.total}
            row={rows.row}
            onShow={rows.show}
            onOpen={onOpen}
            onClose={() => onOpen(null)}
            openIndex={openIndex}
            work={props.work}
            sort={props.sort}
            {...(props.rowPx === undefined ? {} : { rowPx: props.rowPx })}
          />
          {story === undefined ? null : (
            <SidePanel title={story.title} onClose={() => onOpen(null)}>
              {story.body}
            </SidePanel>
          )}
        </div>
      )}
    </>
  );
}
