import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import { startCarrier, type CarrierProcess } from '../support/carrier-process';
import { newDesk, type Desk } from '../support/cli';
import { scaled } from '../support/scale';
import { openSimulatedShop, type SimulatedShop } from '../support/simulated-processing';

const ROWS = scaled(1_000, 200);
const HOUR_AND_MORE_MS = 61 * 60_000;

describe('token and session that both expire inside a bulk change', () => {
  let simulator: Simulator | null = null;
  let shop: SimulatedShop | null = null;
  afterEach(async () => {
    await shop?.close();
    await simulator?.stop();
  });

  it(`are renewed once each, and none of ${ROWS} rows fails`, { timeout: 240_000 }, async () => {
    const sim = await startSimulator({ lines: ROWS * 2, accounts: 1, latencyMs: [0, 40] });
    simulator = sim;
    const made = await openSimulatedShop({
      ...{ simulator: sim, rows: ROWS, concurrency: 20 },
      timeouts: { answerMs: 5_000, totalMs: 8_000 },
      limits: { firstReadBackMs: 3_000, quietMs: 3_000 },
      callbackUrl: 'http://127.0.0.1:0/callbacks',
    });
    shop = made;
    const change = await made.submit();
    let before: Record<string, number> | null = null;
    const watch = setInterval(() => {
      const { byEndpoint } = sim.control.state().requests;
      if (before !== null || (byEndpoint['swap'] ?? 0) < ROWS / 2) return;
      before = { ...byEndpoint };
      void sim.control.advance(HOUR_AND_MORE_MS);
    }, 5);
    const outcome = await made.processor.run({ untilIdle: true, timeoutMs: 200_000 });
    clearInterval(watch);
    const { byStatus } = (await made.changes.get(String(change))).counts;
    expect(outcome).toMatchObject({ reason: 'idle', hindrances: [] });
    expect(byStatus).toEqual({ processed: ROWS });
    const { byEndpoint } = sim.control.state().requests;
    const grown = (name: string): number => (byEndpoint[name] ?? 0) - (before?.[name] ?? 0);
    console.log(
      `rows ${ROWS}, expired after ${before?.['swap'] ?? 0} swaps, tokens ${grown('token')}, logins ${grown('login')}`,
    );
    expect([grown('token'), grown('login')]).toEqual([1, 1]);
    expect(sim.control.state().swaps.repeats).toBe(0);
  });
});

describe('ten processes with the same wrong password', () => {
  const DESKS = 10;
  let carrier: CarrierProcess;
  let desk: Desk;
  beforeAll(async () => {
    carrier = await startCarrier(['--lines', '10']);
    const wrong = {
      ...{ clientId: 'training-key-1', clientSecret: 'training-secret-1' },
      ...{ username: 'training-user-1', password: 'wrong' },
    };
    desk = newDesk({
      ...{ SWAPDESK_USER: 'chief', SWAPDESK_PASSWORD: 'correct-horse-battery', SWAPDESK_CREDENTIALS: 'memory' },
      SWAPDESK_CREDENTIALS_JSON: JSON.stringify({ Acme: wrong }),
    });
    await desk.run(['central', 'init', '--url', 'embedded']);
    const account = ['--account', '0000123456-00001', '--base-url', carrier.url];
    expect((await desk.run(['provider', 'add', '--name', 'Acme', ...account])).code).toBe(0);
  });
  afterAll(async () => {
    await carrier.stop();
    desk.dispose();
  });

  it('make two logins between them, and every desk is told', { timeout: 300_000 }, async () => {
    const tries = await Promise.all(Array.from({ length: DESKS }, () => desk.run(['credentials', 'test', 'Acme'])));
    expect(tries.map((one) => one.code)).toEqual(Array(DESKS).fill(1));
    const answer = await fetch(`${carrier.url}/__control/state`);
    const { logins } = (await answer.json()) as { logins: { accepted: number; refused: number } };
    console.log(`processes ${DESKS}, logins ${logins.refused}`);
    expect(logins.accepted).toBe(0);
    expect(logins.refused).toBeLessThanOrEqual(2);
    const { alerts } = (await desk.run(['alert', 'list', '--json'])).json<{
      alerts: { code: string; uid: string }[];
    }>();
    expect(alerts.map((alert) => alert.code)).toEqual(['provider-stopped']);
    expect((await desk.run(['alert', 'acknowledge', alerts[0]?.uid ?? ''])).code).toBe(0);
    expect((await desk.run(['alert', 'list', '--json'])).json()).toEqual({ alerts: [] });
  });
});
