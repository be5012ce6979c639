import { useState } from 'react';
import { draftSortSchema, type DraftRow } from '../../../../shared/contract/drafts';
import { RowsView } from '../../../ui/rows-view';
import { Empty } from '../../../ui/screen';
import type { GridWork } from '../../../ui/rows-grid-work';
import { CellAbout, isField } from './cell-about';
import { useChosenColumns } from './columns-menu';
import { draftColumns } from './draft-columns';
import type { ListChoice, ListSort } from './list-filter';
import { RowStory } from './row-story';
import { TOO_MANY, type DraftRowsList } from './use-draft-rows';
import type { DraftWork } from './use-draft-work';

interface DraftRowsProps {
  readonly work: DraftWork;
  readonly list: DraftRowsList;
  readonly choice: ListChoice;
  readonly ticked: ReadonlySet<number>;
  onTick(rows: readonly number[]): void;
  /** A sentence for the person about what can't be done. */
  onRefuse(words: string): void;
  onSort(by: ListSort['by']): void;
}

/** The grid of verdicts, where cells are typed into and rows are left out, and the story of the open row. */
export function DraftRows({ work, list, choice, ticked, onTick, onRefuse, onSort }: DraftRowsProps) {
  const [open, setOpen] = useState<{ readonly list: string; readonly index: number } | null>(null);
  const further = useChosenColumns((state) => state.fields);
  const { draft } = work;
  const { rows } = list;
  // Another list: the open row's place in the old one means nothing.
  const openIndex = open?.list === list.key ? open.index : null;
  const columns = draftColumns(draft, rows.row(0), further);
  const withNumbers = (from: number, to: number, act: (numbers: readonly number[]) => void): void => {
    list.numbers(from, to).then(
      (numbers) => {
        if (numbers === null) onRefuse(TOO_MANY);
        else act(numbers);
      },
      () => onRefuse('The rows could not be read. Try again.'),
    );
  };
  const grid: GridWork<DraftRow> = {
    keyOf: ({ row }) => row,
    ticked,
    onTick: (from, to) => withNumbers(from, to, onTick),
    onDelete(from, to) {
      const isRange = to > from || ticked.size === 0;
      const leaveOut = (numbers: readonly number[]): void => {
        const first = rows.row(from);
        const isOut = isRange ? first?.excluded === true : choice.shown === 'excluded';
        if (isOut) work.include({ rows: [...numbers] });
        else work.exclude({ rows: [...numbers] });
      };
      if (isRange) withNumbers(from, to, leaveOut);
      else {
        leaveOut([...ticked]);
        onTick([...ticked]);
      }
    },
    onEdit(row, columnKey, text) {
      if (isField(columnKey)) work.edit(row, columnKey, text);
    },
    about: (row, columnKey) => <CellAbout row={row} columnKey={columnKey} />,
    toneOf: ({ row, excluded }) => (excluded ? 'out' : work.moved.has(row) ? 'moved' : undefined),
  };
  return (
    <RowsView
      label="Rows of the draft"
      what="rows"
      rows={rows}
      columns={columns}
      list={list.key}
      empty={<Empty title="No row fits">Take the filter away to see all rows.</Empty>}
      openIndex={openIndex}
      onOpen={(index) => setOpen(index === null ? null : { list: list.key, index })}
      story={(row) => ({ title: `Line ${row.line} of the file`, body: <RowStory row={row} work={work} /> })}
      {...(draft.sharing ? {} : { work: grid })}
      sort={{
        ...choice.sort,
        onSort(by) {
          const known = draftSortSchema.shape.by.safeParse(by);
          if (known.success) onSort(known.data);
        },
      }}
    />
  );
}
