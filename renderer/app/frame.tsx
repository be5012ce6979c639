import { useEffect } from 'react';
import type { AppInfo } from '../../shared/contract/app';
import type { SessionInfo } from '../../shared/contract/session';
import { useWork, type Work } from '../api';
import { AuditScreen } from '../features/audit';
import { ChangesScreen } from '../features/changes';
import { HomeScreen } from '../features/home';
import { LinesScreen } from '../features/lines';
import { PrepareScreen } from '../features/prepare';
import { QueueScreen } from '../features/queue';
import { SettingsScreen } from '../features/settings';
import { useRoute, type Route } from '../lib/route';
import { CrashGuard } from './crash-guard';
import classes from './frame.module.css';
import { Navigation } from './navigation';
import { SCREENS } from './screens';
import { StatusNote } from './status-note';
import { TopBar } from './top-bar';

/** Left: where I am. Top: who, connection and data age. Middle: the work. */
export function Frame({ info, session }: { readonly info: AppInfo; readonly session: SessionInfo }) {
  const { route } = useRoute();
  const work = useWork();
  const label = SCREENS.find(({ screen }) => screen === route.screen)?.label ?? '';
  useEffect(() => {
    document.title = `${label} · Swapdesk`;
    return () => {
      document.title = 'Swapdesk';
    };
  }, [label]);
  return (
    <div className={classes.frame}>
      <TopBar info={info} session={session} />
      <div className={classes.below}>
        <Navigation session={session} work={work} />
        <div className={classes.middle}>
          <StatusNote />
          <CrashGuard key={JSON.stringify(route)}>
            <CurrentScreen route={route} info={info} work={work} />
          </CrashGuard>
        </div>
      </div>
    </div>
  );
}

interface CurrentScreenProps {
  readonly route: Route;
  readonly info: AppInfo;
  readonly work: Work;
}

function CurrentScreen({ route, info, work }: CurrentScreenProps) {
  switch (route.screen) {
    case 'home':
      return <HomeScreen training={info.training} work={work} />;
    case 'prepare':
      return <PrepareScreen route={route} training={info.training} />;
    case 'changes':
      return <ChangesScreen changeId={route.changeId} only={route.only ?? null} />;
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
