import { Button, CloseButton } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { plural } from '../../../lib/numbers';
import type { DraftRowsList } from './use-draft-rows';
import type { DraftWork } from './use-draft-work';
import classes from './work-bar.module.css';

interface WorkBarProps {
  readonly work: DraftWork;
  readonly list: DraftRowsList;
  readonly ticked: ReadonlySet<number>;
  /** The list shows left-out rows only. */
  readonly isOut: boolean;
  /** The list is not simply all rows. */
  readonly isNarrowed: boolean;
  onUntick(): void;
}

/** Undo and redo with what they do, acts on ticked rows or on all that the filter shows, and what the last act did. */
export function WorkBar({ work, list, ticked, isOut, isNarrowed, onUntick }: WorkBarProps) {
  const { draft, note } = work;
  const total = list.rows.total ?? 0;
  const rows = [...ticked];
  const many = ticked.size > 0 ? ticked.size : total;
  const target = ticked.size > 0 ? { rows } : { filter: list.filter };
  const mayAct = ticked.size > 0 || (isNarrowed && total > 0 && list.outdated === 0);
  const act = (): void => {
    if (isOut) work.include(target);
    else work.exclude(target);
    onUntick();
  };
  return (
    <div className={classes.bar}>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconArrowBackUp size={14} aria-hidden="true" />}
        aria-keyshortcuts="Control+Z"
        title={draft.undo ?? undefined}
        disabled={draft.undo === null || draft.sharing}
        classNames={{ root: classes.act, label: classes.label }}
        onClick={work.undo}
      >
        {draft.undo === null ? 'Undo' : `Undo: ${draft.undo}`}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconArrowForwardUp size={14} aria-hidden="true" />}
        aria-keyshortcuts="Control+Y"
        title={draft.redo ?? undefined}
        disabled={draft.redo === null || draft.sharing}
        classNames={{ root: classes.act, label: classes.label }}
        onClick={work.redo}
      >
        {draft.redo === null ? 'Redo' : `Redo: ${draft.redo}`}
      </Button>
      {mayAct && !draft.sharing ? (
        <Button size="compact-sm" variant="default" onClick={act}>
          {isOut ? 'Take in' : 'Leave out'} {plural(many, 'row')}
        </Button>
      ) : null}
      {ticked.size > 0 ? (
        <span className={classes.ticked}>
          {plural(ticked.size, 'row')} ticked <CloseButton size="xs" aria-label="Untick all rows" onClick={onUntick} />
        </span>
      ) : null}
      {list.outdated > 0 ? (
        <Button size="compact-sm" variant="subtle" onClick={list.showAnew}>
          {plural(list.outdated, 'row')} came or went: show the list anew
        </Button>
      ) : null}
      <span role="status" className={classes.note}>
        {note}
      </span>
    </div>
  );
}
