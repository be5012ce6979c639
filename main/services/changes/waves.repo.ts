import { z } from 'zod';
import { changeOptionsSchema, type Canary } from '../../../shared/domain/control';
import type { ReadDb, Trx } from '../../localdb/types';
import { HAS_FAILED } from './changes.repo';
import { wholeWave } from './order.repo';

/** SQL of changes that are sent in waves. */
const acceptedSchema = z.object({ codes: z.array(z.string()), count: z.number() });
export type AcceptedFailures = z.infer<typeof acceptedSchema>;

export interface WaveRecord {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly canary: Canary | null;
  readonly wave: number;
  readonly waveEnd: number;
  readonly accepted: AcceptedFailures;
}

/** Changes whose waves are under way and that nobody holds. */
export async function findWaves(read: ReadDb): Promise<readonly WaveRecord[]> {
  const records = await read.raw<
    {
      id: number;
      uid: string;
      name: string;
      provider_uid: string;
      options: string;
      wave_number: number;
      wave_end: number;
      known_failures: string;
    }[]
  >(
    `select id, uid, name, provider_uid, options, wave_number, wave_end, known_failures
     from bulk_change where wave_end is not null and control = 'running' order by id`,
  );
  return records.map((record) => ({
    id: record.id,
    uid: record.uid,
    name: record.name,
    providerUid: record.provider_uid,
    canary: changeOptionsSchema.parse(JSON.parse(record.options)).canary,
    wave: record.wave_number,
    waveEnd: record.wave_end,
    accepted: acceptedSchema.parse(JSON.parse(record.known_failures)),
  }));
}

export interface WaveCounts {
  readonly rows: number;
  readonly settled: number;
  readonly failed: number;
}

export async function countWave(read: ReadDb, changeId: number, waveEnd: number): Promise<WaveCounts> {
  const [row] = await read.raw<{ rows: number; settled: number | null; failed: number | null }[]>(
    `select count(*) as rows, sum(ended_at is not null) as settled, sum(${HAS_FAILED}) as failed
     from m2m_device_change where bulk_change_id = ? and row_no <= ?`,
    [changeId, waveEnd],
  );
  return { rows: row?.rows ?? 0, settled: row?.settled ?? 0, failed: row?.failed ?? 0 };
}

export async function failureCodes(read: ReadDb | Trx, changeId: number): Promise<readonly string[]> {
  const rows = await read.raw<{ code: string | null }[]>(
    `select distinct error ->> '$.code' as code from m2m_device_change where bulk_change_id = ? and ${HAS_FAILED}`,
    [changeId],
  );
  return rows.flatMap((row) => (row.code === null ? [] : [row.code]));
}

/** Opens the wave up to the row that is so many behind its end. @returns false: there are no more rows */
export async function openWave(trx: Trx, wave: Pick<WaveRecord, 'id' | 'waveEnd'>, rows: number): Promise<boolean> {
  const [last] = await trx.raw<{ row_no: number | null }[]>(
    `select max(row_no) as row_no from (
       select row_no from m2m_device_change where bulk_change_id = ? and row_no > ? order by row_no limit ?)`,
    [wave.id, wave.waveEnd, rows],
  );
  const end = last?.row_no ?? null;
  await trx.raw(
    `update bulk_change set wave_end = ?, wave_number = wave_number + ? where id = ? and wave_end = ?`,
    // knex types bindings without null; SQLite takes it.
    [end, end === null ? 0 : 1, wave.id, wave.waveEnd] as number[],
  );
  if (end !== null) await completeWave(trx, wave.id);
  return end !== null;
}

/** The wave takes in what its rows wait for. */
export async function completeWave(trx: Trx, changeId: number): Promise<void> {
  const [change] = await trx.raw<{ wave_end: number }[]>(
    `select wave_end from bulk_change where id = ? and wave_end is not null`,
    [changeId],
  );
  if (change === undefined) return;
  const end = await wholeWave(trx, changeId, change.wave_end);
  if (end > change.wave_end) await trx.raw(`update bulk_change set wave_end = ? where id = ?`, [end, changeId]);
}

/** From here on only further failures, and only codes beside these, count. @returns how many are accepted */
export async function acceptFailures(trx: Trx, changeId: number): Promise<number> {
  const codes = await failureCodes(trx, changeId);
  const [row] = await trx.raw<{ failed: number | null }[]>(
    `select sum(${HAS_FAILED}) as failed from m2m_device_change where bulk_change_id = ?`,
    [changeId],
  );
  const accepted: AcceptedFailures = { codes: [...codes], count: row?.failed ?? 0 };
  await acceptCodes(trx, changeId, accepted);
  return accepted.count;
}

/** The codes of the waves so far; how many failed stays counted against the budget. */
export async function acceptCodes(trx: Trx, changeId: number, accepted: AcceptedFailures): Promise<void> {
  await trx.raw(`update bulk_change set known_failures = ? where id = ?`, [JSON.stringify(accepted), changeId]);
}
