import type { Knex } from 'knex';
import type { ReadDb, Trx } from '../../localdb/types';
import type { CallbackClaim } from './types';

/** SQL of the callback log. */
export interface ReceivedCallback {
  readonly providerUid: string;
  readonly claim: CallbackClaim;
  readonly digest: string;
  /** Redacted JSON text. */
  readonly body: string;
  readonly receivedAt: number;
}

/**
 * Stores callbacks; one that was delivered before is only counted.
 *
 * @returns those that are new, each once
 */
export async function storeCallbacks(
  trx: Trx,
  callbacks: readonly ReceivedCallback[],
): Promise<readonly ReceivedCallback[]> {
  const records = callbacks.map(({ providerUid, claim, digest, body, receivedAt }) => ({
    ...{ providerUid, requestId: claim.requestId, status: claim.status, digest, body, receivedAt },
    claim: JSON.stringify(claim),
  }));
  const stored = await trx.raw<{ digest: string; provider_uid: string; times_received: number }[]>(
    `insert into thingspace_callback_log
       (provider_uid, request_id, status, digest, claim, body, received_at, last_received_at)
     select value ->> '$.providerUid', value ->> '$.requestId', value ->> '$.status', value ->> '$.digest',
       value ->> '$.claim', value ->> '$.body', value ->> '$.receivedAt', value ->> '$.receivedAt'
     from json_each(?) where true order by key
     on conflict (provider_uid, request_id, status, digest) do update
       set times_received = times_received + 1, last_received_at = excluded.last_received_at
     returning provider_uid, digest, times_received`,
    [JSON.stringify(records)],
  );
  // SQLite promises no order of the returned rows, and one callback may be twice in a batch.
  const keyOf = (providerUid: string, digest: string): string => `${providerUid} ${digest}`;
  const isNew = new Set(
    stored.filter((row) => row.times_received === 1).map((row) => keyOf(row.provider_uid, row.digest)),
  );
  return callbacks.filter((callback) => isNew.delete(keyOf(callback.providerUid, callback.digest)));
}

/** Claims of one request, in the order of their first arrival. */
export async function claimsOf(db: ReadDb | Trx, providerUid: string, requestId: string): Promise<CallbackClaim[]> {
  const rows = await (db as Knex).raw<{ claim: string }[]>(
    `select claim from thingspace_callback_log where provider_uid = ? and request_id = ? order by id`,
    [providerUid, requestId],
  );
  return rows.map((row) => JSON.parse(row.claim) as CallbackClaim);
}

export async function hasClaims(trx: Trx, providerUid: string, requestId: string): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(
    `select 1 from thingspace_callback_log where provider_uid = ? and request_id = ? limit 1`,
    [providerUid, requestId],
  );
  return rows.length > 0;
}

/** Requests with callbacks that nobody has judged, oldest first. */
export async function waitingRequests(db: ReadDb, providerUid: string, limit: number): Promise<string[]> {
  const rows = await db.raw<{ request_id: string }[]>(
    `select request_id from thingspace_callback_log where provider_uid = ? and state = 'waiting'
     group by request_id order by min(id) limit ?`,
    [providerUid, limit],
  );
  return rows.map((row) => row.request_id);
}

/** @param outcome what was made of them, in a few words */
export async function markJudged(
  trx: Trx,
  request: { readonly providerUid: string; readonly requestId: string },
  state: 'parked' | 'judged',
  outcome: string,
  now: number,
): Promise<void> {
  await trx.raw(
    `update thingspace_callback_log set state = ?, outcome = ?, judged_at = ?
     where provider_uid = ? and request_id = ? and state <> 'judged'`,
    [state, outcome, now, request.providerUid, request.requestId],
  );
}
