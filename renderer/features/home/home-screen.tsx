import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { BulkChange } from '../../../shared/contract/changes';
import { may, useSession, type Work } from '../../api';
import { partsOf } from '../../lib/change-parts';
import { plural } from '../../lib/numbers';
import { useRoute } from '../../lib/route';
import { CHANGE_WORDS } from '../../lib/status-words';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { ProgressBar } from '../../ui/progress-bar';
import { Empty, Loading, Screen } from '../../ui/screen';
import classes from './home-screen.module.css';
import { needsOf } from './needs';

const CHANGES_SHOWN = 8;

/** What needs me, what is running, and the next step. */
export function HomeScreen({ training, work }: { readonly training: boolean; readonly work: Work }) {
  const { session, status } = useSession();
  const { go } = useRoute();
  const prepares = may(session, 'drafts.edit');
  const { changes, drafts, error, reload } = work;
  const isNew = changes?.length === 0 && drafts.length === 0;
  const toPrepare = (
    <Button
      leftSection={<IconFileImport size={16} aria-hidden="true" />}
      onClick={() => go({ screen: 'prepare', draftId: null })}
    >
      Import a file
    </Button>
  );
  return (
    <Screen
      title="Home"
      about={
        status === null ? undefined : (
          <>
            Lines as of <Ago at={status.mirrorAt} />
          </>
        )
      }
      actions={prepares && !isNew ? toPrepare : null}
    >
      {error === null ? null : <ErrorPanel error={error} onRetry={reload} />}
      {changes === null ? (
        error === null ? (
          <Loading what="your work" />
        ) : null
      ) : isNew ? (
        prepares ? (
          <FirstStep training={training} toPrepare={toPrepare} />
        ) : (
          <Empty title="Nothing to see yet">
            No bulk change was sent from this desktop. When one is, it is shown here.
          </Empty>
        )
      ) : (
        <div className={classes.columns}>
          <Needs changes={changes} drafts={drafts} />
          <section aria-label="Newest changes">
            <h2 className={classes.heading}>Newest changes</h2>
            {changes.length === 0 ? <p className={classes.none}>None yet: a draft that is sent becomes one.</p> : null}
            {changes.slice(0, CHANGES_SHOWN).map((change) => (
              <ChangeCard key={change.id} change={change} />
            ))}
          </section>
        </div>
      )}
    </Screen>
  );
}

/** Nothing is there yet: in training the samples are one press away. */
function FirstStep({ training, toPrepare }: { readonly training: boolean; readonly toPrepare: ReactNode }) {
  const { session } = useSession();
  const { go } = useRoute();
  const provider = session?.providers[0];
  const importSample = (sample: 'clean' | 'damaged'): void => go({ screen: 'prepare', draftId: null, sample });
  return (
    <Empty
      title="Import a list of swaps"
      action={
        <div className={classes.steps}>
          {training && provider !== undefined ? (
            <>
              <Button onClick={() => importSample('damaged')}>Import the sample with real-life damage</Button>
              <Button variant="default" onClick={() => importSample('clean')}>
                Import the clean sample
              </Button>
            </>
          ) : null}
          {training ? (
            <Button variant="default" onClick={() => go({ screen: 'prepare', draftId: null })}>
              Import a file
            </Button>
          ) : (
            toPrepare
          )}
        </div>
      }
    >
      A CSV or a workbook with the current and the new ICCID or IMEI of each line. Swapdesk checks every row and says
      what is wrong; nothing is sent before you press send.
    </Empty>
  );
}

function Needs({ changes, drafts }: { readonly changes: readonly BulkChange[]; readonly drafts: Work['drafts'] }) {
  const { go } = useRoute();
  const needs = needsOf(changes, drafts);
  return (
    <section aria-label="What needs me">
      <h2 className={classes.heading}>What needs me</h2>
      {needs.length === 0 ? (
        <p className={classes.none}>Nothing. Every row has ended well or is on its way.</p>
      ) : (
        <ul className={classes.needs}>
          {needs.map((need) => (
            <li key={`${need.word} ${need.rows} ${need.where}`}>
              <button type="button" className={classes.need} onClick={() => go(need.route)}>
                <Badge tone={need.tone}>{need.word}</Badge> <span className={classes.what}>{need.rows}</span>{' '}
                <span className={classes.where}>{need.where}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ChangeCard({ change }: { readonly change: BulkChange }) {
  const { go } = useRoute();
  const { tone, word } = CHANGE_WORDS[change.status];
  return (
    <button type="button" className={classes.change} onClick={() => go({ screen: 'changes', changeId: change.id })}>
      <span className={classes.first}>
        <span className={classes.name}>
          {change.id} · {change.name}
        </span>
        <Badge tone={tone}>{word}</Badge>
      </span>
      <ProgressBar label={`Change ${change.id}`} parts={partsOf(change.counts)} />
      <span className={classes.small}>
        {change.providerName} · {plural(change.rows, 'line')} · <Ago at={change.createdAt} /> by {change.createdBy}
      </span>
    </button>
  );
}
