import { afterEach, describe, expect, it, vi } from 'vitest';
import { NO_OPTIONS } from '../../../shared/domain/control';
import { createFastClock } from '../../../test/support/clocks';
import {
  draftRow,
  oldIccid,
  openWorkshop,
  SESSION,
  type FakeRow,
  type Workshop,
} from '../../../test/support/processing';

// Every step waits for the disk, which a busy machine may make slow.
vi.setConfig({ testTimeout: 60_000 });

const LIMITS = {
  firstReadBackMs: 500,
  quietMs: 1_000,
  sendBackoff: { minMs: 50, maxMs: 500 },
  readBackBackoff: { minMs: 200, maxMs: 1_000 },
  systemBackoff: { minMs: 50, maxMs: 200 },
};

let open: Workshop | null = null;
async function workshop(rows: FakeRow[]): Promise<Workshop> {
  open = await openWorkshop({ rows, clock: createFastClock(100), limits: LIMITS });
  return open;
}
afterEach(async () => {
  await open?.close();
  open = null;
});

/** Row 1 gets the card of row 2, which gets that of row 3: sent in the order 3, 2, 1. */
const chain = (): FakeRow[] => [
  draftRow(3),
  draftRow(2, { new: { iccid: oldIccid(3) }, after: [3] }),
  draftRow(1, { new: { iccid: oldIccid(2) }, after: [2] }),
];

const submit = (shop: Workshop, canary: number | null = null) =>
  shop.changes.submit(SESSION, {
    draft: '7',
    onlyValid: false,
    acceptWarnings: false,
    options: {
      ...NO_OPTIONS,
      canary: canary === null ? null : { firstRows: canary, growth: 2, failureBudgetPercent: 0 },
    },
  });

const act = { by: 'olivia', note: '' };

async function statuses(shop: Workshop, id: number): Promise<Record<number, string>> {
  const { rows } = await shop.changes.rows(id, { limit: 10, offset: 0 });
  return Object.fromEntries(rows.map((row) => [row.row, row.status]));
}

async function sendable(shop: Workshop): Promise<readonly number[]> {
  const rows = await shop.local.read.raw<{ row: number }[]>(
    `select r.row_no as "row" from job join m2m_device_change r on r.id = job.device_change_id
     where job.held = 0 and job.confirms = 0 order by 1`,
  );
  return rows.map(({ row }) => row);
}

describe('a chain', () => {
  it('is queued whole, and only the row that waits for nothing may be sent', async () => {
    const shop = await workshop(chain());
    const { bulkChangeId } = await submit(shop);
    await shop.changes.enrol();
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'queued', 2: 'queued', 3: 'queued' });
    expect(await sendable(shop)).toEqual([3]);
  });

  it('is sent one after the other, each when the one before is processed', async () => {
    const shop = await workshop(chain());
    const { bulkChangeId } = await submit(shop);
    const { reason } = await shop.processor().run({ untilIdle: true, timeoutMs: 6_000_000 });
    expect(reason).toBe('idle');
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'processed', 2: 'processed', 3: 'processed' });
    const sent = await shop.local.read.raw<{ row: number }[]>(
      `select row_no as "row" from m2m_device_change order by sending_at, processed_at, id`,
    );
    expect(sent.map(({ row }) => row)).toEqual([3, 2, 1]);
  });

  it('stays held when its change was paused and goes on', async () => {
    const shop = await workshop(chain());
    const { bulkChangeId, uid } = await submit(shop);
    await shop.changes.enrol();
    await shop.changes.pause(uid, act);
    expect(await sendable(shop)).toEqual([]);
    await shop.changes.resume(uid, act);
    expect(await sendable(shop)).toEqual([3]);
    expect(await statuses(shop, bulkChangeId)).toMatchObject({ 1: 'queued' });
  });

  it('ends with the row that fails: what waits for it is not sent, and says which row to mend', async () => {
    const shop = await workshop(chain());
    shop.carrier.fate = (_call, old) => (old === oldIccid(3) ? 'refused-for-good' : 'accepted');
    const { bulkChangeId } = await submit(shop);
    const { reason } = await shop.processor().run({ untilIdle: true, timeoutMs: 6_000_000 });
    expect(reason).toBe('idle');
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'conflict', 2: 'conflict', 3: 'error' });
    const { rows } = await shop.changes.rows(bulkChangeId, { limit: 10, offset: 0 });
    expect(rows.find((row) => row.row === 2)).toMatchObject({
      attempts: 0,
      error: { class: 'conflict', code: 'predecessor-failed' },
      disposition: { outcome: 'not_changed', proof: 'none', detail: expect.stringContaining('row 3 of change') },
    });
    expect(rows.find((row) => row.row === 1)?.disposition?.detail).toContain('row 2 of change');
  });

  // Verizon does not say whether ThingSpace keeps a card that a swap has freed; a deletion is for deactivated lines only.
  it('waits for a person when the carrier keeps the card that was freed, and deletes nothing by itself', async () => {
    const shop = await workshop(chain());
    let isKept = true;
    shop.carrier.fate = (_call, old) => (isKept && old === oldIccid(2) ? 'unknown-code' : 'accepted');
    const { bulkChangeId } = await submit(shop);
    await shop.processor().run({ untilIdle: true, timeoutMs: 6_000_000 });
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'queued', 2: 'dead_letter', 3: 'processed' });
    const { rows } = await shop.changes.rows(bulkChangeId, { limit: 10, offset: 0 });
    expect(rows.find((row) => row.row === 2)?.error).toMatchObject({ code: 'WHO.Knows' });
    expect(shop.carrier.deleted).toEqual([]);

    isKept = false;
    await shop.changes.deadLetters.redrive({}, null, act);
    await shop.processor().run({ untilIdle: true, timeoutMs: 6_000_000 });
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'processed', 2: 'processed', 3: 'processed' });
  });

  it('that was cancelled leaves nothing behind', async () => {
    const shop = await workshop(chain());
    const { bulkChangeId, uid } = await submit(shop);
    await shop.changes.enrol();
    await shop.changes.cancel(uid, act);
    await shop.changes.advanceWaves();
    expect(await statuses(shop, bulkChangeId)).toEqual({ 1: 'cancelled', 2: 'cancelled', 3: 'cancelled' });
  });

  it('counts as waiting for a person when its first row does', async () => {
    const shop = await workshop(chain());
    const { bulkChangeId } = await submit(shop);
    await shop.changes.enrol();
    expect(await shop.changes.openRows()).toBe(3);
    await shop.local.write((trx) => trx.raw(`update m2m_device_change set status = 'dead_letter' where row_no = 3`));
    expect(await shop.changes.openRows()).toBe(0);
    expect(await statuses(shop, bulkChangeId)).toMatchObject({ 1: 'queued', 2: 'queued' });
  });

  it('fits into a wave with all that it waits for', async () => {
    const shop = await workshop([...chain(), draftRow(4), draftRow(5)].sort((one, other) => one.row - other.row));
    await submit(shop, 1);
    const [change] = await shop.local.read.raw<{ wave_end: number }[]>(`select wave_end from bulk_change`);
    expect(change?.wave_end).toBe(3);
  });
});

it('a row waits for the open change that frees what it gets', async () => {
  const shop = await workshop([
    draftRow(3),
    draftRow(9, { verdict: 'warning', new: { iccid: oldIccid(3) }, afterOpenChange: true }),
    draftRow(10, { verdict: 'warning' }),
  ]);
  const input = { draft: '7', onlyValid: true, acceptWarnings: false };
  await shop.changes.submit(SESSION, input);
  await shop.changes.enrol();
  await shop.local.write((trx) =>
    trx.raw(`insert or replace into device (id, uid, provider_id, iccid, status) values (3, 'd3', 1, ?, 'active')`, [
      oldIccid(3),
    ]),
  );
  const second = await shop.changes.submit(SESSION, { ...input, acceptWarnings: true });
  await shop.changes.enrol();
  expect(await sendable(shop)).toEqual([3, 10]);
  await shop.processor().run({ untilIdle: true, timeoutMs: 6_000_000 });
  expect(await statuses(shop, second.bulkChangeId)).toEqual({ 9: 'processed', 10: 'processed' });
});
