import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import type { DeadFilter, DeadJob, DeadNote, NewJob } from './types';

/** SQL of dead letters. */
interface DeadRecord {
  readonly id: number;
  readonly provider_uid: string;
  readonly bulk_change_id: number;
  readonly device_change_id: number;
  readonly confirms: number;
  readonly message: string;
  readonly attempts: number;
  readonly dead_at: number;
  readonly history: string;
}

const COLUMNS = 'id, provider_uid, bulk_change_id, device_change_id, confirms, message, attempts, dead_at, history';

/** Code of the last fault: acts of a person stand in the history too. */
const LAST_CODE = `(select value ->> '$.fault.code' from json_each(job.history)
  where value ->> '$.fault.code' is not null order by key desc limit 1)`;

function where(filter: DeadFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const parts: (readonly [string, string | number])[] = [];
  if (filter.jobIds !== undefined) {
    parts.push(['id in (select value from json_each(?))', JSON.stringify(filter.jobIds)]);
  }
  if (filter.providerUid !== undefined) parts.push(['provider_uid = ?', filter.providerUid]);
  if (filter.changeId !== undefined) parts.push(['bulk_change_id = ?', filter.changeId]);
  if (filter.code !== undefined) parts.push([`${LAST_CODE} = ?`, filter.code]);
  return {
    sql: [`state = 'dead'`, ...parts.map(([sql]) => sql)].join(' and '),
    values: parts.map(([, value]) => value),
  };
}

export async function selectDead(
  read: ReadDb,
  filter: DeadFilter,
  page: { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly letters: readonly DeadJob[] }> {
  const { sql, values } = where(filter);
  const [count] = await read.raw<{ total: number }[]>(`select count(*) as total from job where ${sql}`, [...values]);
  const records = await read.raw<DeadRecord[]>(
    `select ${COLUMNS} from job where ${sql} order by dead_at desc, id desc limit ? offset ?`,
    [...values, page.limit, page.offset],
  );
  return { total: count?.total ?? 0, letters: records.map(letterOf) };
}

export async function findDead(trx: Trx, jobId: number): Promise<DeadJob | null> {
  const [record] = await trx.raw<DeadRecord[]>(`select ${COLUMNS} from job where id = ? and state = 'dead'`, [jobId]);
  return record === undefined ? null : letterOf(record);
}

export async function findDeadOf(trx: Trx, deviceChangeId: number): Promise<readonly number[]> {
  const rows = await trx.raw<{ id: number }[]>(
    `select id from job where state = 'dead' and bulk_change_id = (
       select bulk_change_id from m2m_device_change where id = ?) and device_change_id = ? order by id`,
    [deviceChangeId, deviceChangeId],
  );
  return rows.map((row) => row.id);
}

function letterOf(record: DeadRecord): DeadJob {
  return {
    id: record.id,
    providerUid: record.provider_uid,
    bulkChangeId: record.bulk_change_id,
    deviceChangeId: record.device_change_id,
    confirms: record.confirms === 1,
    rawMessage: record.message,
    attempts: record.attempts,
    deadAt: isoTime(record.dead_at),
    history: JSON.parse(record.history) as Record<string, unknown>[],
  };
}

export async function reviveDead(
  trx: Trx,
  jobId: number,
  job: NewJob,
  entry: DeadNote & { readonly at: string },
): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(
    `update job set state = 'waiting', dead_at = null, attempts = 0, run_at = ?, held = ?, confirms = ?, message = ?,
                    priority = ?, history = json_insert(history, '$[#]', json(?))
     where id = ? and state = 'dead' returning id`,
    [
      job.runAt,
      job.held === true ? 1 : 0,
      job.message.IsRetryUpdateIdentifier ? 1 : 0,
      JSON.stringify(job.message),
      job.priority ?? 1,
      JSON.stringify(entry),
      jobId,
    ],
  );
  return rows.length > 0;
}

export async function appendDeadNote(
  trx: Trx,
  jobId: number,
  entry: DeadNote & { readonly at: string },
): Promise<void> {
  await trx.raw(`update job set history = json_insert(history, '$[#]', json(?)) where id = ? and state = 'dead'`, [
    JSON.stringify(entry),
    jobId,
  ]);
}

export async function deleteDead(trx: Trx, jobIds: readonly number[]): Promise<number> {
  const rows = await trx.raw<unknown[]>(
    `delete from job where state = 'dead' and id in (select value from json_each(?)) returning id`,
    [JSON.stringify(jobIds)],
  );
  return rows.length;
}
