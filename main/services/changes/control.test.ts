import { afterEach, describe, expect, it } from 'vitest';
import { createFastClock } from '../../../test/support/clocks';
import { callFault } from '../../../test/support/fake-carrier';
import { newIccid, oldIccid, openWorkshop, PROVIDER, SESSION, type Workshop } from '../../../test/support/processing';
import type { WorkshopOptions } from '../../../test/support/processing';
import { NO_OPTIONS, type ChangeOptions } from '../../../shared/domain/control';
import type { BulkChange, DeviceChangeRow, ProcessingGate } from './types';

const LIMITS = {
  firstReadBackMs: 200,
  quietMs: 500,
  sendBackoff: { minMs: 20, maxMs: 100 },
  readBackBackoff: { minMs: 100, maxMs: 200 },
  mostReadBacks: 3,
};
const ACT = { by: 'olivia', note: 'the depot called' };

let shop: Workshop | null = null;
async function open(options: Partial<WorkshopOptions> & Pick<WorkshopOptions, 'rows'>): Promise<Workshop> {
  shop = await openWorkshop({ clock: createFastClock(4), limits: LIMITS, ...options });
  return shop;
}
afterEach(async () => {
  await shop?.close();
  shop = null;
});

async function submit(made: Workshop, options: Partial<ChangeOptions> = {}): Promise<string> {
  const { uid } = await made.changes.submit(SESSION, {
    ...{ draft: '7', onlyValid: false, acceptWarnings: true },
    options: { ...NO_OPTIONS, ...options },
  });
  await made.changes.enrol();
  return uid;
}

const run = (made: Workshop) => made.processor({ tickMs: 20, beatMs: 50 }).run({ untilIdle: true, timeoutMs: 600_000 });
const rowsOf = async (made: Workshop, change: BulkChange): Promise<readonly DeviceChangeRow[]> =>
  (await made.changes.rows(change.id, { limit: 500, offset: 0 })).rows;
const statusesOf = async (made: Workshop, uid: string): Promise<string[]> =>
  (await rowsOf(made, await made.changes.get(uid))).map((row) => row.status);
const actionsOf = async (made: Workshop): Promise<string[]> =>
  (await made.audit.search({ limit: 500, offset: 0 })).entries.map((entry) => entry.action);

describe('a change that a person holds', () => {
  it('sends nothing while it is paused, ends a run at once, and goes on when it is resumed', async () => {
    const made = await open({ rows: 4 });
    const uid = await submit(made);
    expect((await made.changes.pause(uid, ACT)).control).toMatchObject({ state: 'paused', by: 'olivia' });
    expect(await run(made)).toMatchObject({ reason: 'idle', open: 0 });
    expect(made.carrier.calls).toEqual([]);
    expect(await statusesOf(made, uid)).toEqual(['queued', 'queued', 'queued', 'queued']);
    await made.changes.resume(uid, ACT);
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(Array(4).fill('processed'));
    expect(await actionsOf(made)).toEqual(expect.arrayContaining(['change.paused', 'change.resumed']));
  });

  it('stops after the row that is being sent, which is followed to its end', async () => {
    const made = await open({ rows: 6, provider: { concurrency: 1 } });
    const uid = await submit(made);
    made.carrier.onWire = async () => {
      if (made.carrier.calls.length === 2) await made.changes.stop(uid, ACT);
    };
    await run(made);
    expect(made.carrier.calls).toHaveLength(2);
    expect(await statusesOf(made, uid)).toEqual(['processed', 'processed', 'queued', 'queued', 'queued', 'queued']);
    expect((await made.changes.get(uid)).status).toBe('processing');
    const { cancelled, change } = await made.changes.cancel(uid, ACT);
    expect(cancelled).toBe(4);
    expect(change.status).toBe('processed');
    await expect(made.changes.pause(uid, ACT)).rejects.toMatchObject({ code: 'change-ended' });
  });

  it('is cancelled before it is queued, and after: nothing is sent, every row says who and why', async () => {
    const made = await open({ rows: 3 });
    const { uid } = await made.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
    expect((await made.changes.cancel(uid, ACT)).cancelled).toBe(3);
    await made.changes.enrol();
    await run(made);
    expect(made.carrier.calls).toEqual([]);
    const change = await made.changes.get(uid);
    expect(change.status).toBe('cancelled');
    expect((await rowsOf(made, change))[0]?.disposition).toMatchObject({
      outcome: 'cancelled',
      proof: 'person',
      detail: 'Cancelled by olivia: the depot called',
    });
    const stats = await made.queue.stats();
    expect([stats.waiting, stats.delayed, stats.working]).toEqual([0, 0, 0]);
  });

  it('corrects a cancelled row when the carrier did it after all', async () => {
    const made = await open({ rows: 1 });
    const uid = await submit(made);
    await made.local.write((trx) => trx.raw(`update m2m_device_change set attempts = 1`));
    await made.changes.cancel(uid, ACT);
    const proof = { kind: 'changed', proof: 'callback', detail: 'late' } as const;
    await made.local.write((trx) => made.changes.settle(trx, 1, { decision: proof, calls: [] }, null));
    expect(await statusesOf(made, uid)).toEqual(['confirmed']);
  });

  it('is not sent before its start, nor inside its hold window', async () => {
    const made = await open({ rows: 1 });
    const uid = await submit(made, { holdSeconds: 3_600 });
    const { startsAt } = await made.changes.get(uid);
    expect(Date.parse(startsAt ?? '')).toBeGreaterThan(made.clock.now() + 3_000_000);
    const outcome = await made.processor({ tickMs: 20 }).run({ untilIdle: true, timeoutMs: 400 });
    expect(outcome).toMatchObject({ reason: 'timeout', open: 1 });
    expect(made.carrier.calls).toEqual([]);
    expect([...(await made.queue.hasSends())]).toEqual([]);
  });

  it('waits with each row until its steps in the field are ticked', async () => {
    const made = await open({ rows: 2 });
    const uid = await submit(made, { checklist: true });
    expect(await run(made)).toMatchObject({ reason: 'idle', open: 0 });
    expect(made.carrier.calls).toEqual([]);
    for (const step of ['power-off', 'swap', 'note-id', 'power-on'] as const) {
      await made.changes.tick(uid, 2, step, true, ACT);
    }
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['queued', 'processed']);
    await expect(made.changes.tick(uid, 2, 'swap', false, ACT)).rejects.toMatchObject({ code: 'row-sent' });
    await expect(made.changes.tick(uid, 9, 'swap', true, ACT)).rejects.toMatchObject({ code: 'row-unknown' });
  });
});

describe('a canary', () => {
  const canary = { firstRows: 10, growth: 3, failureBudgetPercent: 10 };

  it('stops within the first wave when three in ten rows fail, and tells every desk', { timeout: 60_000 }, async () => {
    const made = await open({ rows: 60 });
    made.carrier.fate = (call) => (call % 10 < 3 ? 'refused-for-good' : 'accepted');
    const uid = await submit(made, { canary });
    await run(made);
    expect(made.carrier.calls.length).toBeLessThanOrEqual(10);
    const change = await made.changes.get(uid);
    expect(change.control).toMatchObject({ state: 'stopped' });
    expect(change.control.note).toMatch(/rows failed, more than the budget of 10 %/);
    expect(made.alerts).toMatchObject([{ code: 'failure-budget', about: String(change.id) }]);
    made.carrier.fate = () => 'accepted';
    await made.changes.resume(uid, ACT);
    await run(made);
    expect((await made.changes.get(uid)).counts.byStatus.processed).toBeGreaterThanOrEqual(57);
  });

  it('grows by waves while all goes well, and proves the first by reading it back', { timeout: 60_000 }, async () => {
    const made = await open({ rows: 70 });
    const uid = await submit(made, { canary });
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(Array(70).fill('processed'));
    const waves = (await actionsOf(made)).filter((action) => action === 'change.wave-opened');
    expect(waves).toHaveLength(2);
    expect((await made.changes.get(uid)).wave).toBeNull();
    const verified = await made.local.read.raw<{ rows: number }[]>(
      `select count(*) as rows from m2m_device_change where verify = 1`,
    );
    expect(verified).toEqual([{ rows: 10 }]);
  });

  it('stops at a code that no earlier wave had', { timeout: 60_000 }, async () => {
    const made = await open({ rows: 60 });
    made.carrier.fate = (call) => (call === 15 ? 'unknown-code' : 'accepted');
    const uid = await submit(made, { canary: { ...canary, failureBudgetPercent: 50 } });
    await run(made);
    expect((await made.changes.get(uid)).control.note).toBe('a row failed with WHO.Knows, which no earlier wave had');
  });
});

describe('sending failed rows again', () => {
  it('reserves the line again and sends what was surely not done', async () => {
    const made = await open({ rows: 3 });
    made.carrier.fate = (_call, old) => (old === oldIccid(2) ? 'refused-for-good' : 'accepted');
    const uid = await submit(made);
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['processed', 'error', 'processed']);
    made.carrier.fate = () => 'accepted';
    expect(await made.changes.retry(uid, {}, ACT)).toEqual({ retried: 1, refused: [] });
    expect(await made.changes.retry(uid, { rows: [1, 2] }, ACT)).toEqual({
      retried: 0,
      refused: [
        { row: 1, why: 'it is processed' },
        { row: 2, why: 'it is still to be sent' },
      ],
    });
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(Array(3).fill('processed'));
    expect(made.carrier.applied.get(oldIccid(2))).toBe(1);
  });

  it('refuses a row whose line another desk has taken meanwhile', async () => {
    const made = await open({ rows: 1 });
    made.carrier.fate = () => 'refused-for-good';
    const uid = await submit(made);
    await run(made);
    made.central.heldElsewhere.set(1, 'paul at DESK-7');
    expect(await made.changes.retry(uid, {}, ACT)).toEqual({
      retried: 0,
      refused: [{ row: 1, why: 'its line is held by paul at DESK-7' }],
    });
  });

  it('only asks about an accepted row that nothing proved, and never sends it', async () => {
    const made = await open({ rows: 1 });
    made.carrier.fate = () => 'accepted-and-forgotten';
    const uid = await submit(made);
    await run(made);
    expect((await rowsOf(made, await made.changes.get(uid)))[0]).toMatchObject({
      status: 'unknown',
      needsPerson: true,
    });
    expect((await made.changes.retry(uid, {}, ACT)).retried).toBe(1);
    await run(made);
    expect(made.carrier.calls).toHaveLength(1);
    made.carrier.lines.set(1, { iccid: newIccid(1) });
    await made.changes.retry(uid, {}, ACT);
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['processed']);
  });

  it('tells the central database again what it refused to take', async () => {
    const made = await open({ rows: 1 });
    const uid = await submit(made);
    made.central.lines.set(1, { iccid: '1' });
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['conflict']);
    made.central.lines.set(1, { iccid: oldIccid(1) });
    await made.changes.retry(uid, {}, ACT);
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['processed']);
    expect(made.carrier.calls).toHaveLength(1);
  });
});

const HOLD = { providerUid: PROVIDER.uid, kind: 'paused', code: 'paused', message: '', everywhere: false } as const;

function gateThat(does: Partial<ProcessingGate>): ProcessingGate {
  return {
    provider: () => PROVIDER,
    maySend: () => true,
    turn: async () => true,
    pauseUntil: () => undefined,
    carrierAnswered: () => undefined,
    carrierDoubtful: async () => undefined,
    carrierTrouble: async () => undefined,
    centralAnswered: () => undefined,
    centralTrouble: () => undefined,
    ...does,
  };
}

describe('before and after a swap', () => {
  it('keeps what the line was, with a hash, and says where it is from', async () => {
    const made = await open({ rows: 1 });
    await submit(made, { snapshot: 'carrier' });
    await run(made);
    const [kept] = await made.local.read.raw<{ snapshot: string; snapshot_hash: string }[]>(
      `select snapshot, snapshot_hash from m2m_device_change`,
    );
    expect(JSON.parse(kept?.snapshot ?? '')).toMatchObject({
      source: 'carrier',
      line: { iccid: oldIccid(1) },
      history: { events: [{ eventType: 'Activate' }], isWhole: true },
    });
    expect(kept?.snapshot_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('says in the snapshot why the carrier told no history, and swaps all the same', async () => {
    const made = await open({ rows: 1 });
    const uid = await submit(made, { snapshot: 'carrier' });
    made.carrier.historyFault = callFault({
      class: 'api_permanent',
      code: 'REQUEST_FAILED.NotAllowed',
      httpStatus: 400,
    });
    await run(made);
    const [kept] = await made.local.read.raw<{ snapshot: string }[]>(`select snapshot from m2m_device_change`);
    expect(JSON.parse(kept?.snapshot ?? '')).toMatchObject({
      history: 'Not told by the carrier: REQUEST_FAILED.NotAllowed',
    });
    expect(await statusesOf(made, uid)).toEqual(['processed']);
  });

  it('gives the line the carrier’s plan in the same call, and a rollback says that the plan stays', async () => {
    const made = await open({ rows: 1 });
    const uid = await submit(made, { carrierPlan: 'M2M4G5MB' });
    await run(made);
    const [row] = await made.local.read.raw<{ request: string }[]>(`select request from m2m_device_change`);
    expect(JSON.parse(row?.request ?? '')).toMatchObject({ body: { servicePlan: 'M2M4G5MB' } });
    await mirror(made, [newIccid(1)]);
    const plan = await made.changes.rollbackPlan(uid, { limit: 1, offset: 0 });
    expect(plan.rows[0]?.reversibility).toMatchObject({
      kind: 'conditional',
      why: "The carrier's plan M2M4G5MB that was set with it stays",
    });
  });

  it('deletes the deactivated line that holds the new SIM first, and sends nothing when it can’t', async () => {
    const made = await open({ rows: 2 });
    const uid = await submit(made);
    await made.local.write((trx) =>
      trx.raw(`update m2m_device_change set delete_first = json_object('kind', 'iccid', 'id', new_iccid)`),
    );
    made.carrier.deleteFault = callFault({ class: 'api_permanent', code: 'line-not-deleted', httpStatus: 200 });
    await run(made);
    expect(made.carrier.calls).toEqual([]);
    expect(await statusesOf(made, uid)).toEqual(['error', 'error']);
    made.carrier.deleteFault = null;
    await made.changes.retry(uid, {}, ACT);
    await run(made);
    expect([...made.carrier.deleted].sort()).toEqual([newIccid(1), newIccid(2)]);
    expect(await statusesOf(made, uid)).toEqual(['processed', 'processed']);
  });

  it.each(['its change was paused', 'its provider was paused', 'another desk sends now'])(
    'deletes no line for a row that may not be sent any more: %s',
    async (why) => {
      const made = await open({ rows: 1 });
      const uid = await submit(made);
      await made.local.write((trx) =>
        trx.raw(`update m2m_device_change set delete_first = json_object('kind', 'iccid', 'id', new_iccid)`),
      );
      const lane = { providerUid: PROVIDER.uid, confirms: false, limit: 1 };
      const [job] = (await made.local.write((trx) => made.queue.claim(trx, 'w', Number.MAX_SAFE_INTEGER, [lane]))).jobs;
      if (job === undefined) throw new Error('nothing to send');
      if (why === 'its change was paused') await made.changes.pause(uid, ACT);
      if (why === 'its provider was paused') await made.local.write((trx) => made.queue.hold(trx, HOLD));
      await made.changes.handle(job, gateThat({ maySend: () => why !== 'another desk sends now' }));
      expect(made.carrier.deleted).toHaveLength(0);
      expect(made.carrier.calls).toEqual([]);
      expect(await statusesOf(made, uid)).toEqual(['queued']);
      const { waiting, delayed, working } = await made.queue.stats();
      expect([waiting + delayed, working]).toEqual([1, 0]);
    },
  );

  it('lists confirmed lines as silent until they are seen on the network', async () => {
    const made = await open({ rows: 2 });
    const uid = await submit(made);
    await run(made);
    expect((await made.changes.silent(0, 10)).map((line) => line.row).sort()).toEqual([1, 2]);
    made.carrier.connected.add(newIccid(2));
    await made.local.write((trx) => trx.raw(`update m2m_device_change set look_at = 0`));
    expect(await made.changes.lookForSeen(gateThat({}), 10)).toBe(2);
    expect((await made.changes.silent(0, 10)).map((line) => line.row)).toEqual([1]);
    const rows = await rowsOf(made, await made.changes.get(uid));
    expect(rows.map((row) => row.seenAt !== null)).toEqual([false, true]);
  });
});

describe('a rollback', () => {
  it('is a change of its own that takes back what is unchanged since, and marks it', async () => {
    const made = await open({ rows: 3 });
    const uid = await submit(made);
    await run(made);
    await mirror(made, [newIccid(1), newIccid(2), '89148000000842590078']);
    const plan = await made.changes.rollbackPlan(uid, { limit: 10, offset: 0 });
    expect(plan.counts).toEqual({ reversible: 2, conditional: 0, not: 1 });
    expect(plan.rows[2]?.reversibility).toEqual({ kind: 'not', why: 'The line was changed again since' });
    const begun = await made.changes.rollback(SESSION, uid, null);
    expect(begun).toMatchObject({ rows: 2, left: 1 });
    await made.changes.enrol();
    await run(made);
    expect(await statusesOf(made, uid)).toEqual(['rolled_back', 'rolled_back', 'processed']);
    expect(made.carrier.lines.get(1)?.iccid).toBe(oldIccid(1));
    expect(made.central.lines.get(2)?.iccid).toBe(oldIccid(2));
    expect((await made.changes.get(begun.uid)).rollbackOf).toBe(uid);
    await expect(made.changes.rollback(SESSION, uid, [1])).rejects.toMatchObject({ code: 'nothing-to-roll-back' });
  });
});

async function mirror(made: Workshop, iccids: readonly string[]): Promise<void> {
  await made.local.write(async (trx) => {
    for (const [index, iccid] of iccids.entries()) {
      await trx.raw(`insert into device (id, uid, provider_id, iccid, status) values (?, ?, 1, ?, 'active')`, [
        index + 1,
        `line-${index + 1}`,
        iccid,
      ]);
    }
  });
}
