import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import type { Evidence } from '../../main/services/changes';
import { scaled } from '../support/scale';
import { newSim, openSimulatedShop, type SimulatedOptions, type SimulatedShop } from '../support/simulated-processing';

/**
 * Every row must end as the carrier's own truth says, whatever the wire does, and no swap may be asked for twice without
 * proof that the first did not happen. The simulator keeps the truth, and counts whoever asks twice.
 */
const ROWS = scaled(10_000);
/** Real time: a carrier that is silent on purpose is waited for. */
const LONGEST_MS = ROWS * 250 + 120_000;

/** Rules of a fault file: every so many PUTs. */
function rules(faults: readonly (readonly [comment: string, fault: object, every: number])[]): readonly object[] {
  return faults.map(([comment, fault, every]) => ({ endpoint: 'swap', every, fault, comment }));
}

/** About a third of the PUTs: what was never done, what was done and not told, what comes late or not at all. */
const SEND_FAULTS = rules([
  ['rate-limit', { kind: 'rate-limit', retryAfterSeconds: 1 }, 60],
  ['session', { kind: 'session-expired' }, 90],
  ['500 before', { kind: 'server-error', when: 'before' }, 29],
  ['500 after', { kind: 'server-error', when: 'after' }, 31],
  ['502', { kind: 'bad-gateway', when: 'after' }, 67],
  ['504', { kind: 'gateway-timeout', when: 'before' }, 71],
  ['dropped before', { kind: 'drop', when: 'before' }, 37],
  ['dropped after', { kind: 'drop', when: 'after' }, 23],
  ['silent after', { kind: 'silence', when: 'after' }, 97],
  ['silent before', { kind: 'silence', when: 'before' }, 101],
  ['reset in the body', { kind: 'reset', at: 'body', when: 'after' }, 43],
  ['half the answer', { kind: 'truncate' }, 53],
  ['late', { kind: 'late', applyAfterMs: 700, answer: 'drop' }, 47],
  ['refused', { kind: 'refuse', code: 'INPUT_INVALID.DeviceId' }, 103],
]);

const LATER_FAULTS = rules([
  ['lost', { kind: 'callback-lost' }, 5],
  ['twice', { kind: 'callback-double', times: 3 }, 4],
  ['forged', { kind: 'callback-forged' }, 7],
  ['contradicted', { kind: 'callback-contradict', afterMs: 20 }, 11],
  ['before the answer', { kind: 'callback-before-answer' }, 6],
  ['not made', { kind: 'callback-fail', code: 'REQUEST_FAILED.UnexpectedError' }, 89],
  ['forgotten', { kind: 'not-applied', says: 'nothing' }, 211],
]);

const ASK_FAULTS: readonly object[] = [
  { endpoint: 'list', every: 13, fault: { kind: 'unavailable' } },
  { endpoint: 'list', every: 17, fault: { kind: 'drop', when: 'before' } },
];

const LIMITS = {
  firstReadBackMs: 1_500,
  quietMs: 2_500,
  mostReadBacks: 4,
  sendBackoff: { minMs: 50, maxMs: 500 },
  readBackBackoff: { minMs: 300, maxMs: 1_000 },
};

let simulator: Simulator | null = null;
let shop: SimulatedShop | null = null;
afterEach(async () => {
  await shop?.close();
  await simulator?.stop();
  shop = null;
  simulator = null;
});

async function open(
  faults: readonly object[],
  options: Partial<SimulatedOptions> & { readonly rows: number },
): Promise<{ simulator: Simulator; shop: SimulatedShop }> {
  const sim = await startSimulator({ lines: options.rows * 2, accounts: 1, latencyMs: [0, 60], faults });
  simulator = sim;
  const made = await openSimulatedShop({
    simulator: sim,
    limits: LIMITS,
    timeouts: { answerMs: 1_000, totalMs: 1_500 },
    concurrency: 20,
    callbackUrl: 'http://127.0.0.1:0/callbacks',
    ...options,
  });
  shop = made;
  return { simulator: sim, shop: made };
}

interface Truth {
  readonly byStatus: Record<string, number>;
  /** Rows that say something else than the carrier's own state. */
  readonly wrong: readonly string[];
}

async function compare(sim: Simulator, made: SimulatedShop, change: number): Promise<Truth> {
  const { rows, total } = await made.changes.rows(change, { limit: 100_000, offset: 0 });
  expect(total).toBe(made.lines.length);
  const byStatus: Record<string, number> = {};
  const wrong: string[] = [];
  for (const row of rows) {
    byStatus[row.status] = (byStatus[row.status] ?? 0) + 1;
    const line = made.lines[row.row - 1];
    if (line === undefined) throw new Error('row without a line');
    const changed = sim.control.line(line.mdn ?? '')?.iccid === newSim(line.iccid);
    const centralChanged = made.central.lines.get(row.deviceId)?.iccid === newSim(line.iccid);
    const right =
      row.status === 'processed'
        ? changed && centralChanged
        : !centralChanged && (row.status === 'unknown' || !changed);
    if (!right) wrong.push(`row ${row.row}: ${row.status}, carrier ${changed ? 'changed' : 'unchanged'}`);
  }
  return { byStatus, wrong };
}

describe('a bulk change through every fault', () => {
  it(
    `ends ${ROWS} rows as the carrier’s truth says, none asked for twice`,
    { timeout: LONGEST_MS + 30_000 },
    async () => {
      const { simulator: sim, shop: made } = await open([...SEND_FAULTS, ...LATER_FAULTS, ...ASK_FAULTS], {
        rows: ROWS,
      });
      const change = await made.submit();
      const outcome = await made.processor.run({ untilIdle: true, timeoutMs: LONGEST_MS });
      expect(outcome).toMatchObject({ reason: 'idle', hindrances: [] });
      const { byStatus, wrong } = await compare(sim, made, change);
      const { swaps, faults } = sim.control.state();
      const fired = faults.reduce((sum, fault) => sum + fault.fired, 0);
      console.log(`rows ${ROWS}, faults ${fired}, applied ${swaps.applied}, states ${JSON.stringify(byStatus)}`);
      expect(wrong).toEqual([]);
      expect({ doubles: swaps.doubles, repeats: swaps.repeats }).toEqual({ doubles: 0, repeats: 0 });
      expect(fired).toBeGreaterThan(ROWS / 4);
      expect(byStatus['processed'] ?? 0).toBeGreaterThan(ROWS * 0.9);
      expect(await made.audit.verify([])).toMatchObject({ ok: true });
      const stats = await made.queue.stats();
      expect([stats.waiting, stats.delayed, stats.working]).toEqual([0, 0, 0]);
    },
  );

  it('would be seen to ask twice if a doubt were taken for a failure', { timeout: 120_000 }, async () => {
    const blind: Evidence = {
      decision: { kind: 'not_changed', proof: 'read_back', detail: 'taken for failed, unasked' },
      calls: [],
    };
    const { simulator: sim, shop: made } = await open(SEND_FAULTS, {
      rows: 120,
      limits: { ...LIMITS, quietMs: 50 },
      wrapEvidence: (real) => ({
        hasCallback: (trx, provider, request) => real.hasCallback(trx, provider, request),
        confirm: async (provider, row) => (row.requestId === null ? blind : real.confirm(provider, row)),
      }),
    });
    await made.submit();
    await made.processor.run({ untilIdle: true, timeoutMs: 100_000 });
    expect(sim.control.state().swaps.repeats).toBeGreaterThan(0);
  });
});
