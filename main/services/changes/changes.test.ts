import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import {
  draftRow,
  newIccid,
  oldIccid,
  openWorkshop,
  PROVIDER,
  SESSION,
  type Workshop,
} from '../../../test/support/processing';
import type { DraftRow } from '../drafts/types';

let open: (Workshop & { readonly clock: ManualClock }) | null = null;
async function workshop(rows: number | DraftRow[]): Promise<Workshop & { readonly clock: ManualClock }> {
  const clock = createManualClock();
  open = { ...(await openWorkshop({ rows, clock })), clock };
  return open;
}
afterEach(async () => {
  await open?.close();
  open = null;
});

const submit = (shop: Workshop, part: { onlyValid?: boolean; acceptWarnings?: boolean } = {}) =>
  shop.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: false, ...part });

const mixed = (): DraftRow[] => [
  draftRow(1),
  draftRow(2, { verdict: 'warning' }),
  draftRow(3, { verdict: 'error', deviceId: null }),
  draftRow(4),
];

async function jobsOf(shop: Workshop): Promise<number> {
  const stats = await shop.queue.stats();
  return stats.waiting + stats.delayed + stats.working;
}

describe('submit', () => {
  it('makes change, rows and audit entry at once, offline, without a job', async () => {
    const shop = await workshop(3);
    shop.central.away = true;
    const result = await submit(shop);
    expect(result).toMatchObject({ rows: 3, planHash: 'plan-hash' });
    const change = await shop.changes.get(result.uid);
    expect(change).toMatchObject({
      id: result.bulkChangeId,
      status: 'created',
      rows: 3,
      providerName: PROVIDER.name,
      changeType: 'ChangeICCID',
      createdBy: 'olivia',
      startedAt: null,
      endedAt: null,
    });
    expect(await shop.changes.get(String(result.bulkChangeId))).toEqual(change);
    const { total, rows } = await shop.changes.rows(change.id, { limit: 2, offset: 1 });
    expect(total).toBe(3);
    expect(rows.map((row) => [row.row, row.old.iccid, row.new, row.status])).toEqual([
      [2, oldIccid(2), { iccid: newIccid(2) }, 'created'],
      [3, oldIccid(3), { iccid: newIccid(3) }, 'created'],
    ]);
    expect(await jobsOf(shop)).toBe(0);
    expect((await shop.audit.search({ limit: 9, offset: 0 })).entries.map((entry) => entry.action)).toEqual([
      'change.submitted',
    ]);
    expect(await shop.changes.openRows()).toBe(3);
  });

  it('keeps the draft whole when rows have errors or warnings that nobody accepted', async () => {
    const shop = await workshop(mixed());
    await expect(submit(shop)).rejects.toMatchObject({ code: 'rows-with-errors', kind: 'failed' });
    await expect(submit(shop, { acceptWarnings: true })).rejects.toMatchObject({ code: 'rows-with-errors' });
    const warned = await workshopOf([draftRow(1, { verdict: 'warning' })]);
    await expect(submit(warned)).rejects.toMatchObject({ code: 'warnings-not-accepted' });
    await expect(submit(warned, { onlyValid: true })).rejects.toMatchObject({ code: 'nothing-to-submit' });
    expect((await warned.changes.list({ limit: 9, offset: 0 })).total).toBe(0);
    expect((await submit(warned, { acceptWarnings: true })).rows).toBe(1);
    await warned.close();
  });

  it('takes the valid rows only when asked to, and the accepted ones with them', async () => {
    const shop = await workshop(mixed());
    expect((await submit(shop, { onlyValid: true })).rows).toBe(2);
    expect((await submit(shop, { onlyValid: true, acceptWarnings: true })).rows).toBe(1);
    await expect(submit(shop, { onlyValid: true, acceptWarnings: true })).rejects.toMatchObject({
      code: 'nothing-to-submit',
    });
  });

  it('refuses a draft that was changed between plan and transaction', async () => {
    const rows = [draftRow(1), draftRow(2)];
    const shop = await workshop(rows);
    const original = shop.carrier.swapRequest.bind(shop.carrier);
    let planned = 0;
    shop.carrier.swapRequest = (provider, row) => {
      planned += 1;
      return original(provider, planned === 3 ? { ...row, new: { iccid: newIccid(9) } } : row);
    };
    await expect(submit(shop)).rejects.toMatchObject({ code: 'draft-changed' });
    expect((await shop.changes.list({ limit: 9, offset: 0 })).total).toBe(0);
  });

  it('says which change it does not know', async () => {
    const shop = await workshop(1);
    await expect(shop.changes.get('99')).rejects.toMatchObject({ kind: 'usage', code: 'change-unknown' });
    await expect(shop.changes.get(`' or 1=1`)).rejects.toMatchObject({ code: 'change-unknown' });
  });
});

async function workshopOf(rows: DraftRow[]): Promise<Workshop> {
  return openWorkshop({ rows, clock: createManualClock() });
}

describe('enrolment', () => {
  it('queues each granted row with its job, once, however often it is repeated', async () => {
    const shop = await workshop(5);
    shop.central.heldElsewhere.set(4, 'paul at DESK-7');
    const { bulkChangeId } = await submit(shop);
    expect(await shop.changes.enrol()).toEqual({ queued: 4, conflicts: 1 });
    expect(await shop.changes.enrol()).toEqual({ queued: 0, conflicts: 0 });
    expect(await jobsOf(shop)).toBe(4);
    expect((await shop.changes.get(String(bulkChangeId))).counts.byStatus).toEqual({ queued: 4, conflict: 1 });
  });

  it('does the local half again after a crash behind the central one', async () => {
    const shop = await workshop(2);
    await submit(shop);
    const enrol = shop.central.enrol.bind(shop.central);
    shop.central.enrol = async (change, rows) => {
      await enrol(change, rows);
      throw new Error('killed here');
    };
    await expect(shop.changes.enrol()).rejects.toThrow('killed here');
    expect(await jobsOf(shop)).toBe(0);
    shop.central.enrol = enrol;
    expect(await shop.changes.enrol()).toEqual({ queued: 2, conflicts: 0 });
    expect(await jobsOf(shop)).toBe(2);
  });

  it('asks again for a lease that ran out unsent, and leaves a taken row that may be sent to a person', async () => {
    const shop = await workshop(3);
    const { bulkChangeId } = await submit(shop);
    await shop.changes.enrol();
    const { rows } = await shop.changes.rows(bulkChangeId, { limit: 9, offset: 0 });
    const [first, second, third] = rows;
    if (first === undefined || second === undefined || third === undefined) throw new Error('rows missing');
    await shop.local.write(async (trx) => {
      await trx.raw(`update m2m_device_change set status = 'submitted', request_id = 'r' where uid = ?`, [second.uid]);
    });
    shop.central.heldElsewhere.set(third.deviceId, 'paul at DESK-7');
    [first, second, third].forEach((row) => shop.central.taken.add(row.uid));
    expect(await shop.changes.renewLeases()).toEqual({ lost: 3 });
    const after = (await shop.changes.rows(bulkChangeId, { limit: 9, offset: 0 })).rows;
    expect(after.map((row) => [row.status, row.needsPerson, row.error?.code ?? null])).toEqual([
      ['queued', false, null],
      ['unknown', true, 'lease-lost'],
      ['conflict', false, 'line-held'],
    ]);
  });
});

describe('statuses for the other desks', () => {
  it('are pushed once for each version, and again after one that failed', async () => {
    const shop = await workshop(3);
    await submit(shop);
    expect(await shop.changes.pushStatuses()).toBe(0);
    await shop.changes.enrol();
    shop.central.away = true;
    await expect(shop.changes.pushStatuses()).rejects.toMatchObject({ code: 'central-unreachable' });
    shop.central.away = false;
    expect(await shop.changes.pushStatuses()).toBe(3);
    expect(await shop.changes.pushStatuses()).toBe(0);
    expect([...shop.central.pushed.values()].map((row) => row.status)).toEqual(['queued', 'queued', 'queued']);
  });
});

describe('transition', () => {
  it('moves only from the state named, counts the version, and throws where the table forbids', async () => {
    const shop = await workshop(1);
    const { bulkChangeId } = await submit(shop);
    await shop.changes.enrol();
    const id = bulkChangeId;
    const move = (from: 'queued' | 'sending', to: 'sending' | 'submitted' | 'processed') =>
      shop.local.write((trx) => shop.changes.transition(trx, { id }, from, to, {}));
    expect(await move('sending', 'submitted')).toBe(false);
    expect(await move('queued', 'sending')).toBe(true);
    await expect(move('sending', 'processed')).rejects.toThrow('must not go from sending to processed');
    const row = await shop.local.write((trx) => shop.changes.load(trx, id));
    expect(row).toMatchObject({ status: 'sending', rowVersion: 3 });
  });
});

describe('a job that became a dead letter', () => {
  it.each([
    ['queued', 'dead_letter', false],
    ['sending', 'unknown', true],
    ['submitted', 'unknown', true],
    ['unknown', 'unknown', true],
    ['confirmed', 'conflict', false],
    ['processed', 'processed', false],
    ['error', 'error', false],
  ] as const)('leaves a row that was %s as %s', async (status, expected, needsPerson) => {
    const shop = await workshop(1);
    const { bulkChangeId } = await submit(shop);
    await shop.local.write(async (trx) => {
      await trx.raw(`update m2m_device_change set status = ?`, [status]);
      const fault = { class: 'system', code: 'message-unreadable', message: 'm', correlationId: 'c' } as const;
      await shop.changes.abandon(trx, 1, fault);
    });
    const { rows } = await shop.changes.rows(bulkChangeId, { limit: 1, offset: 0 });
    expect(rows[0]).toMatchObject({ status: expected, needsPerson });
  });
});
