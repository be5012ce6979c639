import { isAllowed } from '../../shared/domain/permission';
import type { QueueStats } from '../services/queue';
import { whenReachable } from './reachable';
import type { Workspace } from './workspace';

/** Jobs are due here and nobody takes them: every desk that sees the provider is told, until somebody acknowledges it. */
export async function tellIfNobodyWorks(
  workspace: Pick<Workspace, 'session' | 'alerts' | 'queue'>,
  known?: QueueStats,
): Promise<void> {
  const { session, alerts } = workspace;
  if (!isAllowed(session.role, 'changes.run')) return;
  const stats = known ?? (await workspace.queue.stats());
  if (!stats.nobodyWorks) return;
  for (const { provider, waiting, paused } of stats.byProvider) {
    if (waiting === 0 || paused) continue;
    const message = `${waiting} jobs of ${session.userName} are due since ${stats.oldestWaitingAt ?? 'a while'} and nobody works on them. Open that window, or run \`swapdesk run\`.`;
    const alert = { providerUid: provider, code: 'nobody-works', about: session.userUid, message } as const;
    await whenReachable(() => alerts.raise(alert), undefined);
  }
}
