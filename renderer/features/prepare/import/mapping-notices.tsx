import { SURE, type ImportPreview } from '../../../../shared/contract/imports';
import type { Field } from '../../../../shared/domain/finding';
import { useRoute } from '../../../lib/route';
import { Ago } from '../../../ui/ago';
import classes from './mapping-notices.module.css';

interface MappingNoticesProps {
  readonly preview: ImportPreview;
  readonly choices: ReadonlyMap<number, Field | null>;
}

/** What is to be known before a draft is made of the list. */
export function MappingNotices({ preview, choices }: MappingNoticesProps) {
  const { go } = useRoute();
  const { problem, continues, sameContent, columns } = preview;
  const guesses = columns.filter(
    ({ column, field, confidence }) => field !== null && confidence < SURE && !choices.has(column),
  ).length;
  return (
    <>
      {problem === null ? null : (
        <p className={classes.notice} data-tone="bad" role="alert">
          <span aria-hidden="true">✕ </span>
          {problem} Say below what the columns mean.
        </p>
      )}
      {continues === null ? null : (
        <p className={classes.notice} data-tone="flight" role="status">
          <span aria-hidden="true">▸ </span>This is the exported list of problem rows of the draft{' '}
          <button type="button" onClick={() => go({ screen: 'prepare', draftId: continues.draftId })}>
            {continues.name}
          </button>
          . Its rows take the place of the old ones there; the others stay.
        </p>
      )}
      {sameContent.map(({ kind, id, name, at, by }) => (
        <p key={`${kind} ${id}`} className={classes.notice} data-tone="warn" role="status">
          <span aria-hidden="true">! </span>A file with the very same content was imported <Ago at={at} /> by {by}: the{' '}
          {kind}{' '}
          <button
            type="button"
            onClick={() =>
              go(kind === 'draft' ? { screen: 'prepare', draftId: id } : { screen: 'changes', changeId: id })
            }
          >
            {name}
          </button>{' '}
          came of it. Going on makes a second one.
        </p>
      ))}
      {problem === null && guesses > 0 && continues === null ? (
        <p className={classes.notice} data-tone="warn" role="status">
          <span aria-hidden="true">! </span>Some columns are only guessed. Going on takes them as they are shown, and
          remembers them for lists with these headings.
        </p>
      ) : null}
    </>
  );
}
