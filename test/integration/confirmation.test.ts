import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../simulator/fault-file';
import { startSimulator } from '../../simulator/start-simulator';
import { createFastClock } from '../support/clocks';
import { openConfirmingDesk } from '../support/confirming';
import { draftRow, PROVIDER, SESSION } from '../support/processing';
import { openThingSpace } from '../support/thingspace';

/**
 * The real client, receiver, confirmation and processor against the simulator, which does everything to requests and
 * callbacks: at the end every row is what the simulator says it did.
 */
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const swap = (probability: number, fault: FaultRule['fault']): FaultRule => ({
  endpoint: ['swap'],
  probability,
  fault,
});

const FAULTS: readonly FaultRule[] = [
  swap(0.08, { kind: 'callback-lost' }),
  swap(0.15, { kind: 'callback-double', times: 4, everyMs: 20 }),
  swap(0.1, { kind: 'callback-delay', ms: 3_000 }),
  swap(0.1, { kind: 'callback-reorder', holdMs: 500 }),
  swap(0.1, { kind: 'callback-contradict', mode: 'also', afterMs: 30 }),
  swap(0.05, { kind: 'callback-contradict', mode: 'instead' }),
  swap(0.1, { kind: 'callback-forged', mode: 'also' }),
  swap(0.05, { kind: 'callback-forged', mode: 'instead' }),
  swap(0.2, { kind: 'callback-before-answer' }),
  swap(0.04, { kind: 'drop', when: 'before' }),
  swap(0.04, { kind: 'drop', when: 'after' }),
  swap(0.03, { kind: 'server-error', when: 'after' }),
  swap(0.03, { kind: 'truncate' }),
  swap(0.03, { kind: 'late', applyAfterMs: 100, answer: 'drop' }),
  swap(0.03, { kind: 'rate-limit', retryAfterSeconds: 1 }),
  // Never twice in a row: what was just renewed and is refused again stops the provider, as it should.
  { endpoint: ['swap'], every: 41, fault: { kind: 'session-expired' } },
  { endpoint: ['swap'], every: 53, fault: { kind: 'invalid-credentials' } },
  { endpoint: ['list'], probability: 0.15, fault: { kind: 'unavailable' } },
  { endpoint: ['list'], probability: 0.05, fault: { kind: 'drop' } },
];

interface Outcome {
  readonly status: string;
  readonly needsPerson: boolean;
  readonly applied: boolean;
  readonly row: number;
}

async function process(
  rowCount: number,
  faults: readonly FaultRule[],
  verifySuccess: boolean,
  // Sixty times as fast as the world: half a second from the answer to the first read-back.
  speed = 60,
): Promise<{ outcomes: readonly Outcome[]; asked: number }> {
  const simulator = await startSimulator({ lines: rowCount * 2, accounts: 1, latencyMs: [0, 60], faults });
  closing.push(() => simulator.stop());
  const timeouts = { connectMs: 5_000, answerMs: 2_000, totalMs: 5_000 };
  const { service, provider: base } = openThingSpace({ url: simulator.url, timeouts });
  closing.push(() => service.close());
  const provider = { ...base, callbackUrl: 'http://127.0.0.1:0/callbacks', concurrency: 10 };
  const lines = simulator.control.lines({ account: PROVIDER.account }).filter(({ state }) => state === 'active');
  const rows = lines.slice(0, rowCount).map(({ iccid, mdn }, index) => {
    const to = { iccid: `8988211000${String(index).padStart(10, '0')}` };
    return draftRow(index + 1, { mdn, old: { iccid }, new: to });
  });
  const clock = createFastClock(speed);
  const desk = await openConfirmingDesk({ clock, provider, rows, thingspace: service, verifySuccess });
  closing.push(() => desk.close());
  await desk.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
  const outcome = await desk.processor().run({ untilIdle: true, timeoutMs: null });
  expect(outcome).toMatchObject({ reason: 'idle', hindrances: [] });

  const summary = simulator.control.state();
  expect(summary.swaps).toMatchObject({ doubles: 0, repeats: 0 });
  expect((await desk.audit.verify([])).ok).toBe(true);
  const [change] = (await desk.changes.list({ limit: 1, offset: 0 })).changes;
  const stored = await desk.changes.rows(change?.id ?? 0, { limit: 10_000, offset: 0 });
  const outcomes = stored.rows.map(({ row, status, needsPerson, mdn, new: to }) => {
    const applied = simulator.control.line(mdn ?? '')?.iccid === to.iccid;
    return { row, status, needsPerson, applied };
  });
  return { outcomes, asked: summary.requests.byEndpoint['list'] ?? 0 };
}

describe('confirmation against a carrier that does everything', () => {
  it('ends every row as the carrier has the line', { timeout: 120_000 }, async () => {
    const { outcomes } = await process(150, FAULTS, false);
    expect(outcomes).toHaveLength(150);
    expect(outcomes.filter(({ status, applied }) => (status === 'processed') !== applied)).toEqual([]);
    expect(outcomes.filter(({ status }) => status === 'processed').length).toBeGreaterThan(140);
  });

  it('also when callbacks lie, if each is verified', { timeout: 120_000 }, async () => {
    const lies = [...FAULTS, swap(0.1, { kind: 'not-applied', says: 'Success' }), swap(0.05, { kind: 'not-applied' })];
    const { outcomes } = await process(80, lies, true);
    expect(outcomes.filter(({ status, applied }) => (status === 'processed') !== applied)).toEqual([]);
    expect(outcomes.some(({ needsPerson }) => needsPerson)).toBe(true);
  });

  it('confirms by callback at once, without asking', async () => {
    // Slow enough for a crowded machine: six seconds to the first read-back.
    const { outcomes, asked } = await process(30, [], false, 5);
    expect(outcomes.every(({ status }) => status === 'processed')).toBe(true);
    expect(asked).toBe(0);
  });
});
