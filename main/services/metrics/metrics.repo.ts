import type { ReadDb } from '../../localdb/types';

/**
 * SQL of the measurements. Nothing is recorded for them: the rows themselves hold when they were sent, answered,
 * confirmed and seen, and are kept.
 */
export interface Sample {
  readonly answerMs: number | null;
  /** Null: not proven by a callback. */
  readonly callbackMs: number | null;
  readonly seenMs: number | null;
  readonly confirmedAt: number;
}

/** The rows of a provider that were confirmed last. */
export async function latestSamples(
  read: ReadDb,
  providerUid: string,
  limit: number,
  since: number,
): Promise<readonly Sample[]> {
  return await read.raw<Sample[]>(
    `select submitted_at - sending_at as answerMs,
            case when disposition ->> '$.proof' = 'callback' then max(confirmed_at - submitted_at, 0) end as callbackMs,
            seen_at - confirmed_at as seenMs, confirmed_at as confirmedAt
     from m2m_device_change where provider_uid = ? and confirmed_at >= ? order by confirmed_at desc limit ?`,
    [providerUid, since, limit],
  );
}

export interface HourCount {
  readonly hour: number;
  readonly ended: number;
  readonly failed: number;
  readonly resent: number;
}

export async function countByHour(read: ReadDb, providerUid: string, since: number): Promise<readonly HourCount[]> {
  return await read.raw<HourCount[]>(
    `select ended_at / 3600000 as hour, count(*) as ended,
            sum(status in ('error', 'dead_letter', 'conflict', 'unknown')) as failed,
            sum(max(attempts - 1, 0)) as resent
     from m2m_device_change where ended_at >= ? and provider_uid = ? group by 1 order by 1`,
    [since, providerUid],
  );
}

export async function countEnded(read: ReadDb, providerUid: string, since: number): Promise<number> {
  const [row] = await read.raw<{ ended: number }[]>(
    `select count(*) as ended from m2m_device_change where ended_at >= ? and provider_uid = ?
       and status not in ('cancelled')`,
    [since, providerUid],
  );
  return row?.ended ?? 0;
}
