import { isoTime } from '../../lib/clock';
import type { ReadDb, Trx } from '../../localdb/types';
import type { ProviderHold, SharedPause, Worker } from './types';

/** SQL of what keeps a provider from sending, and of who works here. */

export async function upsertHold(trx: Trx, hold: Omit<ProviderHold, 'since'>, now: number): Promise<void> {
  await trx.raw(
    `insert into provider_hold (provider_uid, kind, code, message, since, everywhere) values (?, ?, ?, ?, ?, ?)
     on conflict (provider_uid, kind) do update
       set code = excluded.code, message = excluded.message, since = excluded.since, everywhere = excluded.everywhere`,
    [hold.providerUid, hold.kind, hold.code, hold.message, now, hold.everywhere ? 1 : 0],
  );
}

export async function deleteHold(trx: Trx, providerUid: string, kind: ProviderHold['kind']): Promise<boolean> {
  const rows = await trx.raw<unknown[]>(
    `delete from provider_hold where provider_uid = ? and kind = ? returning provider_uid`,
    [providerUid, kind],
  );
  return rows.length > 0;
}

export async function replaceSharedPauses(trx: Trx, pauses: readonly SharedPause[]): Promise<void> {
  const records = pauses.map(({ providerUid, message, since }) => [providerUid, message, since]);
  const shared = JSON.stringify(records);
  await trx.raw(
    `delete from provider_hold where kind = 'paused' and everywhere = 1
       and provider_uid not in (select value ->> 0 from json_each(?))`,
    [shared],
  );
  await trx.raw(
    `insert into provider_hold (provider_uid, kind, code, message, since, everywhere)
     select value ->> 0, 'paused', 'paused', value ->> 1, value ->> 2, 1 from json_each(?) where true
     on conflict (provider_uid, kind) do update set message = excluded.message, since = excluded.since, everywhere = 1`,
    [shared],
  );
}

export async function selectHolds(read: ReadDb): Promise<readonly ProviderHold[]> {
  const rows = await read.raw<
    {
      provider_uid: string;
      kind: ProviderHold['kind'];
      code: string;
      message: string;
      since: number;
      everywhere: number;
    }[]
  >(`select provider_uid, kind, code, message, since, everywhere from provider_hold order by provider_uid, kind`);
  return rows.map((row) => ({
    providerUid: row.provider_uid,
    kind: row.kind,
    code: row.code,
    message: row.message,
    since: isoTime(row.since),
    everywhere: row.everywhere === 1,
  }));
}

export async function writeBeat(
  trx: Trx,
  beat: { readonly holder: string; readonly startedAt: number } | null,
  now: number,
): Promise<void> {
  if (beat === null) {
    await trx.raw(`update processor_beat set ended_at = ?`, [now]);
    return;
  }
  await trx.raw(
    `insert into processor_beat (only_row, holder, started_at, beat_at) values (1, ?, ?, ?)
     on conflict (only_row) do update
       set holder = excluded.holder, started_at = excluded.started_at, beat_at = excluded.beat_at, ended_at = null`,
    [beat.holder, beat.startedAt, now],
  );
}

/** @param since a process that was not heard of since this time has died */
export async function selectWorker(read: ReadDb, since: number): Promise<Worker | null> {
  const [row] = await read.raw<{ holder: string; started_at: number; beat_at: number }[]>(
    `select holder, started_at, beat_at from processor_beat where ended_at is null and beat_at >= ?`,
    [since],
  );
  return row === undefined
    ? null
    : { holder: row.holder, since: isoTime(row.started_at), lastBeatAt: isoTime(row.beat_at) };
}
