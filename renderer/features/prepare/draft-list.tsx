import { Button, Group, Progress, Select, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';
import type { Draft } from '../../../shared/contract/drafts';
import { useCall, useEvent, useSession } from '../../api';
import { fileSize, plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { ago, exact } from '../../lib/time';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { Screen } from '../../ui/screen';
import classes from './draft-list.module.css';
import { useImport, type Importing } from './use-import';

/** Drop or choose a file; below, the drafts that are there. */
export function DraftList({ training }: { readonly training: boolean }) {
  const { session } = useSession();
  const providers = session?.providers ?? [];
  const [providerUid, setProviderUid] = useState(providers[0]?.uid ?? null);
  const { running, error, importFile, importSample, cancel } = useImport(providerUid);
  const [over, setOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);

  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) importFile(file);
  };

  return (
    <Screen
      title="Prepare"
      about="Import a list of swaps, see what is wrong with it, send what is right. Nothing leaves this desktop before you send it."
    >
      <section
        aria-label="Import"
        className={classes.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {running !== null ? (
          <Running importing={running} onCancel={cancel} />
        ) : providers.length === 0 ? (
          <Text size="sm">There is no service provider that you may see. An administrator adds one.</Text>
        ) : (
          <>
            <Text fw={600}>Drop a CSV here</Text>
            <Group gap="sm" align="end" justify="center">
              <Select
                label="Lines of"
                size="sm"
                data={providers.map(({ uid, name }) => ({ value: uid, label: name }))}
                value={providerUid}
                onChange={setProviderUid}
                allowDeselect={false}
                comboboxProps={{ transitionProps: { duration: 0 } }}
              />
              <Button leftSection={<IconFileImport size={16} />} onClick={() => chooser.current?.click()}>
                Choose a file
              </Button>
              <input
                ref={chooser}
                type="file"
                accept=".csv,.tsv,.txt,text/csv"
                aria-label="File to import"
                className={classes.chooser}
                tabIndex={-1}
                onChange={(event) => {
                  const file = event.currentTarget.files?.[0];
                  event.currentTarget.value = '';
                  if (file !== undefined) importFile(file);
                }}
              />
            </Group>
            {training ? (
              <Group gap="xs" justify="center">
                <Text size="sm" c="dimmed">
                  Or take a sample:
                </Text>
                <Button size="compact-sm" variant="default" onClick={() => importSample('damaged')}>
                  With the damage that lists really have
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => importSample('clean')}>
                  Clean
                </Button>
              </Group>
            ) : null}
          </>
        )}
      </section>
      {error === null ? null : <ErrorPanel story={error.story} correlationId={error.correlationId} />}
      <Drafts />
    </Screen>
  );
}

function Running({ importing, onCancel }: { readonly importing: Importing; readonly onCancel: () => void }) {
  const { source, progress } = importing;
  const share = progress === null || progress.bytesTotal === 0 ? 0 : (progress.bytesRead / progress.bytesTotal) * 100;
  return (
    <div className={classes.running} role="status">
      <Text size="sm" fw={600}>
        Reading {source.name} ({fileSize(source.sizeBytes)})
      </Text>
      <Progress value={share} aria-label="Read so far" transitionDuration={100} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {progress === null ? 'starting …' : `${plural(progress.rows, 'row')} read`}
        </Text>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          Stop
        </Button>
      </Group>
    </div>
  );
}

function Drafts() {
  const drafts = useCall('drafts.list', null);
  useEvent('drafts.listChanged', drafts.reload);
  if (drafts.error !== null) {
    const { story, correlationId } = drafts.error;
    return <ErrorPanel story={story} correlationId={correlationId} onRetry={drafts.reload} />;
  }
  const list = drafts.value ?? [];
  if (list.length === 0) return null;
  return (
    <section aria-label="Drafts" className={classes.list}>
      <h2 className={classes.heading}>Drafts</h2>
      {list.map((draft) => (
        <DraftEntry key={draft.id} draft={draft} />
      ))}
    </section>
  );
}

function DraftEntry({ draft }: { readonly draft: Draft }) {
  const { go } = useRoute();
  return (
    <button type="button" className={classes.draft} onClick={() => go({ screen: 'prepare', draftId: draft.id })}>
      <span className={classes.name}>{draft.name}</span>
      <span className={classes.small} title={exact(draft.createdAt)}>
        {draft.providerName} · {draft.changeType} · {plural(draft.rows, 'row')} · {ago(draft.createdAt)}
      </span>
      <span className={classes.verdicts}>
        <Badge tone="done">{draft.valid} valid</Badge>
        {draft.warning > 0 ? <Badge tone="warn">{plural(draft.warning, 'warning')}</Badge> : null}
        {draft.error > 0 ? <Badge tone="bad">{plural(draft.error, 'error')}</Badge> : null}
      </span>
    </button>
  );
}
