import type { CentralDb, CentralTrx } from '../../centraldb/types';
import { isCentralTrouble } from '../../lib/central-trouble';
import { together } from '../../lib/together';
import type { Session } from '../identity/types';
import * as repo from './identifiers.repo';
import { editRefused, LEASE_MS, ROWS_A_CALL, SEND_MARGIN_MS, SENDER_MS, toIdentifiersError } from './identifiers.rules';
import type { EnrolRow, IdentifiersService, IdentifierUpdate, IdentifierUpdateResult, LeaseGrant } from './types';

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
  // What several rows ask in the same moment is one transaction: four ways to the database and back instead of forty.
  const mark = together<CentralDb, repo.SendMark, boolean>(
    () => '',
    (_central, marks) => inSession((trx) => repo.markSending(trx, marks, SEND_MARGIN_MS)),
  );
  const update = together<CentralDb, IdentifierUpdate, Updated>(
    () => '',
    (_central, updates) => updateAll(updates, (some) => inSession((trx) => repo.updateIdentifiers(trx, some))),
  );
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
    markSending: (uid, fencing) => mark(deps.central, { uid, fencing }),
    releaseLeases: (uids) => inSession((trx) => repo.releaseLeases(trx, uids)),
    async update(input) {
      const answer = await update(deps.central, input);
      if ('error' in answer) throw answer.error;
      return answer.result;
    },
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

type Updated = { readonly result: IdentifierUpdateResult } | { readonly error: unknown };

/** Rows don't suffer for each other: when one is refused, each is tried alone. */
async function updateAll(
  updates: readonly IdentifierUpdate[],
  inOneTransaction: (updates: readonly IdentifierUpdate[]) => Promise<readonly IdentifierUpdateResult[]>,
): Promise<readonly Updated[]> {
  try {
    return (await inOneTransaction(updates)).map((result) => ({ result }));
  } catch (error) {
    if (updates.length === 1 || isCentralTrouble(error)) return updates.map(() => ({ error }));
    const answers: Updated[] = [];
    for (const update of updates) answers.push(...(await updateAll([update], inOneTransaction)));
    return answers;
  }
}

/** An empty change still has to be stored: there is always one part. */
function partsOf(rows: readonly EnrolRow[]): readonly (readonly EnrolRow[])[] {
  if (rows.length <= ROWS_A_CALL) return [rows];
  const count = Math.ceil(rows.length / ROWS_A_CALL);
  return Array.from({ length: count }, (_, part) => rows.slice(part * ROWS_A_CALL, (part + 1) * ROWS_A_CALL));
}
