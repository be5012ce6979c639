import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { silentLog } from '../../lib/logger';
import { createQueueService } from './queue.service';
import type { Job, QueueService } from './types';

/**
 * Whatever is added, claimed, ended, held, released and left behind, in whatever order: the queue hands out what a plain
 * model says it should, each job to one worker, of a line only the earliest, and loses none.
 */
interface ModelJob {
  readonly row: number;
  readonly line: number;
  state: 'waiting' | 'working' | 'dead';
  runAt: number;
  held: boolean;
  until: number;
}

interface World {
  readonly provider: string;
  readonly jobs: Map<number, ModelJob>;
  readonly inHand: Map<number, Job>;
}

const LINES = 3;
const CLAIM_MS = 100;
let db: TestDb;
let clock: ManualClock;
let queue: QueueService;
let histories = 0;

beforeAll(async () => {
  db = await openTestDb();
  clock = createManualClock();
  queue = createQueueService({ local: db, clock, log: silentLog });
});
afterAll(() => db.close());

type Step =
  | { readonly kind: 'add'; readonly line: number; readonly delayMs: number; readonly held: boolean }
  | { readonly kind: 'claim'; readonly limit: number }
  | { readonly kind: 'end'; readonly which: number; readonly how: 'done' | 'again' | 'dead' }
  | { readonly kind: 'give back'; readonly which: number }
  | { readonly kind: 'hold'; readonly which: number; readonly on: boolean }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'recover' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    line: fc.integer({ min: 1, max: LINES }),
    delayMs: fc.constantFrom(0, 0, 40),
    held: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(9),
    how: fc.constantFrom('done' as const, 'done' as const, 'again' as const, 'dead' as const),
  }),
  fc.record({ kind: fc.constant('give back' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('hold' as const), which: fc.nat(9), on: fc.boolean() }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 50, 150) }),
  fc.record({ kind: fc.constant('recover' as const) }),
);

const wrong = (what: string): Error => new Error(what);

function claimable(world: World): number[] {
  const live = [...world.jobs].filter(([, job]) => job.state !== 'dead');
  return live
    .filter(([id, job]) => {
      if (job.state !== 'waiting' || job.held || job.runAt > clock.now()) return false;
      return !live.some(
        ([otherId, other]) =>
          otherId !== id &&
          other.line === job.line &&
          (other.state === 'working' || other.row < job.row || (other.row === job.row && otherId < id)),
      );
    })
    .toSorted(([aId, a], [bId, b]) => a.runAt - b.runAt || aId - bId)
    .map(([id]) => id);
}

async function add(world: World, { line, delayMs, held }: Extract<Step, { kind: 'add' }>): Promise<void> {
  const row = (world.jobs.size + 1) * 10 + line;
  const runAt = clock.now() + delayMs;
  const message = { BulkChangeId: 1, M2MDeviceChangeId: row, IsRetryUpdateIdentifier: false, RetryNumber: 0 };
  const deviceId = histories * 10 + line;
  await db.write((trx) =>
    queue.add(trx, [{ message: { ...message, RequestId: '' }, providerUid: world.provider, deviceId, runAt, held }]),
  );
  const [stored] = await db.read.raw<{ id: number }[]>('select max(id) as id from job');
  world.jobs.set(stored?.id ?? 0, { row, line, state: 'waiting', runAt, held, until: 0 });
}

async function claim(world: World, limit: number): Promise<void> {
  const expected = claimable(world).slice(0, limit);
  const lane = { providerUid: world.provider, confirms: false, limit };
  const until = clock.now() + CLAIM_MS;
  const { jobs } = await db.write((trx) => queue.claim(trx, `worker of ${world.provider}`, until, [lane]));
  const got = jobs.map((job) => job.id);
  if (got.join() !== expected.join()) throw wrong(`claimed ${got.join()}, expected ${expected.join()}`);
  for (const job of jobs) {
    const model = world.jobs.get(job.id);
    if (model !== undefined) Object.assign(model, { state: 'working', until });
    world.inHand.set(job.id, job);
  }
}

async function end(world: World, which: number, how: 'done' | 'again' | 'dead'): Promise<void> {
  const job = [...world.inHand.values()][which];
  if (job === undefined) return;
  world.inHand.delete(job.id);
  const model = world.jobs.get(job.id);
  const fault = { class: 'system', code: 'c', message: 'm', correlationId: 'k' } as const;
  const runAt = clock.now() + 30;
  const ending =
    how === 'done'
      ? ({ kind: 'done' } as const)
      : how === 'dead'
        ? ({ kind: 'dead', fault } as const)
        : ({ kind: 'again', runAt, countsAsAttempt: true, fault } as const);
  const ended = await db.write((trx) => queue.end(trx, job, ending));
  // Its claim ran out, and the job is somebody else's matter.
  if (ended !== (model?.state === 'working'))
    throw wrong(`job ${job.id}: ended ${ended}, is ${model?.state ?? 'gone'}`);
  if (!ended || model === undefined) return;
  if (how === 'done') world.jobs.delete(job.id);
  else if (how === 'dead') model.state = 'dead';
  else Object.assign(model, { state: 'waiting', runAt });
}

async function take(world: World, one: Step): Promise<void> {
  switch (one.kind) {
    case 'add':
      return add(world, one);
    case 'claim':
      return claim(world, one.limit);
    case 'end':
      return end(world, one.which, one.how);
    case 'give back': {
      const job = [...world.inHand.values()][one.which];
      if (job === undefined) return;
      world.inHand.delete(job.id);
      await db.write((trx) => queue.release(trx, job.claimedBy, [job.id]));
      const model = world.jobs.get(job.id);
      if (model?.state === 'working') model.state = 'waiting';
      return;
    }
    case 'hold': {
      const [id, model] = [...world.jobs][one.which] ?? [];
      if (id === undefined || model === undefined) return;
      await db.write((trx) => trx.raw('update job set held = ? where id = ?', [one.on ? 1 : 0, id]));
      model.held = one.on;
      return;
    }
    case 'pass':
      clock.advance(one.ms);
      return;
    case 'recover': {
      await db.write((trx) => queue.recoverOrphans(trx, 'expired'));
      for (const [id, model] of world.jobs) {
        if (model.state !== 'working' || model.until >= clock.now()) continue;
        model.state = 'waiting';
        world.inHand.delete(id);
      }
    }
  }
}

async function nothingIsLost(world: World): Promise<void> {
  const rows = await db.read.raw<{ id: number; state: string }[]>(
    'select id, state from job where provider_uid = ? order by id',
    [world.provider],
  );
  const is = rows.map(({ id, state }) => `${id} ${state}`).join();
  const shouldBe = [...world.jobs].map(([id, { state }]) => `${id} ${state}`).join();
  if (is !== shouldBe) throw wrong(`the table holds ${is}, expected ${shouldBe}`);
}

describe('the queue', () => {
  it('does what its model does, in every order of events', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        histories += 1;
        const world: World = { provider: `provider ${histories}`, jobs: new Map(), inHand: new Map() };
        for (const one of steps) await take(world, one);
        await nothingIsLost(world);
        await db.write((trx) => trx.raw('delete from job'));
      }),
      { numRuns: 60 },
    );
  });
});
