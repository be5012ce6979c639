import type { CentralDb, CentralTrx } from '../../centraldb/types';
import type { Session } from '../identity/types';
import * as repo from './identifiers.repo';
import { editRefused, LEASE_MS, ROWS_A_CALL, SEND_MARGIN_MS, SENDER_MS, toIdentifiersError } from './identifiers.rules';
import type { EnrolRow, IdentifiersService, LeaseGrant } from './types';

/**
 * What processing asks of the central database. Every call is one transaction under the session of whoever is signed in
 * at that moment, and is safe to repeat: an answer that was lost is asked for again.
 * @throws failed `central-unreachable`, `central-busy`, `identifier-in-transit`, `change-differs`; not-permitted
 * `session-ended`, `not-permitted`; usage `provider-unknown`
 */
export function createIdentifiersService(deps: { central: CentralDb; session: () => Session }): IdentifiersService {
  const inSession = async <T>(fn: (trx: CentralTrx) => Promise<T>): Promise<T> => {
    try {
      return await deps.central.withSession(deps.session().token, fn);
    } catch (error) {
      throw toIdentifiersError(error);
    }
  };
  return {
    async enrol(change, rows) {
      const grants: LeaseGrant[] = [];
      let centralId = 0;
      for (const part of partsOf(rows)) {
        const answer = await inSession((trx) => repo.enrol(trx, change, part, LEASE_MS));
        centralId = answer.centralId;
        grants.push(...answer.grants);
      }
      return { centralId, grants };
    },
    renewLeases: (uids) => inSession((trx) => repo.renewLeases(trx, uids, LEASE_MS)),
    markSending: (uid, fencing) => inSession((trx) => repo.markSending(trx, uid, fencing, SEND_MARGIN_MS)),
    releaseLeases: (uids) => inSession((trx) => repo.releaseLeases(trx, uids)),
    update: (input) => inSession((trx) => repo.updateIdentifiers(trx, input)),
    pushStatuses: (rows) => inSession((trx) => repo.pushStatuses(trx, rows)),
    acquireSender: (providerUid) => inSession((trx) => repo.acquireSender(trx, providerUid, SENDER_MS)),
    renewSender: (providerUid, fencing) => inSession((trx) => repo.renewSender(trx, providerUid, fencing, SENDER_MS)),
    releaseSender: (providerUid, fencing) => inSession((trx) => repo.releaseSender(trx, providerUid, fencing)),
    pauseProvider: (providerUid, note) => inSession((trx) => repo.pauseProvider(trx, providerUid, note)),
    resumeProvider: (providerUid) => inSession((trx) => repo.resumeProvider(trx, providerUid)),
    listPauses: () => inSession((trx) => repo.listPauses(trx)),
    async editNew(uid, next) {
      if (!(await inSession((trx) => repo.editNew(trx, uid, next)))) throw editRefused(uid);
    },
  };
}

/** An empty change still has to be stored: there is always one part. */
function partsOf(rows: readonly EnrolRow[]): readonly (readonly EnrolRow[])[] {
  if (rows.length <= ROWS_A_CALL) return [rows];
  const count = Math.ceil(rows.length / ROWS_A_CALL);
  return Array.from({ length: count }, (_, part) => rows.slice(part * ROWS_A_CALL, (part + 1) * ROWS_A_CALL));
}
