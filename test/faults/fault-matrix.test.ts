import { afterEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import { scaled } from '../support/scale';
import { newSim, openSimulatedShop, type SimulatedShop } from '../support/simulated-processing';

/**
 * Every fault of the wire at every call that a row needs: each cell ends in a stated state that is the carrier's own truth,
 * with nothing asked for twice.
 */
const FAULTS: Readonly<Record<string, object>> = {
  '400 known code': { kind: 'refuse', code: 'UnifiedWebService.INPUT_INVALID.Device.Identifier.Invalid' },
  '400 unknown code': { kind: 'refuse', code: 'UnifiedWebService.REQUEST_FAILED.WhoKnows' },
  '401 bearer': { kind: 'invalid-credentials' },
  'session expired': { kind: 'session-expired' },
  '403 XML': { kind: 'forbidden-xml' },
  '404': { kind: 'not-found' },
  '408': { kind: 'http', status: 408 },
  '409': { kind: 'conflict' },
  '429': { kind: 'rate-limit' },
  '429 Retry-After': { kind: 'rate-limit', retryAfterSeconds: 1 },
  '500 before': { kind: 'server-error', when: 'before' },
  '500 after': { kind: 'server-error', when: 'after' },
  '502 HTML': { kind: 'bad-gateway', when: 'after' },
  '503': { kind: 'unavailable', when: 'before' },
  '504 after': { kind: 'gateway-timeout', when: 'after' },
  'dropped before': { kind: 'drop', when: 'before' },
  'dropped after': { kind: 'drop', when: 'after' },
  'reset in the headers': { kind: 'reset', at: 'headers', when: 'after' },
  'reset in the body': { kind: 'reset', at: 'body', when: 'after' },
  'half-open': { kind: 'silence', when: 'before' },
  'half-open after': { kind: 'silence', when: 'after' },
  'one byte at a time': { kind: 'slow', chunkBytes: 1, everyMs: 200 },
  'truncated JSON': { kind: 'truncate' },
  'wrong content type': { kind: 'content-type', contentType: 'text/html' },
  '10 MB body': { kind: 'huge', sizeBytes: 10 * 1024 * 1024 },
  'late apply': { kind: 'late', applyAfterMs: 300, answer: 'drop' },
};

const CALLS = ['swap', 'list', 'login', 'token', 'callback-register'] as const;

/** After these at the sign-in everything stops until a person has looked: five refusals would lock the account. */
const STOPS: ReadonlySet<string> = new Set(['idle', 'timeout']);

const LIMITS = {
  ...{ firstReadBackMs: 400, quietMs: 1_200, mostReadBacks: 4 },
  sendBackoff: { minMs: 20, maxMs: 100 },
  readBackBackoff: { minMs: 100, maxMs: 300 },
  systemBackoff: { minMs: 20, maxMs: 100 },
};

let simulator: Simulator | null = null;
let shop: SimulatedShop | null = null;
afterEach(async () => {
  await shop?.close();
  await simulator?.stop();
  shop = null;
  simulator = null;
});

const cells = CALLS.flatMap((call, index) =>
  Object.entries(FAULTS)
    // Every fault at the swap in each run; of the other calls a part, each time the same.
    .filter((_, number) => call === 'swap' || number % scaled(1, 6) === index % scaled(1, 6))
    .map(([name, fault]) => ({ call, name, fault })),
);

describe(`${cells.length} cells of ${Object.keys(FAULTS).length} faults × ${CALLS.length} calls`, () => {
  it.each(cells)('$call: $name', { timeout: 60_000 }, async ({ call, fault }) => {
    const sim = await startSimulator({
      ...{ lines: 8, accounts: 1, latencyMs: [0, 30] as const },
      faults: [
        { endpoint: call, times: 1, fault },
        // Nothing comes by callback where the read-back itself is to be tried.
        ...(call === 'list' ? [{ endpoint: 'swap', fault: { kind: 'callback-lost' } }] : []),
      ],
    });
    simulator = sim;
    const made = await openSimulatedShop({
      ...{ simulator: sim, rows: 3, limits: LIMITS, concurrency: 2 },
      timeouts: { connectMs: 1_000, answerMs: 800, totalMs: 1_000 },
      callbackUrl: 'http://127.0.0.1:0/callbacks',
    });
    shop = made;
    const change = await made.submit();
    const outcome = await made.processor.run({ untilIdle: true, timeoutMs: 40_000 });
    expect(STOPS.has(outcome.reason)).toBe(true);
    const { rows } = await made.changes.rows(change, { limit: 10, offset: 0 });
    for (const row of rows) {
      const line = made.lines[row.row - 1];
      const changed = sim.control.line(line?.mdn ?? '')?.iccid === newSim(line?.iccid ?? '');
      // Stopped providers leave their rows unsent; everything else has ended or waits for a person.
      const stated = row.status === 'queued' ? outcome.hindrances.length > 0 && !changed : row.status !== 'sending';
      expect([row.row, row.status, stated]).toEqual([row.row, row.status, true]);
      if (row.status === 'processed') expect([row.row, changed]).toEqual([row.row, true]);
      if (row.status === 'error') expect([row.row, changed]).toEqual([row.row, false]);
    }
    const { swaps } = sim.control.state();
    expect({ doubles: swaps.doubles, repeats: swaps.repeats }).toEqual({ doubles: 0, repeats: 0 });
    expect(await made.audit.verify([])).toMatchObject({ ok: true });
  });
});
