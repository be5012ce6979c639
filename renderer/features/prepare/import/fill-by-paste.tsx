import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Draft, DraftRow } from '../../../../shared/contract/drafts';
import { api, useAction } from '../../../api';
import { plural } from '../../../lib/numbers';
import { ErrorPanel } from '../../../ui/error-panel';
import { Identifier } from '../../../ui/identifier';
import card from './card.module.css';
import classes from './fill-by-paste.module.css';
import { newFields, planFill, type Fill } from './fill.rules';

interface FillProps {
  readonly draft: Draft;
  readonly rows: readonly DraftRow[];
  onDone(): void;
}

/** A column of new numbers, paired with the rows before the eyes of the person. */
export function FillByPaste({ draft, rows, onDone }: FillProps) {
  const [text, setText] = useState('');
  const { busy, error, run } = useAction();
  const fill = planFill(text, rows, draft.changeType);
  const isReady = fill.rows.length > 0 && fill.problem === null;
  const what = newFields(draft.changeType).length === 2 ? 'new ICCIDs and new IMEIs' : newWord(draft);
  const fillIn = async (): Promise<void> => {
    const filled = fill.rows.map(({ row, cells }) => ({ row: row.row, cells: { ...cells } }));
    await api.call('drafts.fillIn', { draftId: draft.id, rows: filled });
    onDone();
  };
  return (
    <div className={classes.split}>
      <form
        className={classes.box}
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) run(fillIn);
        }}
      >
        <Textarea
          label={`The ${what}`}
          description="One row for each, in the order of the list; or with the old number, the MDN or the line number before it, in any order."
          autoFocus
          rows={14}
          resize="vertical"
          spellCheck={false}
          classNames={{ input: classes.text }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {fill.problem === null ? null : (
          <p className={classes.problem} role="alert">
            <span aria-hidden="true">✕ </span>
            {fill.problem}
          </p>
        )}
        {error === null ? null : <ErrorPanel error={error} />}
        <Button type="submit" loading={busy} disabled={!isReady} className={classes.go}>
          {isReady ? `Fill in ${plural(fill.rows.length, 'row')}` : 'Fill in'}
        </Button>
      </form>
      <Pairing fill={fill} />
    </div>
  );
}

function newWord({ changeType }: Draft): string {
  return changeType === 'ChangeICCID' ? 'new ICCIDs' : 'new IMEIs';
}

const SHOWN = 100;

/** Who gets what, before it is done. */
function Pairing({ fill }: { readonly fill: Fill }) {
  return (
    <section aria-label="What would be filled in" className={card.card}>
      <h2 className={card.title}>What would be filled in</h2>
      {fill.rows.length === 0 ? (
        <p className={card.hint}>Nothing yet. The rows and their new numbers will stand here side by side.</p>
      ) : (
        <>
          <p className={card.hint}>
            {fill.by === 'order'
              ? 'Paired by their order: compare the first and the last row.'
              : 'Paired by the number of the line that stands before each.'}
          </p>
          <div
            className={`${card.scroll} ${classes.rows}`}
            tabIndex={0}
            role="region"
            aria-label="Rows and new numbers"
          >
            <table className={card.table}>
              <thead>
                <tr>
                  <th scope="col">MDN</th>
                  <th scope="col">Old</th>
                  <th scope="col">New</th>
                </tr>
              </thead>
              <tbody>
                {shownOf(fill.rows).map(({ row, cells }) => (
                  <tr key={row.row}>
                    <td>
                      <Identifier value={row.mdn} />
                    </td>
                    <td>
                      <Identifier value={cells.newIccid === undefined ? row.old.imei : row.old.iccid} />
                    </td>
                    <td>
                      {Object.values(cells).map((value) => (
                        <div key={value}>
                          <Identifier value={value} />
                        </div>
                      ))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  );
}

/** The beginning, and the end: a shift shows there. */
function shownOf(rows: Fill['rows']): Fill['rows'] {
  return rows.length <= SHOWN ? rows : [...rows.slice(0, SHOWN - 5), ...rows.slice(-5)];
}
