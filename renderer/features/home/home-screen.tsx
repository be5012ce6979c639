import { Button, Group, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import type { BulkChange } from '../../../shared/contract/changes';
import type { Draft } from '../../../shared/contract/drafts';
import { may, useCall, useEvent, useSession } from '../../api';
import { partsOf } from '../../lib/change-parts';
import { plural } from '../../lib/numbers';
import { useRoute, type Route } from '../../lib/route';
import { CHANGE_WORDS } from '../../lib/status-words';
import { ago } from '../../lib/time';
import { Badge, type Tone } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { ProgressBar } from '../../ui/progress-bar';
import { Empty, Loading, Screen } from '../../ui/screen';
import classes from './home-screen.module.css';

const NEWEST = { limit: 50, offset: 0 };

/** What needs me, what is running, and the next step. */
export function HomeScreen({ training }: { readonly training: boolean }) {
  const { session, status } = useSession();
  const { go } = useRoute();
  const prepares = may(session, 'drafts.edit');
  const changes = useCall('changes.list', NEWEST);
  const drafts = useCall('drafts.list', prepares ? null : undefined);
  useEvent('changes.progressed', changes.reload);
  useEvent('drafts.listChanged', drafts.reload);

  const error = changes.error ?? drafts.error;
  if (error !== null) {
    return (
      <Screen title="Home">
        <ErrorPanel story={error.story} correlationId={error.correlationId} onRetry={changes.reload} />
      </Screen>
    );
  }
  if (changes.value === null) return <Loading what="your work" />;
  const needs = needsOf(changes.value.changes, drafts.value ?? []);
  const isNew = changes.value.total === 0 && (drafts.value ?? []).length === 0;
  const prepare = (
    <Button leftSection={<IconFileImport size={16} />} onClick={() => go({ screen: 'prepare', draftId: null })}>
      Import a file
    </Button>
  );
  return (
    <Screen
      title="Home"
      about={`Lines as of ${ago(status?.mirrorAt ?? null)}`}
      actions={prepares && !isNew ? prepare : null}
    >
      {status?.processorNote == null ? null : (
        <div className={classes.note} role="status">
          <Badge tone="warn">sending</Badge> {status.processorNote}
        </div>
      )}
      {isNew ? (
        <Empty title="Nothing to do yet" action={prepares ? prepare : null}>
          {prepares
            ? training
              ? 'Import a list of swaps. Two sample files are ready: a clean one, and one with the damage that lists really have.'
              : 'Import a list of swaps: a CSV with the current and the new ICCID or IMEI of each line.'
            : 'No bulk change was sent from this desktop. When one is, it is shown here.'}
        </Empty>
      ) : (
        <div className={classes.columns}>
          <section aria-label="What needs me">
            <h2 className={classes.heading}>What needs me</h2>
            {needs.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nothing. Every row has ended well or is on its way.
              </Text>
            ) : (
              needs.map((need) => (
                <button key={need.text} type="button" className={classes.need} onClick={() => go(need.route)}>
                  <Badge tone={need.tone}>{need.word}</Badge>
                  <span>{need.text}</span>
                </button>
              ))
            )}
          </section>
          <section aria-label="Changes">
            <h2 className={classes.heading}>Changes</h2>
            {changes.value.changes.length === 0 ? (
              <Text size="sm" c="dimmed">
                None yet.
              </Text>
            ) : (
              changes.value.changes.slice(0, 8).map((change) => <ChangeCard key={change.id} change={change} />)
            )}
          </section>
        </div>
      )}
    </Screen>
  );
}

function ChangeCard({ change }: { readonly change: BulkChange }) {
  const { go } = useRoute();
  const { tone, word } = CHANGE_WORDS[change.status];
  return (
    <button type="button" className={classes.change} onClick={() => go({ screen: 'changes', changeId: change.id })}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span className={classes.name}>
          {change.id} · {change.name}
        </span>
        <Badge tone={tone}>{word}</Badge>
      </Group>
      <ProgressBar label={`Change ${change.id}`} parts={partsOf(change.counts)} />
      <span className={classes.small}>
        {change.providerName} · {plural(change.rows, 'line')} · {ago(change.createdAt)} by {change.createdBy}
      </span>
    </button>
  );
}

interface Need {
  readonly tone: Tone;
  readonly word: string;
  readonly text: string;
  readonly route: Route;
}

/** Rows and drafts that wait for a person, the gravest first. */
function needsOf(changes: readonly BulkChange[], drafts: readonly Draft[]): readonly Need[] {
  const ofChanges = changes.flatMap((change): Need[] => {
    const route: Route = { screen: 'changes', changeId: change.id };
    const { byStatus, needsPerson } = change.counts;
    const failed = (byStatus.error ?? 0) + (byStatus.dead_letter ?? 0);
    const conflicts = byStatus.conflict ?? 0;
    const where = `of change ${change.id} · ${change.name}`;
    return [
      ...(needsPerson > 0
        ? [{ tone: 'unknown' as const, word: 'unknown', text: `${plural(needsPerson, 'row')} ${where}`, route }]
        : []),
      ...(failed > 0
        ? [{ tone: 'bad' as const, word: 'failed', text: `${plural(failed, 'row')} ${where}`, route }]
        : []),
      ...(conflicts > 0
        ? [{ tone: 'bad' as const, word: 'conflict', text: `${plural(conflicts, 'row')} ${where}`, route }]
        : []),
    ];
  });
  const ofDrafts = drafts.map((draft): Need => {
    const route: Route = { screen: 'prepare', draftId: draft.id };
    return draft.error > 0
      ? { tone: 'warn', word: 'draft', text: `${plural(draft.error, 'row')} to repair in ${draft.name}`, route }
      : { tone: 'rest', word: 'draft', text: `${draft.name} is checked and not sent`, route };
  });
  return [...ofChanges, ...ofDrafts];
}
