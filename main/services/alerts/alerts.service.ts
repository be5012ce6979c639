import type { Alert } from '../../../shared/domain/alert';
import { SwapdeskError, usageError } from '../../../shared/domain/fault';
import type { CentralDb, CentralTrx } from '../../centraldb/types';
import type { Session } from '../identity/types';
import * as repo from './alerts.repo';
import type { AlertsService } from './types';

export function createAlertsService(deps: {
  readonly central: CentralDb;
  readonly session: () => Session;
}): AlertsService {
  const inCentral = <T>(fn: (trx: CentralTrx) => Promise<T>): Promise<T> =>
    deps.central.withSession(deps.session().token, fn);
  let lastSeen: readonly Alert[] = [];
  return {
    async list() {
      try {
        lastSeen = await inCentral(repo.selectOpen);
      } catch (error) {
        if (!(error instanceof SwapdeskError) || error.code !== 'central-unreachable') throw error;
      }
      return lastSeen;
    },
    raise: (alert) => inCentral((trx) => repo.raise(trx, alert)),
    async acknowledge(uid) {
      if (/^[0-9a-f-]{36}$/i.test(uid) && (await inCentral((trx) => repo.acknowledge(trx, uid)))) return;
      throw usageError({
        code: 'alert-unknown',
        what: 'There is no such open alert that you may see',
        where: uid,
        todo: 'Somebody may have acknowledged it meanwhile.',
      });
    },
  };
}
