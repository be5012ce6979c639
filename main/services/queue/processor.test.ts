import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFastClock } from '../../../test/support/clocks';
import { callFault, type Fate } from '../../../test/support/fake-carrier';
import {
  newIccid,
  oldIccid,
  openWorkshop,
  SESSION,
  type Workshop,
  type WorkshopOptions,
} from '../../../test/support/processing';

// Every step waits for the disk, which a busy machine may make slow.
vi.setConfig({ testTimeout: 60_000 });

const SPEED = 100;
const LIMITS = {
  firstReadBackMs: 500,
  quietMs: 1_000,
  sendBackoff: { minMs: 50, maxMs: 500 },
  readBackBackoff: { minMs: 200, maxMs: 1_000 },
  systemBackoff: { minMs: 50, maxMs: 200 },
};

let open: Workshop | null = null;
async function workshop(options: Partial<WorkshopOptions> & Pick<WorkshopOptions, 'rows'>): Promise<Workshop> {
  open = await openWorkshop({ clock: createFastClock(SPEED), limits: LIMITS, ...options });
  return open;
}
afterEach(async () => {
  await open?.close();
  open = null;
});

async function submitAll(shop: Workshop): Promise<number> {
  const done = await shop.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
  return done.bulkChangeId;
}

async function statuses(shop: Workshop, change: number): Promise<Record<string, number>> {
  return { ...(await shop.changes.get(String(change))).counts.byStatus };
}

/** Old and new identifiers of a line that was swapped. */
function expectSwapped(shop: Workshop, line: number): void {
  expect(shop.carrier.lines.get(line)?.iccid).toBe(newIccid(line));
  expect(shop.central.lines.get(line)?.iccid).toBe(newIccid(line));
  expect(shop.carrier.applied.get(oldIccid(line))).toBe(1);
}

const untilIdle = { untilIdle: true, timeoutMs: 6_000_000 } as const;

describe('processor', () => {
  it('takes a change from submission to processed rows, and tells everybody', async () => {
    const shop = await workshop({ rows: 25 });
    const change = await submitAll(shop);
    const outcome = await shop.processor().run(untilIdle);

    expect(outcome).toMatchObject({ reason: 'idle', open: 0, hindrances: [] });
    expect(outcome.ended.processed).toBe(25);
    expect(await statuses(shop, change)).toEqual({ processed: 25 });
    for (let line = 1; line <= 25; line += 1) expectSwapped(shop, line);
    expect([...shop.central.pushed.values()].every((row) => row.status === 'processed')).toBe(true);
    expect(shop.central.released.size).toBe(25);
    expect((await shop.queue.stats()).waiting).toBe(0);
    expect(await shop.audit.verify([])).toMatchObject({ ok: true });
    const shown = await shop.changes.get(String(change));
    expect(shown).toMatchObject({ status: 'processed', rows: 25 });
    expect(shown.startedAt).not.toBeNull();
    expect(shown.endedAt).not.toBeNull();
  });

  it('ends every fate of a PUT in the state that the carrier’s own truth says, and sends none twice without proof', async () => {
    const fates: readonly Fate[] = [
      'accepted',
      'rate-limited',
      'refused-for-now',
      'refused-for-good',
      'unknown-code',
      'unreachable',
      'failed-before',
      'changed-then-failed',
      'accepted-and-forgotten',
    ];
    const shop = await workshop({ rows: 90 });
    const tries = new Map<string, number>();
    shop.carrier.fate = (_call, old) => {
      const sent = tries.get(old) ?? 0;
      tries.set(old, sent + 1);
      const line = Number(old.slice(-10));
      return sent === 0 ? (fates[line % fates.length] ?? 'accepted') : 'accepted';
    };
    const change = await submitAll(shop);
    const outcome = await shop.processor().run(untilIdle);

    expect(outcome.reason).toBe('idle');
    const { rows } = await shop.changes.rows(change, { limit: 100, offset: 0 });
    for (const row of rows) {
      const fate = fates[row.deviceId % fates.length];
      const changed = shop.carrier.lines.get(row.deviceId)?.iccid === newIccid(row.deviceId);
      expect(shop.carrier.applied.get(oldIccid(row.deviceId)) ?? 0).toBe(changed ? 1 : 0);
      if (fate === 'refused-for-good')
        expect(row).toMatchObject({ status: 'error', disposition: { outcome: 'not_changed' } });
      else if (fate === 'unknown-code')
        expect(row).toMatchObject({ status: 'dead_letter', error: { code: 'WHO.Knows' } });
      else if (fate === 'accepted-and-forgotten') expect(row).toMatchObject({ status: 'unknown', needsPerson: true });
      else expect(row).toMatchObject({ status: 'processed', disposition: { outcome: 'changed', proof: 'read_back' } });
    }
    expect((await shop.queue.stats()).dead).toBe(rows.filter((row) => row.status === 'dead_letter').length);
    expect(await shop.audit.verify([])).toMatchObject({ ok: true });
  });

  it('stops a provider whose login is refused, leaves its rows unsent, and says so', async () => {
    const shop = await workshop({ rows: 5 });
    shop.carrier.sessionFault = callFault({ class: 'auth', code: 'INVALID_CREDENTIALS', stopsProvider: true });
    const change = await submitAll(shop);
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome.hindrances).toMatchObject([{ code: 'provider-stopped' }]);
    expect(await statuses(shop, change)).toEqual({ queued: 5 });
    expect(shop.carrier.calls).toEqual([]);
    expect((await shop.queue.listHolds()).map((hold) => hold.kind)).toEqual(['stopped']);

    shop.carrier.sessionFault = null;
    expect((await shop.processor().run(untilIdle)).ended.processed).toBe(5);
  });

  it('gives an unreachable carrier up after a while, with every row still queued and no attempt counted', async () => {
    const shop = await workshop({ rows: 5 });
    shop.carrier.fate = () => 'unreachable';
    const change = await submitAll(shop);
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome.hindrances).toMatchObject([{ code: 'carrier-unreachable' }]);
    const { rows } = await shop.changes.rows(change, { limit: 10, offset: 0 });
    expect(rows.map((row) => [row.status, row.attempts])).toEqual(Array(5).fill(['queued', 0]));
  });

  it('ends with the central database’s own story when that stays away, and goes on when it is back', async () => {
    const shop = await workshop({ rows: 5 });
    const change = await submitAll(shop);
    shop.central.away = true;
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome).toMatchObject({ reason: 'central-lost', hindrances: [{ code: 'central-unreachable' }] });
    expect(await statuses(shop, change)).toEqual({ created: 5 });
    shop.central.away = false;
    expect((await shop.processor().run(untilIdle)).ended.processed).toBe(5);
  });

  it('keeps a confirmed row waiting while the central database is away in between', async () => {
    const shop = await workshop({ rows: 3 });
    const change = await submitAll(shop);
    shop.carrier.onWire = () => {
      shop.central.away = true;
    };
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome.reason).toBe('central-lost');
    const seen = await statuses(shop, change);
    expect((seen.confirmed ?? 0) + (seen.queued ?? 0) + (seen.submitted ?? 0)).toBe(3);
    shop.carrier.onWire = () => undefined;
    shop.central.away = false;
    expect((await shop.processor().run(untilIdle)).reason).toBe('idle');
    expect(await statuses(shop, change)).toEqual({ processed: 3 });
    for (let line = 1; line <= 3; line += 1) expectSwapped(shop, line);
  });

  it('shows a conflict with both sides when the central line has other identifiers', async () => {
    const shop = await workshop({ rows: 2 });
    const change = await submitAll(shop);
    shop.central.lines.set(2, { iccid: '89000000000000000000' });
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome.ended).toMatchObject({ processed: 1, conflict: 1 });
    const { rows } = await shop.changes.rows(change, { only: 'conflict', limit: 10, offset: 0 });
    expect(rows[0]?.disposition?.detail).toContain('89000000000000000000');
    expect(rows[0]?.disposition?.detail).toContain(newIccid(2));
  });

  it('refuses a line that is in another open change, naming the holder', async () => {
    const shop = await workshop({ rows: 3 });
    shop.central.heldElsewhere.set(2, 'paul at DESK-7');
    const change = await submitAll(shop);
    const outcome = await shop.processor().run(untilIdle);
    expect(outcome.ended).toMatchObject({ processed: 2, conflict: 1 });
    const { rows } = await shop.changes.rows(change, { only: 'conflict', limit: 10, offset: 0 });
    expect(rows[0]?.error).toMatchObject({
      code: 'line-held',
      message: expect.stringContaining('paul at DESK-7') as string,
    });
  });

  it('does not send while another desk is the sender, and takes over when it has ended', async () => {
    const shop = await workshop({ rows: 4 });
    await submitAll(shop);
    shop.central.senderElsewhere = 'paul at DESK-7';
    const seen = new AbortController();
    let looks = 0;
    const outcome = await shop.processor().run({
      ...untilIdle,
      signal: seen.signal,
      onProgress(progress) {
        if ('Training North' in progress.sendersElsewhere && (looks += 1) > 2) seen.abort();
      },
    });
    expect(outcome).toMatchObject({
      reason: 'stopped',
      open: 4,
      sendersElsewhere: { 'Training North': 'paul at DESK-7' },
    });
    expect((await shop.processor().run({ untilIdle: true, timeoutMs: 1 })).reason).toBe('timeout');
    expect(shop.carrier.calls).toEqual([]);
    shop.central.senderElsewhere = null;
    expect((await shop.processor().run(untilIdle)).ended.processed).toBe(4);
  });

  it('stops without losing an answer that was under way', async () => {
    const shop = await workshop({ rows: 40, provider: { concurrency: 4 } });
    const change = await submitAll(shop);
    const processor = shop.processor();
    const running = processor.run(untilIdle);
    await new Promise<void>((resolve) => {
      shop.carrier.onWire = async () => {
        if (shop.carrier.calls.length === 8) resolve();
        await shop.clock.sleep(500);
      };
    });
    await processor.stop();
    expect((await running).reason).toBe('stopped');
    const seen = await statuses(shop, change);
    expect(seen.sending).toBeUndefined();
    expect(seen.unknown).toBeUndefined();
    shop.carrier.onWire = () => undefined;
    await shop.processor().run(untilIdle);
    expect(await statuses(shop, change)).toEqual({ processed: 40 });
    expect(shop.carrier.calls.length).toBe(40);
  });
});
