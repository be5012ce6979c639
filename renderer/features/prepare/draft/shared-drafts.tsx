import { Button } from '@mantine/core';
import { useState } from 'react';
import type { SharedDraft } from '../../../../shared/contract/drafts';
import { api, useAction, useCall, useEvent } from '../../../api';
import { plural } from '../../../lib/numbers';
import { useRoute } from '../../../lib/route';
import { Ago } from '../../../ui/ago';
import { ErrorPanel } from '../../../ui/error-panel';
import classes from './shared-drafts.module.css';

/** Drafts that somebody handed over: they wait in the central database for one permitted person. */
export function SharedDrafts() {
  const shared = useCall('drafts.shared', null);
  useEvent('drafts.listChanged', shared.reload);
  const { go } = useRoute();
  const { busy, error, run } = useAction();
  const [taking, setTaking] = useState<string | null>(null);
  const take = ({ uid }: SharedDraft): void => {
    setTaking(uid);
    run(async () => {
      try {
        const draft = await api.call('drafts.takeOver', { uid });
        go({ screen: 'prepare', draftId: draft.id });
      } catch (reason) {
        shared.reload();
        throw reason;
      }
    });
  };
  if (shared.value === null && shared.error === null) return null;
  if (shared.value?.length === 0 && error === null) return null;
  return (
    <section aria-label="Handed over">
      <h2 className={classes.heading}>Handed over by others</h2>
      {shared.error === null ? null : (
        <p className={classes.hint}>
          What others handed over can’t be seen now: {shared.error.story.what}.{' '}
          <Button size="compact-xs" variant="default" onClick={shared.reload}>
            Try again
          </Button>
        </p>
      )}
      {error === null ? null : <ErrorPanel error={error} />}
      <ul className={classes.list} hidden={(shared.value ?? []).length === 0}>
        {(shared.value ?? []).map((draft) => (
          <li key={draft.uid} className={classes.draft}>
            <span className={classes.titles}>
              <span className={classes.name}>{draft.name}</span>
              <span className={classes.small}>
                {draft.providerName} · {draft.changeType} · {plural(draft.rows, 'row')} · from {draft.sharedBy},{' '}
                <Ago at={draft.sharedAt} />
              </span>
              {draft.note === '' ? null : <span className={classes.note}>“{draft.note}”</span>}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              loading={busy && taking === draft.uid}
              disabled={busy}
              aria-label={`Take over ${draft.name}`}
              onClick={() => take(draft)}
            >
              Take over
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
