import { Button, Select } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import { useCall, useEvent, useImport, useSession } from '../../api';
import { digits, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { ImportProgress } from '../../ui/import-progress';
import { Loading, Screen } from '../../ui/screen';
import { useFileDrop } from '../../ui/use-file-drop';
import { SharedDrafts } from './draft/shared-drafts';
import classes from './draft-list.module.css';

/** Drop or choose a file; below, the drafts that are there. */
export function DraftList({ training }: { readonly training: boolean }) {
  const { session } = useSession();
  const { go } = useRoute();
  const providers = session?.providers ?? [];
  const [providerUid, setProviderUid] = useState(providers[0]?.uid ?? null);
  const provider = providers.find(({ uid }) => uid === providerUid);
  const { running, error, importFile, importSample, cancel } = useImport(providerUid, (draftId) =>
    go({ screen: 'prepare', draftId }),
  );
  const over = useFileDrop(importFile);

  return (
    <Screen
      title="Prepare"
      about="Import a list of swaps, see what is wrong with it, send what is right. Nothing leaves this desktop before you send it."
    >
      <section aria-label="Import" className={classes.drop} data-over={over || undefined}>
        {running !== null ? (
          <ImportProgress {...running.source} progress={running.progress} stopping={running.stopping} onStop={cancel} />
        ) : provider === undefined ? (
          <p className={classes.hint}>
            There is no service provider that you may see. An administrator adds one, or gives you access to it.
          </p>
        ) : (
          <>
            <p className={classes.invitation}>
              {over ? `Let go to check it against the lines of ${provider.name}` : 'Drop a CSV anywhere on this window'}
            </p>
            <div className={classes.choices}>
              {providers.length > 1 ? (
                <Select
                  label="Lines of"
                  data={providers.map(({ uid, name }) => ({ value: uid, label: name }))}
                  value={providerUid}
                  onChange={setProviderUid}
                  allowDeselect={false}
                  comboboxProps={{ transitionProps: { duration: 0 } }}
                />
              ) : null}
              <ChooseFile onFile={importFile} />
            </div>
            {provider.hasCredentials ? null : (
              <p className={classes.hint}>
                Swapdesk has no credentials for {provider.name}: a list can be checked, but nothing is sent before an
                administrator stores them.
              </p>
            )}
            {training ? (
              <div className={classes.samples}>
                Or take a sample:
                <Button size="compact-sm" variant="default" onClick={() => importSample('damaged')}>
                  With the damage that lists really have
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => importSample('clean')}>
                  Clean
                </Button>
              </div>
            ) : null}
          </>
        )}
      </section>
      {error === null ? null : <ErrorPanel error={error} />}
      <Drafts />
      <SharedDrafts />
    </Screen>
  );
}

function ChooseFile({ onFile }: { readonly onFile: (file: File) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button leftSection={<IconFileImport size={16} aria-hidden="true" />} onClick={() => chooser.current?.click()}>
        Choose a file
      </Button>
      <input
        ref={chooser}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-label="File to import"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen again after it was mended.
          event.currentTarget.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}

function Drafts() {
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
          None. A file that you import is kept here, also over a restart, until you send it.
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
