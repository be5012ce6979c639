import { jobMessageSchema } from '../../../shared/domain/job';
import type { Fault } from '../../../shared/domain/fault';
import { together } from '../../lib/together';
import type { ReadDb, Trx } from '../../localdb/types';
import type { Job, JobEnd, LaneKey, NewJob, UnreadableJob } from './types';
import { isoTime } from '../../lib/clock';

const USUAL_PRIORITY = 1;
const PRIORITIES = [0, 1, 2] as const;

interface JobRecord {
  readonly id: number;
  readonly provider_uid: string;
  readonly device_id: number;
  readonly device_change_id: number;
  readonly priority: number;
  readonly message: string;
  readonly run_at: number;
  readonly attempts: number;
  readonly claimed_by: string;
}

export async function insertJobs(trx: Trx, jobs: readonly NewJob[], now: number): Promise<void> {
  if (jobs.length > 0) await insertAll(trx, { jobs, now });
}

const insertAll = together<Trx, { readonly jobs: readonly NewJob[]; readonly now: number }, void>(
  () => '',
  async (trx, orders) => {
    const records = orders.flatMap(({ jobs, now }) =>
      jobs.map((job) => [
        job.providerUid,
        job.deviceId,
        job.message.BulkChangeId,
        job.message.M2MDeviceChangeId,
        job.message.IsRetryUpdateIdentifier ? 1 : 0,
        job.priority ?? USUAL_PRIORITY,
        JSON.stringify(job.message),
        job.runAt,
        job.held === true ? 1 : 0,
        now,
      ]),
    );
    await trx.raw(
      `insert into job (provider_uid, device_id, bulk_change_id, device_change_id, confirms, priority, message, state,
                        run_at, held, added_at)
       select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, 'waiting',
              value ->> 7, value ->> 8, value ->> 9
       from json_each(?) order by key`,
      [JSON.stringify(records)],
    );
    return orders.map(() => undefined);
  },
);

/** One select a priority, so that each walks its own stretch of the index and stops at the first job not yet due. */
const DUE_BY_PRIORITY = PRIORITIES.map(
  (priority) => `
    select * from (
      select id, priority, run_at from job candidate
      where state = 'waiting' and held = 0 and provider_uid = :provider and confirms = :confirms
        and priority = ${priority} and run_at <= :now
        and not exists (
          select 1 from job other
          where other.state <> 'dead' and other.device_id = candidate.device_id and other.id <> candidate.id
            and (other.state = 'working'
                 or (other.device_change_id, other.id) < (candidate.device_change_id, candidate.id)))
      order by run_at, id limit :limit)`,
).join(' union all ');

export async function claimLane(
  trx: Trx,
  lane: LaneKey & { readonly limit: number },
  claim: { readonly worker: string; readonly untilMs: number; readonly now: number },
): Promise<readonly JobRecord[]> {
  const records = await trx.raw<JobRecord[]>(
    `update job set state = 'working', claimed_by = :worker, claimed_until = :until
     where id in (select id from (${DUE_BY_PRIORITY}) order by priority, run_at, id limit :limit)
     returning id, provider_uid, device_id, device_change_id, priority, message, run_at, attempts, claimed_by`,
    {
      worker: claim.worker,
      until: claim.untilMs,
      now: claim.now,
      provider: lane.providerUid,
      confirms: lane.confirms ? 1 : 0,
      limit: lane.limit,
    },
  );
  // RETURNING promises no order.
  return [...records].sort((a, b) => a.priority - b.priority || a.run_at - b.run_at || a.id - b.id);
}

/** The job behind a claimed record, or what is wrong with its message. */
export function readJob(record: JobRecord): Job | UnreadableJob {
  const message = jobMessageSchema.safeParse(parsedOrNull(record.message));
  if (!message.success || message.data.M2MDeviceChangeId !== record.device_change_id) {
    return {
      id: record.id,
      deviceChangeId: record.device_change_id,
      fault: {
        class: 'system',
        code: 'message-unreadable',
        message: 'The message of this job cannot be read; it was kept as it is.',
        correlationId: `job-${record.id}`,
      },
    };
  }
  return {
    id: record.id,
    message: message.data,
    providerUid: record.provider_uid,
    deviceId: record.device_id,
    runAt: record.run_at,
    priority: record.priority,
    attempts: record.attempts,
    claimedBy: record.claimed_by,
  };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function finishJob(
  trx: Trx,
  job: { readonly id: number; readonly claimedBy: string },
  end: JobEnd,
  now: number,
): Promise<boolean> {
  const guard = `where id = ? and state = 'working' and claimed_by = ?`;
  switch (end.kind) {
    case 'done':
      return deleteDone(trx, { id: job.id, claimedBy: job.claimedBy });
    case 'again':
      return hit(
        trx,
        `update job set state = 'waiting', claimed_by = null, claimed_until = null, run_at = ?,
                        attempts = attempts + ?, history = case when ? is null then history
                          else json_insert(history, '$[#]', json(?)) end
         ${guard} returning id`,
        [end.runAt, end.countsAsAttempt ? 1 : 0, ...historyOf(end.fault, now), job.id, job.claimedBy],
      );
    case 'dead':
      return hit(
        trx,
        `update job set state = 'dead', claimed_by = null, claimed_until = null, dead_at = ?, attempts = attempts + 1,
                        history = case when ? is null then history else json_insert(history, '$[#]', json(?)) end
         ${guard} returning id`,
        [now, ...historyOf(end.fault, now), job.id, job.claimedBy],
      );
  }
}

interface ClaimKey {
  readonly id: number;
  readonly claimedBy: string;
}

const deleteDone = together<Trx, ClaimKey, boolean>(
  ({ claimedBy }) => claimedBy,
  async (trx, jobs) => {
    const rows = await trx.raw<{ id: number }[]>(
      `delete from job where id in (select value from json_each(?)) and state = 'working' and claimed_by = ?
       returning id`,
      [JSON.stringify(jobs.map(({ id }) => id)), jobs[0]?.claimedBy ?? ''],
    );
    const gone = new Set(rows.map(({ id }) => id));
    return jobs.map(({ id }) => gone.delete(id));
  },
);

function historyOf(fault: Fault | null, now: number): readonly [string | null, string | null] {
  const entry = fault === null ? null : JSON.stringify({ at: isoTime(now), fault });
  return [entry, entry];
}

async function hit(trx: Trx, sql: string, bindings: readonly (string | number | null)[]): Promise<boolean> {
  const rows = await trx.raw<{ id: number }[]>(sql, [...bindings] as (string | number)[]);
  return rows.length > 0;
}

export function wakeRow(trx: Trx, deviceChangeId: number, runAt: number): Promise<boolean> {
  return wakeAll(trx, { deviceChangeId, runAt });
}

const wakeAll = together<Trx, { readonly deviceChangeId: number; readonly runAt: number }, boolean>(
  () => '',
  async (trx, calls) => {
    const rows = await trx.raw<{ row: number }[]>(
      `update job set run_at = case when state = 'waiting' then min(run_at, wake.value ->> 1) else run_at end
       from json_each(?) wake
       where device_change_id = wake.value ->> 0 and confirms = 1 and state <> 'dead' returning device_change_id as "row"`,
      [JSON.stringify(calls.map(({ deviceChangeId, runAt }) => [deviceChangeId, runAt]))],
    );
    const live = new Set(rows.map(({ row }) => row));
    return calls.map(({ deviceChangeId }) => live.has(deviceChangeId));
  },
);

export async function stillClaimed(trx: Trx, job: Job): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(`select 1 from job where id = ? and state = 'working' and claimed_by = ?`, [
    job.id,
    job.claimedBy,
  ]);
  return rows.length > 0;
}

/** The same, and nothing holds it; a held one is put back as it was. */
export async function startOrPutBack(trx: Trx, job: Job): Promise<boolean> {
  if (await mayStart(trx, { id: job.id, claimedBy: job.claimedBy })) return true;
  await releaseClaims(trx, job.claimedBy, [job.id]);
  return false;
}

const mayStart = together<Trx, ClaimKey, boolean>(
  ({ claimedBy }) => claimedBy,
  async (trx, jobs) => {
    const rows = await trx.raw<{ id: number }[]>(
      `select id from job where id in (select value from json_each(?)) and state = 'working' and claimed_by = ?
         and held = 0 and not exists (select 1 from provider_hold h where h.provider_uid = job.provider_uid)`,
      [JSON.stringify(jobs.map(({ id }) => id)), jobs[0]?.claimedBy ?? ''],
    );
    const free = new Set(rows.map(({ id }) => id));
    return jobs.map(({ id }) => free.has(id));
  },
);

/** Sends of a change that nobody has in hand. */
export async function deleteWaitingSends(trx: Trx, bulkChangeId: number): Promise<void> {
  await trx.raw(`delete from job where bulk_change_id = ? and confirms = 0 and held in (0, 1) and state = 'waiting'`, [
    bulkChangeId,
  ]);
}

export async function renewClaims(trx: Trx, worker: string, jobIds: readonly number[], untilMs: number): Promise<void> {
  await trx.raw(
    `update job set claimed_until = ?
     where id in (select value from json_each(?)) and state = 'working' and claimed_by = ?`,
    [untilMs, JSON.stringify(jobIds), worker],
  );
}

export async function releaseClaims(trx: Trx, worker: string, jobIds: readonly number[]): Promise<void> {
  await trx.raw(
    `update job set state = 'waiting', claimed_by = null, claimed_until = null
     where id in (select value from json_each(?)) and state = 'working' and claimed_by = ?`,
    [JSON.stringify(jobIds), worker],
  );
}

export async function releaseOrphans(trx: Trx, which: 'all' | 'expired', now: number): Promise<number> {
  const rows = await trx.raw<unknown[]>(
    `update job set state = 'waiting', claimed_by = null, claimed_until = null
     where state = 'working' and claimed_until < ? returning id`,
    [which === 'all' ? Number.MAX_SAFE_INTEGER : now],
  );
  return rows.length;
}

export async function nextDue(read: ReadDb, lanes: readonly LaneKey[]): Promise<number | null> {
  const keys = lanes.map((lane) => [lane.providerUid, lane.confirms ? 1 : 0]);
  const rows = await read.raw<{ due: number | null }[]>(
    `select min(due) as due from (
       select (select min(run_at) from job
               where state = 'waiting' and held = 0 and provider_uid = lane.value ->> 0
                 and confirms = lane.value ->> 1 and priority = p.value) as due
       from json_each(?) lane, json_each('[0,1,2]') p)`,
    [JSON.stringify(keys)],
  );
  return rows[0]?.due ?? null;
}

/**
 * Skips from provider to provider through the index of waiting jobs instead of reading every job.
 *
 * @param dueBy jobs that are due later don't count
 */
export async function providersWithJobs(
  read: ReadDb,
  confirms: readonly number[],
  dueBy: number,
): Promise<readonly string[]> {
  const rows = await read.raw<{ provider: string }[]>(
    `with recursive provider (uid) as (
       select min(provider_uid) from job where state = 'waiting' and held = 0
       union all
       select (select min(provider_uid) from job where state = 'waiting' and held = 0 and provider_uid > provider.uid)
       from provider where provider.uid is not null)
     select uid as provider from provider
     where uid is not null and exists (
       select 1 from job where state = 'waiting' and held = 0 and provider_uid = provider.uid
         and confirms in (select value from json_each(:confirms)) and priority in (0, 1, 2) and run_at <= :dueBy)
     union
     select provider_uid from job where state = 'working' and confirms in (select value from json_each(:confirms))`,
    { confirms: JSON.stringify(confirms), dueBy },
  );
  return rows.map((row) => row.provider);
}

export interface StateCount {
  readonly provider: string;
  readonly state: 'waiting' | 'working' | 'dead';
  readonly jobs: number;
  readonly delayed: number;
  readonly oldest: number | null;
}

export async function countByState(read: ReadDb, now: number): Promise<readonly StateCount[]> {
  return await read.raw<StateCount[]>(
    `select provider_uid as provider, state, count(*) as jobs,
            sum(state = 'waiting' and (held = 1 or run_at > :now)) as delayed,
            min(case when state = 'waiting' and held = 0 and run_at <= :now then run_at end) as oldest
     from job group by provider_uid, state`,
    { now },
  );
}
