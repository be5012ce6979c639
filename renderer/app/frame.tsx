import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppInfo } from '../../shared/contract/app';
import type { SessionInfo } from '../../shared/contract/session';
import { api, asContractError, may, useEvent, useSession, type ContractError } from '../api';
import { AuditScreen } from '../features/audit';
import { ChangesScreen } from '../features/changes';
import { HomeScreen } from '../features/home';
import { LinesScreen } from '../features/lines';
import { PrepareScreen } from '../features/prepare';
import { QueueScreen } from '../features/queue';
import { SettingsScreen } from '../features/settings';
import { useRoute, type Route } from '../lib/route';
import { ago, exact } from '../lib/time';
import { ErrorPanel } from '../ui/error-panel';
import classes from './frame.module.css';
import { SCREENS } from './screens';

/** Left: where I am. Top: who, connection and data age. Middle: the work. */
export function Frame({ info, session }: { readonly info: AppInfo; readonly session: SessionInfo }) {
  const { route } = useRoute();
  return (
    <div className={classes.frame}>
      <TopBar info={info} session={session} />
      <div className={classes.below}>
        <Navigation session={session} />
        <CurrentScreen route={route} info={info} />
      </div>
    </div>
  );
}

function CurrentScreen({ route, info }: { readonly route: Route; readonly info: AppInfo }) {
  switch (route.screen) {
    case 'home':
      return <HomeScreen training={info.training} />;
    case 'prepare':
      return <PrepareScreen draftId={route.draftId} training={info.training} />;
    case 'changes':
      return <ChangesScreen changeId={route.changeId} />;
    case 'queue':
      return <QueueScreen />;
    case 'lines':
      return <LinesScreen />;
    case 'audit':
      return <AuditScreen change={route.change} />;
    case 'settings':
      return <SettingsScreen info={info} />;
  }
}

function Navigation({ session }: { readonly session: SessionInfo }) {
  const { route, go } = useRoute();
  return (
    <nav className={classes.navigation} aria-label="Screens">
      {SCREENS.map((entry) => {
        const allowed = entry.needs === null || may(session, entry.needs);
        const button = (
          <button
            key={entry.screen}
            type="button"
            className={classes.entry}
            aria-current={route.screen === entry.screen ? 'page' : undefined}
            aria-disabled={!allowed || undefined}
            onClick={() => {
              if (allowed) go(entry.route);
            }}
          >
            <entry.icon size={18} stroke={1.7} aria-hidden="true" />
            {entry.label}
          </button>
        );
        return allowed ? (
          button
        ) : (
          <Tooltip
            key={entry.screen}
            label={`The role ${session.role} has no access to ${entry.label}`}
            position="right"
          >
            {button}
          </Tooltip>
        );
      })}
      <div className={classes.spacer} />
      <div className={classes.you}>
        <div>
          <strong>{session.userName}</strong>
          <span>{session.role}</span>
        </div>
        <SignOut />
      </div>
    </nav>
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

function TopBar({ info, session }: { readonly info: AppInfo; readonly session: SessionInfo }) {
  const { status } = useSession();
  const providers = session.providers.map((provider) => provider.name).join(' · ');
  return (
    <header className={classes.top}>
      <span className={classes.brand}>
        <span aria-hidden="true" className={classes.mark}>
          ⇄
        </span>
        Swapdesk
      </span>
      <span className={classes.providers} title={providers}>
        {providers === '' ? 'no service provider' : providers}
      </span>
      <span className={classes.spacer} />
      {info.notices.length === 0 ? null : (
        <Tooltip label={info.notices.join(' ')} multiline w={320}>
          <span className={classes.notice} tabIndex={0}>
            ! {info.notices.length === 1 ? 'a notice' : `${info.notices.length} notices`}
          </span>
        </Tooltip>
      )}
      <Connection />
      <SyncNow mirrorAt={status?.mirrorAt ?? null} />
    </header>
  );
}

function Connection() {
  const { status } = useSession();
  if (status === null) return null;
  const online = status.central === 'online';
  const words = { online: 'online', offline: 'offline', none: 'not connected' }[status.central];
  const processor = {
    running: 'sending is on',
    stopped: 'sending is off',
    elsewhere: 'another Swapdesk sends',
  }[status.processor];
  return (
    <Tooltip label={status.processorNote ?? status.centralAddress ?? ''} multiline maw={360}>
      <span className={classes.connection} data-online={online || undefined} role="status" tabIndex={0}>
        <span aria-hidden="true">{online ? '●' : '○'}</span> {words} · {processor}
      </span>
    </Tooltip>
  );
}

function SyncNow({ mirrorAt }: { readonly mirrorAt: string | null }) {
  const [at, setAt] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ContractError | null>(null);
  useEvent('lines.mirrorChanged', (changed) => setAt(changed.mirrorAt));
  const shown = at ?? mirrorAt;
  const sync = (): void => {
    setBusy(true);
    api
      .call('lines.sync', null)
      .then(
        () => setError(null),
        (reason: unknown) => setError(asContractError(reason)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <span className={classes.age} title={shown === null ? undefined : exact(shown)}>
        data {shown === null ? 'never loaded' : ago(shown)}
      </span>
      <Tooltip label="Bring this desktop up to date">
        <ActionIcon variant="subtle" color="gray" aria-label="Sync now" loading={busy} onClick={sync}>
          <IconRefresh size={18} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
      {error === null ? null : (
        <div className={classes.floating}>
          <ErrorPanel story={error.story} correlationId={error.correlationId} onRetry={sync} />
        </div>
      )}
    </>
  );
}
