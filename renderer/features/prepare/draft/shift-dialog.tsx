import { Button, Group, Text } from '@mantine/core';
import { Fragment, type RefObject } from 'react';
import type { DraftRow } from '../../../../shared/contract/drafts';
import type { Field } from '../../../../shared/domain/finding';
import { api } from '../../../api';
import { plural } from '../../../lib/numbers';
import { Dialog } from '../../../ui/dialog';
import { ErrorPanel } from '../../../ui/error-panel';
import { Identifier } from '../../../ui/identifier';
import { Loading } from '../../../ui/screen';
import classes from './shift-dialog.module.css';
import { rawOf } from '../../../../shared/domain/row-cells';
import { FIELD_WORDS } from '../../../lib/field-words';
import { rowsAround, rowsWith } from './places';
import { shiftsOf, slippedFields, type Shift } from './shift.rules';
import type { DraftWork } from './use-draft-work';
import { useLoaded } from './use-loaded';

interface ShiftDialogProps {
  readonly work: DraftWork;
  readonly opener: RefObject<HTMLElement | null>;
  /** Shows the slipped rows in the grid. */
  onShow(): void;
  onClose(): void;
}

const AROUND = { before: 2, after: 4 };

async function loadShifts(draftId: number) {
  const { rows, total } = await rowsWith(api, draftId, 'pairs-shifted');
  const shifts = shiftsOf(rows);
  const around = await Promise.all(shifts.slice(0, 10).map(({ row }) => rowsAround(api, draftId, row, AROUND)));
  return { shifts, around, total, cut: rows.length < total };
}

/** Each place where a column has slipped: the rows around it with both columns side by side, and the way out. */
export function ShiftDialog({ work, opener, onShow, onClose }: ShiftDialogProps) {
  const draftId = work.draft.id;
  const { value, error } = useLoaded(() => loadShifts(draftId));
  return (
    <Dialog title="Where the pairs slipped" size="xl" opener={opener} onClose={onClose}>
      {error !== null ? (
        <ErrorPanel error={error} />
      ) : value === null ? (
        <Loading what="the rows" />
      ) : (
        <>
          {value.shifts.slice(0, value.around.length).map((shift, at) => (
            <ShiftView
              key={shift.row}
              shift={shift}
              rows={value.around[at] ?? []}
              isAll={!value.cut}
              onLeaveOut={() => {
                work.exclude({ rows: [...shift.rows] });
                onClose();
              }}
            />
          ))}
          <Group justify="flex-end" gap="xs" mt="md">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button
              data-autofocus
              onClick={() => {
                onClose();
                onShow();
              }}
            >
              Show the {plural(value.total, 'slipped row')}
            </Button>
          </Group>
        </>
      )}
    </Dialog>
  );
}

interface ShiftViewProps {
  readonly shift: Shift;
  readonly rows: readonly DraftRow[];
  /** False: more rows have slipped than are known here, so the run may be longer. */
  readonly isAll: boolean;
  onLeaveOut(): void;
}

function ShiftView({ shift, rows, isAll, onLeaveOut }: ShiftViewProps) {
  const slipped = slippedFields(rows);
  const named = (['mdn', 'deviceId', 'oldIccid', 'oldImei'] as const).find(
    (field) => !slipped.includes(field) && rows.some((row) => rawOf(row, field) !== ''),
  );
  const words = slipped.map((field) => FIELD_WORDS[field]).join(' and ');
  return (
    <section className={classes.shift} aria-label={`Slipped from line ${shift.line} on`}>
      <Text size="sm" fw={550}>
        {shift.message}.
      </Text>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">line</th>
            <th scope="col">{named === undefined ? 'names the line' : FIELD_WORDS[named]}</th>
            {slipped.map((field) => (
              <th key={field} scope="col">
                {FIELD_WORDS[field]}
              </th>
            ))}
            <th scope="col">belongs to</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <ShiftRow
              key={row.row}
              row={row}
              beside={besideOf(rows, at, shift)}
              shift={shift}
              named={named}
              slipped={slipped}
            />
          ))}
        </tbody>
      </table>
      <Text size="sm">{wayOut(shift, words)}</Text>
      {isAll ? (
        <Button size="compact-sm" variant="default" mt={6} onClick={onLeaveOut}>
          Leave out {plural(shift.rows.length, 'row')}
        </Button>
      ) : null}
    </section>
  );
}

function besideOf(rows: readonly DraftRow[], at: number, { towards }: Shift): DraftRow | undefined {
  return rows[towards === 'above' ? at - 1 : at + 1];
}

interface ShiftRowProps {
  readonly row: DraftRow;
  readonly beside: DraftRow | undefined;
  readonly shift: Shift;
  readonly named: Field | undefined;
  readonly slipped: readonly Field[];
}

function ShiftRow({ row, beside, shift, named, slipped }: ShiftRowProps) {
  const isSlipped = shift.rows.includes(row.row);
  return (
    <tr data-slipped={isSlipped || undefined} data-begin={row.row === shift.row || undefined}>
      <td>{row.line}</td>
      <td>{named === undefined ? '' : <Identifier value={rawOf(row, named)} />}</td>
      {slipped.map((field) => (
        <Fragment key={field}>
          <td className={classes.slipped}>
            <Identifier value={rawOf(row, field)} />
          </td>
        </Fragment>
      ))}
      <td>
        {!isSlipped ? (
          'its own row'
        ) : beside === undefined ? (
          `the row ${shift.towards}`
        ) : (
          <>
            {shift.towards === 'above' ? '↑' : '↓'} line {beside.line}
          </>
        )}
        {row.row === shift.row ? ' · here it begins' : ''}
      </td>
    </tr>
  );
}

function wayOut({ line, towards }: Shift, words: string): string {
  const column = words === '' ? 'one of the columns' : `the column ${words}`;
  const undo = 'Correct the file and import it again, or export the problem rows and mend them there.';
  return towards === 'above'
    ? `From line ${line} on, ${column} stands one row too low: a cell too many was put in there. Take it out, so that the column moves up. ${undo}`
    : `From line ${line} on, ${column} stands one row too high: a cell is missing there. Put it in, so that the column moves down. ${undo}`;
}
