import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import type { SessionInfo } from '../../shared/contract/session';
import { api, may, useSession, type Work } from '../api';
import { rowsForPerson } from '../lib/change-parts';
import { useRoute, type Route } from '../lib/route';
import classes from './frame.module.css';
import { SCREENS, type ScreenEntry } from './screens';

interface NavigationProps {
  readonly session: SessionInfo;
  readonly work: Work;
}

/** Every screen, with counts of what needs me; what the role may not see says why. */
export function Navigation({ session, work }: NavigationProps) {
  const counts = countsOf(work);
  return (
    <nav className={classes.navigation} aria-label="Screens">
      {SCREENS.map((entry) => (
        <Entry key={entry.screen} entry={entry} session={session} count={counts[entry.screen] ?? null} />
      ))}
      <div className={classes.spacer} />
      <div className={classes.you}>
        <div className={classes.who}>
          <strong>{session.userName}</strong>
          <span>{session.role}</span>
        </div>
        <SignOut />
      </div>
    </nav>
  );
}

interface Count {
  readonly number: number;
  readonly words: string;
}

function countsOf({ changes, drafts }: Work): Partial<Record<Route['screen'], Count>> {
  const needing = (changes ?? []).filter((change) => rowsForPerson(change.counts) > 0).length;
  const running = (changes ?? []).filter(
    (change) => change.status === 'processing' || change.status === 'queued',
  ).length;
  return {
    ...(needing > 0 ? { home: { number: needing, words: 'need you' } } : {}),
    ...(drafts.length > 0 ? { prepare: { number: drafts.length, words: 'drafts' } } : {}),
    ...(running > 0 ? { changes: { number: running, words: 'running' } } : {}),
  };
}

interface EntryProps {
  readonly entry: ScreenEntry;
  readonly session: SessionInfo;
  readonly count: Count | null;
}

function Entry({ entry, session, count }: EntryProps) {
  const { route, go } = useRoute();
  const allowed = entry.needs === null || may(session, entry.needs);
  return (
    <Tooltip label={`The role ${session.role} has no access to ${entry.label}`} position="right" disabled={allowed}>
      <button
        type="button"
        className={classes.entry}
        aria-description={count === null ? undefined : `${count.number} ${count.words}`}
        aria-current={route.screen === entry.screen ? 'page' : undefined}
        aria-disabled={!allowed || undefined}
        onClick={() => {
          if (allowed) go(entry.route);
        }}
      >
        <entry.icon size={18} stroke={1.7} aria-hidden="true" />
        <span className={classes.label}>{entry.label}</span>
        {count === null ? null : (
          <span className={classes.count} aria-hidden="true" title={`${count.number} ${count.words}`}>
            {count.number}
          </span>
        )}
      </button>
    </Tooltip>
  );
}

function SignOut() {
  const { setSession } = useSession();
  const { go } = useRoute();
  return (
    <Tooltip label="Sign out">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Sign out"
        onClick={() => {
          const leave = (): void => {
            go({ screen: 'home' });
            setSession(null);
          };
          // Main has ended the session in any case; what can't be told to the central database runs out there.
          api.call('session.signOut', null).then(leave, leave);
        }}
      >
        <IconLogout size={18} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
