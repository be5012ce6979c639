import type { Draft } from '../../../shared/contract/drafts';
import { useCall, useEvent } from '../../api';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { Loading } from '../../ui/screen';
import classes from './draft-list.module.css';

/** The drafts of this desktop. */
export function Drafts() {
  const { go } = useRoute();
  const drafts = useCall('drafts.list', null);
  useEvent('drafts.listChanged', drafts.reload);
  if (drafts.error !== null) return <ErrorPanel error={drafts.error} onRetry={drafts.reload} />;
  if (drafts.value === null) return <Loading what="drafts" />;
  return (
    <section aria-label="Drafts">
      <h2 className={classes.heading}>Drafts</h2>
      {drafts.value.length === 0 ? (
        <p className={classes.hint}>
          None. A list that you import, paste, type or scan is kept here, also over a restart, until you send it.
        </p>
      ) : (
        <ul className={classes.list}>
          {drafts.value.map((draft) => (
            <li key={draft.id}>
              <button
                type="button"
                className={classes.draft}
                onClick={() => go({ screen: 'prepare', draftId: draft.id })}
              >
                <DraftEntry draft={draft} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function DraftEntry({ draft }: { readonly draft: Draft }) {
  return (
    <>
      <span className={classes.titles}>
        <span className={classes.name}>{draft.name}</span>
        <span className={classes.small}>
          {draft.providerName} · {draft.changeType} · {plural(draft.rows, 'row')} · imported{' '}
          <Ago at={draft.createdAt} /> by {draft.createdBy}
        </span>
      </span>
      <span className={classes.verdicts}>
        <Badge tone="done">{digits(draft.valid)} valid</Badge>
        {draft.warning > 0 ? <Badge tone="warn">{plural(draft.warning, 'warning')}</Badge> : null}
        {draft.error > 0 ? <Badge tone="bad">{plural(draft.error, 'error')}</Badge> : null}
      </span>
    </>
  );
}
