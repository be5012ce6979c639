import axios from 'axios';
import { Agent } from 'node:http';
import { startSimulator, type Simulator } from '../simulator/start-simulator';
import { startTestCentral } from '../test/support/central';
import { openSimulatedCentral } from '../test/support/simulated-central';
import { newSim, openSimulatedShop, type SimulatedOptions } from '../test/support/simulated-processing';
import { runBenchmark, type Measured } from './harness';
import { timed } from './peers';

const AT_ONCE = 10;
const TIMEOUTS = { answerMs: 30_000, totalMs: 60_000 };

const carrier = (rows: number): Promise<Simulator> =>
  startSimulator({ lines: Math.ceil(rows * 1.3), accounts: 1, latencyMs: 0 });

/** Every row through intent, PUT, callback, identifier update and audit; the central database a PostgreSQL here. */
async function whole(rows: number): Promise<Measured> {
  const server = await startTestCentral();
  try {
    return await through(rows, (lines) => openSimulatedCentral(server, lines));
  } finally {
    await server.stop();
  }
}

async function through(rows: number, openCentral: NonNullable<SimulatedOptions['openCentral']>): Promise<Measured> {
  const simulator = await carrier(rows);
  const shop = await openSimulatedShop({
    ...{ simulator, rows, openCentral, timeouts: TIMEOUTS, concurrency: AT_ONCE, limits: { firstReadBackMs: 60_000 } },
    callbackUrl: 'http://127.0.0.1:0/callbacks',
  });
  await shop.submit();
  let processed = 0;
  const ms = await timed(async () => {
    const outcome = await shop.processor.run({ untilIdle: true, timeoutMs: null });
    processed = outcome.ended.processed;
  });
  await shop.close();
  await simulator.stop();
  if (processed !== rows) throw new Error(`${processed} rows of ${rows} were processed`);
  return { ms, perSecond: (rows * 1000) / ms };
}

/** The same PUTs, and nothing else. */
async function bare(rows: number): Promise<Measured> {
  const simulator = await carrier(rows);
  const [account] = simulator.accounts;
  if (account === undefined) throw new Error('the simulator has no account');
  const httpAgent = new Agent({ keepAlive: true });
  const client = axios.create({ baseURL: simulator.url, httpAgent, maxRedirects: 0, proxy: false });
  const basic = Buffer.from(`${account.clientId}:${account.clientSecret}`).toString('base64');
  const token = await client.post<{ access_token: string }>(
    '/api/ts/v1/oauth2/token',
    'grant_type=client_credentials',
    { headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' } },
  );
  const bearer = { authorization: `Bearer ${token.data.access_token}` };
  const login = { username: account.username, password: account.password };
  const session = await client.post<{ sessionToken: string }>('/api/m2m/v1/session/login', login, { headers: bearer });
  const headers = { ...bearer, 'vz-m2m-token': session.data.sessionToken };
  const lines = simulator.control
    .lines({ account: account.account })
    .filter((line) => line.state === 'active' && line.mdn !== null)
    .slice(0, rows);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
      const body = {
        deviceIds: [{ id: line.iccid, kind: 'iccid' }],
        deviceIdsTo: [{ id: newSim(line.iccid), kind: 'iccid' }],
        change4gOption: 'ChangeICCID',
      };
      await client.put('/api/m2m/v1/devices/4g/actions/deviceId', body, { headers });
    }
  };
  const ms = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, work)));
  httpAgent.destroy();
  await simulator.stop();
  return { ms, perSecond: (rows * 1000) / ms };
}

await runBenchmark({
  name: 'process',
  rows: 10_000,
  rounds: 3,
  prepare: async (rows) => `${rows.toLocaleString('en')} SIM swaps, ${AT_ONCE} at once, simulator without latency`,
  variants: [
    { name: 'whole row', run: whole },
    { name: 'bare axios PUT', run: bare },
  ],
  figures: [
    {
      name: 'rows a second / bare PUTs',
      ...{ goal: 0.35, atLeast: true },
      value: (median) => median('whole row', 'perSecond') / median('bare axios PUT', 'perSecond'),
    },
  ],
});
