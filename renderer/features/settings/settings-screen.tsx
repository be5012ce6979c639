import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { AppInfo } from '../../../shared/contract/app';
import { useSession } from '../../api';
import { CopyButton } from '../../ui/copy-button';
import { Fact, Facts, Screen } from '../../ui/screen';
import classes from './settings-screen.module.css';

/** How the window looks, and what this program is. */
export function SettingsScreen({ info }: { readonly info: AppInfo }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { status, session } = useSession();
  const about = [
    ['Version', info.version],
    ['Window', info.shell === 'electron' ? 'Electron' : 'installed Chromium'],
    ['Node', info.node],
    ['Mode', info.training ? 'training' : 'real carrier'],
    ['Central database', status?.centralAddress ?? 'none'],
  ] as const;
  return (
    <Screen title="Settings">
      <section className={classes.section} aria-label="Appearance">
        <h2 className={classes.heading}>Appearance</h2>
        <SegmentedControl
          aria-label="Theme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value)}
          data={[
            { value: 'auto', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </section>
      <section className={classes.section} aria-label="Service providers">
        <h2 className={classes.heading}>Service providers</h2>
        {session === null || session.providers.length === 0 ? (
          <p className={classes.none}>None that you may see.</p>
        ) : (
          <Facts beside>
            {session.providers.map((provider) => (
              <Fact key={provider.uid} label={provider.name}>
                account {provider.account} ·{' '}
                {provider.hasCredentials ? 'credentials are stored' : '! credentials are missing: nothing can be sent'}
              </Fact>
            ))}
          </Facts>
        )}
      </section>
      <section className={classes.section} aria-label="About">
        <h2 className={classes.heading}>About</h2>
        <Facts beside>
          {about.map(([label, value]) => (
            <Fact key={label} label={label}>
              {value}
            </Fact>
          ))}
          {info.notices.map((notice) => (
            <Fact key={notice} label="Notice">
              {notice}
            </Fact>
          ))}
        </Facts>
        <div className={classes.copy}>
          <CopyButton
            label="Copy for support"
            text={[...about.map(([label, value]) => `${label}: ${value}`), ...info.notices].join('\n')}
          />
        </div>
      </section>
    </Screen>
  );
}
