import type { QueueStats } from '../../../shared/contract/queue';
import { useCall, useEvent, useSession } from '../../api';
import { count, digits } from '../../lib/numbers';
import { Ago } from '../../ui/ago';
import { Badge } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { Empty, Loading, Screen } from '../../ui/screen';
import classes from './queue-screen.module.css';

const PROCESSOR_WORDS = {
  running: 'This desktop is sending.',
  stopped: 'This desktop is not sending.',
  elsewhere: 'Another Swapdesk on this data folder is sending.',
} as const;

/** What waits, what is in flight, what is dead, by service provider. */
export function QueueScreen() {
  const { status } = useSession();
  const stats = useCall('queue.stats', null);
  useEvent('changes.progressed', stats.reload);
  useEvent('app.statusChanged', stats.reload);
  if (stats.error !== null) {
    return (
      <Screen title="Queue">
        <ErrorPanel error={stats.error} onRetry={stats.reload} />
      </Screen>
    );
  }
  if (stats.value === null) return <Loading what="the queue" />;
  const idle = stats.value.byProvider.length === 0;
  return (
    <Screen title="Queue" about={status === null ? undefined : PROCESSOR_WORDS[status.processor]}>
      <Numbers stats={stats.value} />
      {idle ? (
        <Empty title="Nothing waits">Every row that was sent has ended, or nothing was sent yet.</Empty>
      ) : (
        <Providers stats={stats.value} />
      )}
    </Screen>
  );
}

function Numbers({ stats }: { readonly stats: QueueStats }) {
  const numbers = [
    ['waiting', stats.waiting],
    ['in flight', stats.working],
    ['delayed', stats.delayed],
    ['dead letters', stats.dead],
  ] as const;
  return (
    <dl className={classes.numbers}>
      {numbers.map(([label, value]) => (
        <div key={label} className={classes.number} data-bad={(label === 'dead letters' && value > 0) || undefined}>
          <dt>{label}</dt>
          <dd>{count(value)}</dd>
        </div>
      ))}
      <div className={classes.number}>
        <dt>the oldest came</dt>
        <dd>{stats.oldestWaitingAt === null ? 'none' : <Ago at={stats.oldestWaitingAt} />}</dd>
      </div>
    </dl>
  );
}

function Providers({ stats }: { readonly stats: QueueStats }) {
  return (
    <table className={classes.table}>
      <caption className={classes.caption}>By service provider</caption>
      <thead>
        <tr>
          <th scope="col">service provider</th>
          <th scope="col">state</th>
          <th scope="col" className={classes.figure}>
            waiting
          </th>
          <th scope="col" className={classes.figure}>
            in flight
          </th>
          <th scope="col" className={classes.figure}>
            dead letters
          </th>
        </tr>
      </thead>
      <tbody>
        {stats.byProvider.map((one) => (
          <tr key={one.provider}>
            <th scope="row">{one.provider}</th>
            <td>
              <Badge tone={one.paused ? 'warn' : 'done'}>{one.paused ? 'paused' : 'open'}</Badge>
            </td>
            <td className={classes.figure}>{count(one.waiting)}</td>
            <td className={classes.figure}>{count(one.working)}</td>
            <td className={classes.figure}>
              {one.dead > 0 ? <Badge tone="bad">{digits(one.dead)}</Badge> : count(one.dead)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
