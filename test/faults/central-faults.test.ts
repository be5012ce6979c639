import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../main/lib/clock';
import { startSimulator } from '../../simulator/start-simulator';
import { startTestCentral, type TestCentral } from '../support/central';
import { openSimulatedCentral, type SimulatedCentral } from '../support/simulated-central';
import { newSim, openSimulatedShop } from '../support/simulated-processing';

/**
 * The central database fails in the middle of a change and comes back. Rows wait meanwhile; afterwards each has ended as
 * the carrier says, here and there, and nothing was sent twice.
 */
const ROWS = 20;
const FAULT_MS = 1_000;

let server: TestCentral;
beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());

interface Trouble {
  begin(central: SimulatedCentral): Promise<void>;
  end(central: SimulatedCentral): Promise<void>;
}

const sql = (text: string) => async (central: SimulatedCentral) => {
  await central.database.query(text);
  await central.cut();
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'is down': {
    async begin(central) {
      // A port that nobody listens on.
      central.divert({ host: '127.0.0.1', port: 1 });
      await central.cut();
    },
    end: async (central) => central.divert(null),
  },
  'is restarted': {
    async begin() {
      const [pid = ''] = readFileSync(join(server.embedded.dataFolder, 'cluster', 'postmaster.pid'), 'utf8').split(
        '\n',
      );
      process.kill(Number(pid), 'SIGINT');
    },
    end: async () => undefined,
  },
  // As a standby is: for whoever is no superuser.
  'is read-only': {
    begin: sql(`alter role swapdesk_desktop set default_transaction_read_only = on`),
    end: sql(`alter role swapdesk_desktop reset default_transaction_read_only`),
  },
  'has no connection left': {
    begin: sql(`alter role swapdesk_desktop connection limit 0`),
    end: sql(`alter role swapdesk_desktop connection limit -1`),
  },
};

describe('a change while the central database fails', () => {
  it.each(Object.keys(TROUBLES))('%s, and comes back', { timeout: 120_000 }, async (name) => {
    const trouble = TROUBLES[name];
    if (trouble === undefined) throw new Error(`no trouble ${name}`);
    const simulator = await startSimulator({ lines: ROWS * 2, accounts: 1, latencyMs: [20, 60] });
    const opened: SimulatedCentral[] = [];
    const shop = await openSimulatedShop({
      ...{ simulator, rows: ROWS, concurrency: 3, callbackUrl: 'http://127.0.0.1:0/callbacks' },
      ...{ timeouts: { answerMs: 5_000, totalMs: 10_000 }, limits: { firstReadBackMs: 500 } },
      async openCentral(lines) {
        const made = await openSimulatedCentral(server, lines);
        opened.push(made);
        return made;
      },
    });
    const [central] = opened;
    if (central === undefined) throw new Error('no central database');
    await shop.submit();
    const running = shop.processor.run({ untilIdle: true, timeoutMs: 90_000 });
    const swaps = (): number => simulator.control.state().swaps.applied;
    while (swaps() < 4) await systemClock.sleep(20);
    await trouble.begin(central);
    await systemClock.sleep(FAULT_MS);
    await trouble.end(central);
    const outcome = await running;
    const stored = await central.database.query<{ iccid: string }>('select iccid from device where iccid = any ($1)', [
      shop.lines.map((line) => newSim(line.iccid)),
    ]);
    const { doubles, repeats, applied } = simulator.control.state().swaps;
    expect({ reason: outcome.reason, processed: outcome.ended.processed, stored: stored.length }).toEqual({
      reason: 'idle',
      processed: ROWS,
      stored: ROWS,
    });
    expect([applied, doubles, repeats]).toEqual([ROWS, 0, 0]);
    await shop.close();
    await simulator.stop();
  });
});
