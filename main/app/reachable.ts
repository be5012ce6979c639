import { SwapdeskError, tell } from '../../shared/domain/fault';
import type { ChangesService } from '../services/changes';
import type { Session } from '../services/identity';
import type { Home } from './home';

/** Stores created changes centrally and queues their rows. @returns what came of it, for the person */
export async function enrolIfReachable(changes: ChangesService): Promise<string> {
  return whenReachable(async () => {
    const { queued, conflicts } = await changes.enrol();
    const refused = conflicts === 0 ? '' : `; ${conflicts} refused: the line is in another open change`;
    return `${queued} queued${refused}.`;
  }, 'The central database can’t be reached now: the rows are queued when it can.');
}

/** Offline is a state: what needs the central database waits, everything else goes on. */
export async function whenReachable<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SwapdeskError && error.code === 'central-unreachable') return otherwise;
    throw error;
  }
}

/** Whether the central database answers now. */
export async function linkOf(
  home: Home,
  session: Session,
): Promise<{ central: 'online' | 'offline'; centralAddress: string | null }> {
  const central = await home.central();
  try {
    await central.withSession(session.token, (trx) => trx.raw('select 1'));
    return { central: 'online', centralAddress: central.address };
  } catch (error) {
    home.log.warn('central database not reached', {
      detail: error instanceof SwapdeskError ? tell(error.story) : String(error),
    });
    return { central: 'offline', centralAddress: central.address };
  }
}
