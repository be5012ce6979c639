import { ActionIcon, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppInfo } from '../../shared/contract/app';
import type { SessionInfo } from '../../shared/contract/session';
import { api, useAction, useEvent, useSession } from '../api';
import { useRoute } from '../lib/route';
import { Ago } from '../ui/ago';
import { ErrorPanel } from '../ui/error-panel';
import classes from './frame.module.css';

/** Which service providers, what the person should know, the connection, and the age of the data. */
export function TopBar({ info, session }: { readonly info: AppInfo; readonly session: SessionInfo }) {
  const { status } = useSession();
  const { go } = useRoute();
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
          <button type="button" className={classes.notice} onClick={() => go({ screen: 'settings' })}>
            ! {info.notices.length === 1 ? 'a notice' : `${info.notices.length} notices`}
          </button>
        </Tooltip>
      )}
      <Connection />
      <SyncNow mirrorAt={status?.mirrorAt ?? null} />
    </header>
  );
}

const CENTRAL_WORDS = { online: 'online', offline: 'offline', none: 'not connected' } as const;
const PROCESSOR_WORDS = {
  running: 'sending is on',
  stopped: 'sending is off',
  elsewhere: 'another Swapdesk sends',
} as const;

function Connection() {
  const { status } = useSession();
  if (status === null) return null;
  const online = status.central === 'online';
  return (
    <span
      className={classes.connection}
      data-online={online || undefined}
      role="status"
      aria-label="Connection"
      title={status.centralAddress ?? undefined}
    >
      <span aria-hidden="true">{online ? '●' : '○'}</span> {CENTRAL_WORDS[status.central]} ·{' '}
      {PROCESSOR_WORDS[status.processor]}
    </span>
  );
}

function SyncNow({ mirrorAt }: { readonly mirrorAt: string | null }) {
  const [toldAt, setToldAt] = useState<string | null>(null);
  const { busy, error, run, clear } = useAction();
  useEvent('lines.mirrorChanged', (changed) => setToldAt(changed.mirrorAt));
  // The event comes before the next status, which then is the newer.
  const at = toldAt !== null && (mirrorAt === null || toldAt > mirrorAt) ? toldAt : mirrorAt;
  const sync = (): void =>
    run(async () => {
      const { mirrorAt: syncedAt } = await api.call('lines.sync', null);
      setToldAt(syncedAt);
    });
  return (
    <>
      <span className={classes.age}>data {at === null ? 'never loaded' : <Ago at={at} />}</span>
      <Tooltip label="Bring this desktop up to date" disabled={error !== null}>
        <ActionIcon variant="subtle" color="gray" aria-label="Sync now" loading={busy} onClick={sync}>
          <IconRefresh size={18} aria-hidden="true" />
        </ActionIcon>
      </Tooltip>
      {error === null ? null : (
        <div className={classes.floating}>
          <ErrorPanel error={error} onRetry={sync} onClose={clear} />
        </div>
      )}
    </>
  );
}
