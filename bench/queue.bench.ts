import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Logger, makeWorkerUtils, run as runGraphile } from 'graphile-worker';
import { better, defineQueue, defineWorker } from 'plainjob';
import { systemClock } from '../main/lib/clock';
import { systemIds } from '../main/lib/ids';
import { silentLog } from '../main/lib/logger';
import { openLocalDb } from '../main/localdb/open';
import type { LocalDb } from '../main/localdb/types';
import { createQueueService, groupWrites, type NewJob, type QueueService } from '../main/services/queue';
import { createQueueRunner } from '../main/services/queue/runner';
import { startTestCentral } from '../test/support/central';
import { dataDir, runBenchmark, type Measured } from './harness';
import { timed } from './peers';

const IN_FLIGHT = 50;
const MANY = 1_000_000;
const PROVIDER = 'north';

const jobOf = (row: number, runAt: number): NewJob => ({
  message: {
    ...{ BulkChangeId: 1, M2MDeviceChangeId: row, IsRetryUpdateIdentifier: false, RetryNumber: 0 },
    RequestId: 'r'.repeat(100),
  },
  ...{ providerUid: PROVIDER, deviceId: row, runAt },
});

interface OwnQueue {
  readonly local: LocalDb;
  readonly queue: QueueService;
  remove(): Promise<void>;
}

function removeFiles(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
}

async function ownQueue(name: string): Promise<OwnQueue> {
  removeFiles(join(dataDir, `${name}.sqlite`));
  return reopened(name);
}

async function reopened(name: string): Promise<OwnQueue> {
  const file = join(dataDir, `${name}.sqlite`);
  const local = groupWrites(await openLocalDb({ file }));
  const queue = createQueueService({ local, clock: systemClock, log: silentLog });
  return {
    ...{ local, queue },
    async remove() {
      await local.close();
      removeFiles(file);
    },
  };
}

async function add(local: LocalDb, queue: QueueService, rows: number): Promise<void> {
  const A_TIME = 10_000;
  for (let from = 0; from < rows; from += A_TIME) {
    const part = Array.from({ length: Math.min(A_TIME, rows - from) }, (_, index) => jobOf(from + index + 1, 0));
    await local.write((trx) => queue.add(trx, part));
  }
}

/** As the processor runs it: a runner with so many at once, each job ended in a transaction of its own. */
function runnerOf(local: LocalDb, queue: QueueService, onDone: () => void) {
  return createQueueRunner({
    ...{ queue, local, clock: systemClock, ids: systemIds, log: silentLog },
    lanes: () => [{ providerUid: PROVIDER, confirms: false, concurrency: IN_FLIGHT, open: () => true }],
    handle: async (job) => {
      await local.write((trx) => queue.end(trx, job, { kind: 'done' }), { row: job.message.M2MDeviceChangeId });
      onDone();
    },
    abandon: async () => undefined,
  });
}

async function processAll(local: LocalDb, queue: QueueService, rows: number): Promise<number> {
  let done = 0;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  const runner = runnerOf(local, queue, () => {
    done += 1;
    if (done === rows) finish();
  });
  const ms = await timed(async () => {
    runner.start();
    await all;
  });
  await runner.stop();
  return ms;
}

async function own(rows: number): Promise<Measured> {
  const { local, queue, remove } = await ownQueue('queue-own');
  await add(local, queue, rows);
  const ms = await processAll(local, queue, rows);
  await remove();
  return { ms, perSecond: (rows * 1000) / ms };
}

/** The first jobs of very many: what waits behind must not slow them. */
async function ownOfMany(rows: number): Promise<Measured> {
  const filled = await ownQueue('queue-many');
  await add(filled.local, filled.queue, MANY);
  // What filling left to be written to the disk is no part of claiming.
  await filled.local.close();
  const { local, queue, remove } = await reopened('queue-many');
  const ms = await processAll(local, queue, rows);
  await remove();
  return { ms, perSecond: (rows * 1000) / ms };
}

async function loneJob(): Promise<Measured> {
  const { local, queue, remove } = await ownQueue('queue-lone');
  let arrived = (): void => undefined;
  const runner = runnerOf(local, queue, () => arrived());
  runner.start();
  const times: number[] = [];
  for (let row = 1; row <= 50; row += 1) {
    await systemClock.sleep(20);
    const there = new Promise<void>((resolve) => (arrived = resolve));
    times.push(
      await timed(async () => {
        await local.write((trx) => queue.add(trx, [jobOf(row, systemClock.now())]));
        await there;
      }),
    );
  }
  await runner.stop();
  await remove();
  return { ms: times.toSorted((a, b) => a - b)[25] ?? 0 };
}

async function plainjob(rows: number, synchronous: 'NORMAL' | 'FULL'): Promise<Measured> {
  const file = join(dataDir, `plainjob-${synchronous}.sqlite`);
  removeFiles(file);
  const logger = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
  const database = new Database(file);
  const queue = defineQueue({ connection: better(database), logger });
  database.pragma(`synchronous = ${synchronous}`);
  const data = 'x'.repeat(250);
  queue.addMany(
    'swap',
    Array.from({ length: rows }, () => data),
  );
  let done = 0;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  const worker = defineWorker(
    'swap',
    async () => {
      done += 1;
      if (done === rows) finish();
    },
    { queue, logger },
  );
  const ms = await timed(async () => {
    void worker.start();
    await all;
  });
  await worker.stop();
  queue.close();
  removeFiles(file);
  return { ms, perSecond: (rows * 1000) / ms };
}

/** Batched, with a queue of its own in memory, as its authors measure it; PostgreSQL on this computer, fsync on. */
async function graphile(rows: number): Promise<Measured> {
  const server = await startTestCentral();
  const { user, password, host, port, database } = (await server.fresh()).admin;
  const where = host.startsWith('/') ? `?host=${encodeURIComponent(host)}&port=${port}` : '';
  const at = host.startsWith('/') ? '' : `${host}:${port}`;
  const connectionString = `postgres://${user}:${encodeURIComponent(password)}@${at}/${database}${where}`;
  const utils = await makeWorkerUtils({ connectionString });
  await utils.migrate();
  await utils.addJobs(Array.from({ length: rows }, () => ({ identifier: 'swap', payload: { text: 'x'.repeat(250) } })));
  let done = 0;
  let finish = (): void => undefined;
  const all = new Promise<void>((resolve) => (finish = resolve));
  let runner: Awaited<ReturnType<typeof runGraphile>> | undefined;
  const ms = await timed(async () => {
    runner = await runGraphile({
      ...{ connectionString, concurrency: IN_FLIGHT, noHandleSignals: true },
      logger: new Logger(() => () => undefined),
      preset: { worker: { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: {
        swap: () => {
          done += 1;
          if (done === rows) finish();
        },
      },
    });
    await all;
  });
  await runner?.stop();
  await utils.release();
  await server.stop();
  return { ms, perSecond: (rows * 1000) / ms };
}

await runBenchmark({
  name: 'queue',
  rows: 10_000,
  rounds: 3,
  prepare: async (rows) => `${rows.toLocaleString('en')} jobs of about 250 bytes; ${IN_FLIGHT} in flight; a no-op each`,
  variants: [
    { name: 'own FULL', run: own },
    { name: 'own first of 1 M', once: true, run: ownOfMany },
    { name: 'lone job', run: loneJob },
    { name: 'plainjob NORMAL', run: (rows) => plainjob(rows, 'NORMAL') },
    { name: 'plainjob FULL', run: (rows) => plainjob(rows, 'FULL') },
    { name: 'graphile-worker batched', run: graphile },
  ],
  figures: [
    {
      name: 'own / plainjob at NORMAL',
      ...{ goal: 2, atLeast: true },
      value: (median) => median('own FULL', 'perSecond') / median('plainjob NORMAL', 'perSecond'),
    },
    {
      name: 'own / plainjob at FULL',
      ...{ goal: 8, atLeast: true },
      value: (median) => median('own FULL', 'perSecond') / median('plainjob FULL', 'perSecond'),
    },
    {
      name: 'own / graphile-worker batched',
      ...{ goal: 1, atLeast: true },
      value: (median) => median('own FULL', 'perSecond') / median('graphile-worker batched', 'perSecond'),
    },
    {
      name: 'with 1 M waiting / with 10,000',
      ...{ goal: 0.8, atLeast: true },
      value: (median) => median('own first of 1 M', 'perSecond') / median('own FULL', 'perSecond'),
    },
    { name: 'a lone job from enqueue to start, ms', goal: 10, value: (median) => median('lone job') },
  ],
});
