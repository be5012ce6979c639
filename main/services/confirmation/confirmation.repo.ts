import type { Knex } from 'knex';
import { together } from '../../lib/together';
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

/** One request at the carrier. */
export interface RequestKey {
  readonly providerUid: string;
  readonly requestId: string;
}

const claimsOfRequests = together<ReadDb | Trx, RequestKey, CallbackClaim[]>(
  ({ providerUid }) => providerUid,
  async (db, keys) => {
    const rows = await (db as Knex).raw<{ request_id: string; claim: string }[]>(
      `select request_id, claim from thingspace_callback_log
       where provider_uid = ? and request_id in (select value from json_each(?)) order by id`,
      [keys[0]?.providerUid ?? '', JSON.stringify(keys.map(({ requestId }) => requestId))],
    );
    const found = Map.groupBy(rows, (row) => row.request_id);
    return keys.map(({ requestId }) =>
      (found.get(requestId) ?? []).map((row) => JSON.parse(row.claim) as CallbackClaim),
    );
  },
);

/** Claims of one request, in the order of their first arrival. */
export function claimsOf(db: ReadDb | Trx, providerUid: string, requestId: string): Promise<CallbackClaim[]> {
  return claimsOfRequests(db, { providerUid, requestId });
}

export async function hasClaims(trx: Trx, providerUid: string, requestId: string): Promise<boolean> {
  return (await claimsOf(trx, providerUid, requestId)).length > 0;
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

interface Judgement extends RequestKey {
  readonly state: 'parked' | 'judged';
  readonly outcome: string;
  readonly now: number;
}

const markAll = together<Trx, Judgement, void>(
  ({ providerUid }) => providerUid,
  async (trx, marks) => {
    const records = marks.map(({ requestId, state, outcome, now }) => [requestId, state, outcome, now]);
    await trx.raw(
      `update thingspace_callback_log
       set state = mark.value ->> 1, outcome = mark.value ->> 2, judged_at = mark.value ->> 3
       from json_each(?) mark
       where provider_uid = ? and request_id = mark.value ->> 0 and state <> 'judged'`,
      [JSON.stringify(records), marks[0]?.providerUid ?? ''],
    );
    return marks.map(() => undefined);
  },
);

/** @param outcome what was made of them, in a few words */
export function markJudged(
  trx: Trx,
  request: RequestKey,
  state: 'parked' | 'judged',
  outcome: string,
  now: number,
): Promise<void> {
  return markAll(trx, { ...request, state, outcome, now });
}
