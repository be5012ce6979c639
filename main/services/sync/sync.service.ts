import { SwapdeskError, workFailed } from '../../../shared/domain/fault';
import type { CentralDb } from '../../centraldb';
import { isoTime, type Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import { isLock, waitForOsLock } from '../../lib/os-lock';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit';
import type { Session } from '../identity';
import { pullCallbacks } from './callback-feed';
import { readOwnHeads } from './central.repo';
import { readMirrorState, setMirrorMaxAge } from './mirror.repo';
import { countOutbox } from './outbox.repo';
import { pull } from './pull';
import { pushAudit, pushOutbox, type PushDeps } from './push';
import type { SyncResult, SyncService } from './types';

export interface SyncDeps {
  readonly local: LocalDb;
  readonly central: CentralDb;
  /** Whoever works here now: the mirror holds what this user may see. */
  readonly session: () => Session;
  readonly audit: Pick<AuditService, 'heads' | 'after'>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOCK_WAIT_MS = 120_000;

export function createSyncService(deps: SyncDeps): SyncService {
  const { local, clock } = deps;
  const work: PushDeps = {
    ...deps,
    inCentral: (fn) => deps.central.withSession(deps.session().token, fn),
  };
  let last: Promise<unknown> = Promise.resolve();

  async function mirrorAt(): Promise<string | null> {
    const state = await readMirrorState(local.read);
    return state === null ? null : isoTime(state.mirrorAt);
  }

  const pushAll = async (): Promise<number> => (await pushOutbox(work)) + (await pushAudit(work));

  async function syncOnce(signal?: AbortSignal): Promise<SyncResult> {
    // Another process may sync the same database: the window, a command, a script.
    const lock = await waitForOsLock(`${local.file}.sync-lock`, 'sync', LOCK_WAIT_MS, clock);
    if (!isLock(lock)) throw syncElsewhere(lock.heldBy);
    try {
      const pulled = await pull(work, signal);
      const pushed = await pushAll();
      return { pulled, pushed, mirrorAt: (await mirrorAt()) ?? isoTime(clock.now()) };
    } finally {
      await lock.release();
    }
  }

  return {
    mirrorAt,
    push: pushAll,
    waiting: () => countOutbox(local.read),
    pullCallbacks: (take) => pullCallbacks(work, take),
    onCallbackHint: (listener) => deps.central.listen('swapdesk_callback', listener),
    setStaleAfter: (hours) => local.write((trx) => setMirrorMaxAge(trx, hours)),
    async centralHeads() {
      try {
        return await work.inCentral(readOwnHeads);
      } catch (error) {
        if (error instanceof SwapdeskError && error.code === 'central-unreachable') return [];
        throw error;
      }
    },
    sync(signal) {
      const result = last.then(() => syncOnce(signal));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

function syncElsewhere(holder: string): Error {
  return workFailed({
    code: 'sync-elsewhere',
    what: 'This data folder is being synced already',
    where: holder,
    todo: 'Wait until it has finished, then try again.',
  });
}
