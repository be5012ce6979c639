import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workFailed } from '../../../shared/domain/fault';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import { callFault } from '../../../test/support/fake-carrier';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { PROVIDER } from '../../../test/support/processing';
import { silentLog } from '../../lib/logger';
import { createGate } from './gate';
import { createProviderHolds } from './provider-holds';
import { createQueueService } from './queue.service';
import { DEFAULT_TROUBLE_LIMITS } from './trouble.rules';
import type { Job, QueueService } from './types';

let db: TestDb;
let clock: ManualClock;
let queue: QueueService;
beforeEach(async () => {
  db = await openTestDb();
  clock = createManualClock();
  queue = createQueueService({ local: db, clock, log: silentLog });
});
afterEach(() => db.close());

const ACT = { by: 'olivia', note: 'maintenance' };

function holdsWith(central: { away: boolean; paused: Set<string> }) {
  const reach = (): void => {
    if (central.away) throw workFailed({ code: 'central-unreachable', what: 'away' });
  };
  return createProviderHolds({
    local: db,
    queue,
    identifiers: {
      pauseProvider: async (uid) => {
        reach();
        central.paused.add(uid);
      },
      resumeProvider: async (uid) => {
        reach();
        return central.paused.delete(uid);
      },
    },
    audit: { record: async () => undefined },
  });
}

async function claimedJob(): Promise<Job> {
  const message = {
    BulkChangeId: 1,
    M2MDeviceChangeId: 1,
    IsRetryUpdateIdentifier: false,
    RetryNumber: 0,
    RequestId: '',
  };
  await db.write((trx) => queue.add(trx, [{ message, providerUid: PROVIDER.uid, deviceId: 1, runAt: clock.now() }]));
  const lane = { providerUid: PROVIDER.uid, confirms: false, limit: 1 };
  const claimed = await db.write((trx) => queue.claim(trx, 'me', clock.now() + 60_000, [lane]));
  const [job] = claimed.jobs;
  if (job === undefined) throw new Error('nothing claimed');
  return job;
}

describe('a provider that a person pauses', () => {
  it('is held here whatever the network does, and everywhere when the central database knows', async () => {
    const central = { away: true, paused: new Set<string>() };
    const holds = holdsWith(central);
    expect(await holds.pause(PROVIDER, ACT)).toEqual({ everywhere: false });
    expect(await queue.listHolds()).toMatchObject([{ kind: 'paused', everywhere: false }]);
    central.away = false;
    expect(await holds.pause(PROVIDER, ACT)).toEqual({ everywhere: true });
    expect(await queue.listHolds()).toMatchObject([{ kind: 'paused', message: 'Paused by olivia: maintenance' }]);
    expect(await holds.resume(PROVIDER, ACT)).toEqual({ everywhere: true });
    expect([await queue.listHolds(), central.paused.size]).toEqual([[], 0]);
  });

  it('keeps a pause of this desk alone when the central database names none', async () => {
    await holdsWith({ away: true, paused: new Set() }).pause(PROVIDER, ACT);
    await db.write((trx) => queue.replaceSharedPauses(trx, [{ providerUid: 'south', message: 'm', since: 5 }]));
    expect((await queue.listHolds()).map((hold) => [hold.providerUid, hold.everywhere])).toEqual([
      [PROVIDER.uid, false],
      ['south', true],
    ]);
    await db.write((trx) => queue.replaceSharedPauses(trx, []));
    expect((await queue.listHolds()).map((hold) => hold.providerUid)).toEqual([PROVIDER.uid]);
  });

  it('gives a job back that a worker had in hand, and lets it go on after', async () => {
    const job = await claimedJob();
    const holds = holdsWith({ away: false, paused: new Set() });
    await holds.pause(PROVIDER, ACT);
    expect(await db.write((trx) => queue.mayStart(trx, job))).toBe(false);
    expect(await queue.stats()).toMatchObject({ waiting: 1, working: 0 });
    await holds.resume(PROVIDER, ACT);
    const lane = { providerUid: PROVIDER.uid, confirms: false, limit: 1 };
    const [again] = (await db.write((trx) => queue.claim(trx, 'me', clock.now() + 60_000, [lane]))).jobs;
    if (again === undefined) throw new Error('nothing claimed');
    expect(await db.write((trx) => queue.mayStart(trx, again))).toBe(true);
  });
});

describe('who works here', () => {
  it('is known by a heartbeat, and it is said when nobody does', async () => {
    await claimedJob();
    await db.write((trx) => queue.recoverOrphans(trx, 'all'));
    await db.write((trx) => queue.beat(trx, { holder: 'the window', startedAt: clock.now() }));
    expect(await queue.stats()).toMatchObject({ worker: { holder: 'the window' }, nobodyWorks: false });
    clock.advance(61_000);
    expect(await queue.stats()).toMatchObject({ worker: null, nobodyWorks: true });
    await db.write((trx) => queue.beat(trx, { holder: 'the window', startedAt: clock.now() }));
    await db.write((trx) => queue.beat(trx, null));
    expect(await queue.stats()).toMatchObject({ worker: null, nobodyWorks: true });
  });
});

describe('the breaker', () => {
  function gateOf() {
    const gate = createGate({
      ...{ queue, local: db, clock, log: silentLog, troubleLimits: DEFAULT_TROUBLE_LIMITS },
      ...{ signal: new AbortController().signal, givesUp: false, sendMarginMs: 0, onChange: () => undefined },
    });
    gate.setProviders([PROVIDER]);
    const [desk] = gate.desks();
    if (desk === undefined) throw new Error('no desk');
    desk.sender = { fencing: 1, sureUntilMs: Number.MAX_SAFE_INTEGER };
    return gate;
  }
  const doubt = callFault({ class: 'api_unknown', code: 'http-503', httpStatus: 503 });
  const lanes = (gate: ReturnType<typeof gateOf>) => gate.lanes().map((lane) => [lane.open(), lane.concurrency]);

  it('opens after doubts in a row, lets one call try, and closes with an answer', async () => {
    const gate = gateOf();
    for (let count = 0; count < 12; count += 1) await gate.carrierDoubtful(PROVIDER.uid, doubt);
    expect(lanes(gate)).toEqual([
      [false, 1],
      [false, 1],
    ]);
    clock.advance(60_000);
    expect(lanes(gate)[0]).toEqual([true, 1]);
    gate.carrierAnswered(PROVIDER.uid);
    expect(lanes(gate)[0]).toEqual([true, PROVIDER.concurrency]);
  });

  it('stays closed while answers come between', async () => {
    const gate = gateOf();
    for (let count = 0; count < 40; count += 1) {
      await gate.carrierDoubtful(PROVIDER.uid, doubt);
      if (count % 4 === 3) gate.carrierAnswered(PROVIDER.uid);
    }
    expect(lanes(gate)[0]).toEqual([true, PROVIDER.concurrency]);
  });
});
