import axios from 'axios';
import { Agent } from 'node:http';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../main/lib/clock';
import { systemIds } from '../main/lib/ids';
import { createPacer } from '../main/services/queue/pacing';
import { openThingSpace } from '../test/support/thingspace';
import { PROVIDER } from '../test/support/processing';
import { runBenchmark, type Measured } from './harness';
import { timed } from './peers';

const AT_ONCE = 10;
/** Answers as the carrier does, in a thread of its own, so that its work is not counted with the client's. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/count') return response.end(JSON.stringify({ connections }));
      if (request.url.endsWith('/token')) return response.end('{"access_token":"t","expires_in":3600}');
      if (request.url.endsWith('/login')) return response.end('{"sessionToken":"s"}');
      response.end('{"requestId":"7e6b3a52-0d39-4f43-8b6c-3f8f3a3b9c10"}');
    });
  });
  server.keepAliveTimeout = 60000;
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function withServer<T>(work: (url: string) => Promise<T>): Promise<T> {
  const worker = new Worker(SERVER, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    await worker.terminate();
  }
}

const row = (index: number) => ({
  ...{ type: 'ChangeICCID' as const, mdn: '5125550143' },
  old: { iccid: `8914800000${String(index).padStart(10, '0')}` },
  new: { iccid: `8988200000${String(index).padStart(10, '0')}` },
});

async function allOf(rows: number, call: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rows) await call(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** CPU of this thread alone. */
async function measured(rows: number, work: () => Promise<void>): Promise<Measured> {
  const before = process.threadCpuUsage();
  const ms = await timed(work);
  const { user, system } = process.threadCpuUsage(before);
  return { ms, cpuUsACall: (user + system) / rows };
}

function own(rows: number): Promise<Measured> {
  return withServer(async (url) => {
    const { service, provider } = openThingSpace({ url });
    const swap = (index: number): Promise<unknown> =>
      service.swap(provider, service.swapRequest(provider, row(index)), systemIds.uid());
    await allOf(500, swap);
    const result = await measured(rows, () => allOf(rows, swap));
    await service.close();
    const { connections } = (await (await fetch(`${url}/count`)).json()) as { connections: number };
    return { ...result, connections: connections - 1 };
  });
}

function bare(rows: number): Promise<Measured> {
  return withServer(async (url) => {
    const httpAgent = new Agent({ keepAlive: true });
    const client = axios.create({ httpAgent, maxRedirects: 0, proxy: false });
    const { service, provider } = openThingSpace({ url });
    const put = (index: number): Promise<unknown> => {
      const { path, body } = service.swapRequest(provider, row(index));
      return client.put(url + path, body, { headers: { authorization: 'Bearer t', 'vz-m2m-token': 's' } });
    };
    await allOf(500, put);
    const result = await measured(rows, () => allOf(rows, put));
    httpAgent.destroy();
    return result;
  });
}

/** Turns taken in a second of many that are wanted: how much of the rate is used, and how often it is exceeded. */
async function pacing(): Promise<Measured> {
  const A_SECOND = 50;
  const SECONDS = 6;
  const pacer = createPacer(systemClock, A_SECOND * 60);
  const stop = new AbortController();
  const turns: number[] = [];
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    while (await pacer.turn(stop.signal)) {
      turns.push(performance.now() - startedAt);
      if (performance.now() - startedAt > SECONDS * 1000) stop.abort();
    }
  };
  const ms = await timed(() => Promise.all(Array.from({ length: AT_ONCE }, work)));
  const within = turns.filter((turn) => turn < SECONDS * 1000);
  const most = Math.max(...within.map((turn) => within.filter((other) => other >= turn && other < turn + 1000).length));
  return { ms, usedPercent: (within.length * 100) / (A_SECOND * SECONDS), mostInASecond: most, limit: A_SECOND };
}

await runBenchmark({
  name: 'client',
  rows: 10_000,
  rounds: 3,
  prepare: async (rows) =>
    `${rows.toLocaleString('en')} swaps at ${PROVIDER.name}, ${AT_ONCE} at once, against a server without work`,
  variants: [
    { name: 'own client', run: own },
    { name: 'bare axios, keep-alive', run: bare },
    { name: 'pacing', run: pacing },
  ],
  figures: [
    {
      name: 'CPU a call, own / bare axios',
      goal: 1.3,
      value: (median) => median('own client', 'cpuUsACall') / median('bare axios, keep-alive', 'cpuUsACall'),
    },
    { name: 'connections', goal: AT_ONCE, value: (median) => median('own client', 'connections') },
    {
      name: 'pacing: of the rate used, percent',
      ...{ goal: 98, atLeast: true },
      value: (median) => median('pacing', 'usedPercent'),
    },
    {
      name: 'pacing: most in any second, over the limit',
      goal: 0,
      value: (median) => median('pacing', 'mostInASecond') - median('pacing', 'limit'),
    },
  ],
});
