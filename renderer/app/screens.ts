import {
  IconFileImport,
  IconHome,
  IconListDetails,
  IconSettings,
  IconShieldCheck,
  IconStack2,
  IconWifi,
  type Icon,
} from '@tabler/icons-react';
import type { Permission } from '../../shared/domain/permission';
import type { Route } from '../lib/route';

export interface ScreenEntry {
  readonly screen: Route['screen'];
  readonly label: string;
  readonly icon: Icon;
  readonly route: Route;
  /** Without it the entry is shown, disabled, with the reason. */
  readonly needs: Permission | null;
}

export const SCREENS: readonly ScreenEntry[] = [
  { screen: 'home', label: 'Home', icon: IconHome, route: { screen: 'home' }, needs: null },
  {
    screen: 'prepare',
    label: 'Prepare',
    icon: IconFileImport,
    route: { screen: 'prepare', draftId: null },
    needs: 'drafts.edit',
  },
  {
    screen: 'changes',
    label: 'Changes',
    icon: IconListDetails,
    route: { screen: 'changes', changeId: null },
    needs: 'changes.read',
  },
  { screen: 'queue', label: 'Queue', icon: IconStack2, route: { screen: 'queue' }, needs: 'queue.read' },
  { screen: 'lines', label: 'Lines', icon: IconWifi, route: { screen: 'lines' }, needs: 'lines.read' },
  {
    screen: 'audit',
    label: 'Audit',
    icon: IconShieldCheck,
    route: { screen: 'audit', change: null },
    needs: 'audit.read',
  },
  { screen: 'settings', label: 'Settings', icon: IconSettings, route: { screen: 'settings' }, needs: null },
];
