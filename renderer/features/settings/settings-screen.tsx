import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import type { AppInfo } from '../../../shared/contract/app';
import { useSession } from '../../api';
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
    ['Central database', status?.centralAddress ?? 'unknown'],
  ] as const;
  return (
    <Screen title="Settings">
      <section className={classes.section} aria-label="Appearance">
        <h2 className={classes.heading}>Appearance</h2>
        <SegmentedControl
          aria-label="Theme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[
            { value: 'auto', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </section>
      <section className={classes.section} aria-label="Service providers">
        <h2 className={classes.heading}>Service providers</h2>
        <Facts>
          {(session?.providers ?? []).map((provider) => (
            <Fact key={provider.uid} label={provider.name}>
              account {provider.account} · credentials {provider.hasCredentials ? 'are kept' : 'are missing'}
            </Fact>
          ))}
        </Facts>
      </section>
      <section className={classes.section} aria-label="About">
        <h2 className={classes.heading}>About</h2>
        <Facts>
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
        <Button
          mt="md"
          size="compact-sm"
          variant="default"
          leftSection={<IconCopy size={14} />}
          onClick={() =>
            void navigator.clipboard.writeText(about.map(([label, value]) => `${label}: ${value}`).join('\n'))
          }
        >
          Copy for support
        </Button>
      </section>
    </Screen>
  );
}
