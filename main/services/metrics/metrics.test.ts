import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { latencyOf, percentile, readBackAfter } from './metrics.rules';
import { createMetricsService } from './metrics.service';

let db: TestDb;
let clock: ManualClock;
beforeEach(async () => {
  db = await openTestDb();
  clock = createManualClock();
});
afterEach(() => db.close());

/** Rows that ended an hour ago, each answered after 100 ms and called back after so many ms. */
async function ended(callbackMs: readonly number[], proof = 'callback', status = 'processed'): Promise<void> {
  const at = clock.now() - 3_600_000;
  await db.write(async (trx) => {
    await trx.raw(
      `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, plan_hash, row_count,
                                created_at, created_by)
       values (hex(randomblob(8)), 'n', 'north', 'North', 'm2m', 'ChangeICCID', 'h', 1, 0, 'olivia')`,
    );
    await trx.raw(
      `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, status, updated_at, attempts,
         sending_at, submitted_at, confirmed_at, ended_at, disposition)
       select hex(randomblob(8)), (select max(id) from bulk_change), key + 1, 'north', key, ?, 0, 2,
         ? - 100, ?, ? + value, ? + value, json_object('proof', ?) from json_each(?)`,
      [status, at, at, at, at, proof, JSON.stringify(callbackMs)],
    );
  });
}

describe('percentiles', () => {
  it('are those of the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(hundred, 50), percentile(hundred, 95), percentile(hundred, 99)]).toEqual([50, 95, 99]);
    expect(percentile([], 50)).toBeNull();
    expect(latencyOf([1, 2, 3])).toEqual({ measured: 3, p50Ms: null, p95Ms: null, p99Ms: null });
  });

  it('decide when a silent line is read back, within bounds', () => {
    const of = (p99Ms: number | null) => readBackAfter({ measured: 1, p50Ms: 1, p95Ms: 1, p99Ms });
    expect([of(null), of(10), of(4_000), of(86_400_000)]).toEqual([null, 2_000, 6_000, 600_000]);
  });
});

describe('what the rows say of the carrier', () => {
  it('counts callbacks only where a callback was the proof', async () => {
    await ended(Array.from({ length: 40 }, (_, index) => 1_000 + index));
    await ended(
      Array.from({ length: 40 }, () => 30_000),
      'read_back',
    );
    const metrics = createMetricsService({ local: db, clock });
    const { answer, callback } = await metrics.measures('north');
    expect(answer).toMatchObject({ measured: 80, p50Ms: 100 });
    expect(callback).toMatchObject({ measured: 40, p50Ms: 1_019, p99Ms: 1_039 });
    expect(metrics.readBackAfterMs('north')).toBeNull();
    await metrics.refresh(['north', 'south']);
    expect(metrics.readBackAfterMs('north')).toBe(2_000);
    expect(metrics.readBackAfterMs('south')).toBeNull();
  });

  it('says when callbacks no longer come', async () => {
    const metrics = createMetricsService({ local: db, clock: { ...clock, now: () => clock.now() - 3_500_000 } });
    await ended(Array.from({ length: 30 }, () => 1_000));
    expect(await metrics.callbacksAreLate('north')).toBe(false);
    await ended(
      Array.from({ length: 30 }, () => 40_000),
      'read_back',
    );
    expect(await metrics.callbacksAreLate('north')).toBe(true);
    expect(await metrics.callbacksAreLate('south')).toBe(false);
  });

  it('has a history by the hour', async () => {
    await ended([1_000, 2_000, 3_000]);
    await ended([500], 'none', 'error');
    const metrics = createMetricsService({ local: db, clock });
    expect(await metrics.history('north', 24)).toEqual([
      {
        hour: '2026-01-05T08:00:00.000Z',
        ended: 4,
        failed: 1,
        resent: 4,
        callbackP50Ms: 2_000,
        callbackP95Ms: 3_000,
      },
    ]);
    expect(await metrics.history('south', 24)).toEqual([]);
  });
});
