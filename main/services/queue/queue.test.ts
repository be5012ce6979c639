import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { silentLog } from '../../lib/logger';
import { openLocalDb } from '../../localdb/open';
import { createQueueService } from './queue.service';
import type { Job, NewJob, QueueService } from './types';

let db: TestDb;
let clock: ManualClock;
let queue: QueueService;

beforeEach(async () => {
  db = await openTestDb();
  clock = createManualClock();
  queue = createQueueService({ local: db, clock, log: silentLog });
});
afterEach(() => db.close());

interface JobPart {
  readonly row: number;
  readonly line?: number;
  readonly confirms?: boolean;
  readonly provider?: string;
  readonly inMs?: number;
  readonly priority?: number;
}

function job(part: JobPart): NewJob {
  return {
    message: {
      BulkChangeId: 1,
      M2MDeviceChangeId: part.row,
      IsRetryUpdateIdentifier: part.confirms ?? false,
      RetryNumber: 0,
      RequestId: '',
    },
    providerUid: part.provider ?? 'north',
    deviceId: part.line ?? part.row,
    runAt: clock.now() + (part.inMs ?? 0),
    ...(part.priority === undefined ? {} : { priority: part.priority }),
  };
}

const add = (...parts: JobPart[]): Promise<void> => db.write((trx) => queue.add(trx, parts.map(job)));

async function claim(
  limit = 100,
  lane: { provider?: string; confirms?: boolean } = {},
  worker = 'me',
): Promise<readonly Job[]> {
  const key = { providerUid: lane.provider ?? 'north', confirms: lane.confirms ?? false, limit };
  return (await db.write((trx) => queue.claim(trx, worker, clock.now() + 60_000, [key]))).jobs;
}

const rowsOf = (jobs: readonly Job[]): number[] => jobs.map((one) => one.message.M2MDeviceChangeId);
const done = (one: Job): Promise<boolean> => db.write((trx) => queue.end(trx, one, { kind: 'done' }));
const fault = { class: 'system', code: 'disk-full', message: 'no room', correlationId: 'c' } as const;

describe('claiming', () => {
  it('takes due jobs of its lane only, by priority, then by time, at most the limit', async () => {
    await add(
      { row: 1, inMs: -5 },
      { row: 2, inMs: -10 },
      { row: 3, inMs: 1 },
      { row: 4, priority: 2, inMs: -99 },
      { row: 5, priority: 0 },
      { row: 6, provider: 'south' },
      { row: 7, confirms: true },
    );
    expect(rowsOf(await claim(3))).toEqual([5, 2, 1]);
    expect(rowsOf(await claim())).toEqual([4]);
    expect(rowsOf(await claim(100, { confirms: true }))).toEqual([7]);
    expect(rowsOf(await claim(100, { provider: 'south' }))).toEqual([6]);
    expect(await queue.nextDueAt([{ providerUid: 'north', confirms: false }])).toBe(clock.now() + 1);
    clock.advance(1);
    expect(rowsOf(await claim())).toEqual([3]);
  });

  it('never has two jobs of one line in work, and keeps to the order of their rows', async () => {
    await add({ row: 20, line: 5 }, { row: 10, line: 5 }, { row: 11, line: 6 });
    const first = await claim();
    expect(rowsOf(first).sort()).toEqual([10, 11]);
    expect(await claim()).toEqual([]);

    // The row's confirmation comes later in the table, but belongs before the next row of the line.
    const [ten] = first.filter((one) => one.deviceId === 5);
    if (ten === undefined) throw new Error('row 10 was not claimed');
    await db.write(async (trx) => {
      await queue.end(trx, ten, { kind: 'done' });
      await queue.add(trx, [job({ row: 10, line: 5, confirms: true, inMs: 30_000 })]);
    });
    expect(await claim()).toEqual([]);
    clock.advance(30_000);
    expect(await claim()).toEqual([]);
    const [confirmation] = await claim(1, { confirms: true });
    expect(confirmation?.message.M2MDeviceChangeId).toBe(10);
    if (confirmation !== undefined) await done(confirmation);
    expect(rowsOf(await claim())).toEqual([20]);
  });

  it('lets the line go on past a dead letter', async () => {
    await add({ row: 1, line: 5 }, { row: 2, line: 5 });
    const [first] = await claim();
    if (first === undefined) throw new Error('nothing claimed');
    await db.write((trx) => queue.end(trx, first, { kind: 'dead', fault }));
    expect(rowsOf(await claim())).toEqual([2]);
  });

  it('gives every job to one of two processes of the same file', async () => {
    const other = await openLocalDb({ file: join(db.dir, 'local.sqlite') });
    try {
      const theirs = createQueueService({ local: other, clock, log: silentLog });
      await add(...Array.from({ length: 400 }, (_, index) => ({ row: index + 1 })));
      const lane = { providerUid: 'north', confirms: false, limit: 7 };
      const take = async (who: string): Promise<number[]> => {
        const got: number[] = [];
        for (;;) {
          const mine = who === 'me';
          const claimed = await (mine ? db : other).write((trx) =>
            (mine ? queue : theirs).claim(trx, who, clock.now() + 60_000, [lane]),
          );
          if (claimed.jobs.length === 0) return got;
          got.push(...rowsOf(claimed.jobs));
        }
      };
      const [mine, others] = await Promise.all([take('me'), take('they')]);
      expect(new Set([...mine, ...others]).size).toBe(400);
      expect(mine.length + others.length).toBe(400);
    } finally {
      await other.close();
    }
  });
});

describe('ending', () => {
  it('counts an attempt or not, keeps each fault, and runs again when due', async () => {
    await add({ row: 1 });
    const [first] = await claim();
    if (first === undefined) throw new Error('nothing claimed');
    const again = { kind: 'again', runAt: clock.now() + 100, fault } as const;
    expect(await db.write((trx) => queue.end(trx, first, { ...again, countsAsAttempt: false }))).toBe(true);
    expect(await claim()).toEqual([]);
    clock.advance(100);
    const [second] = await claim();
    if (second === undefined) throw new Error('nothing claimed');
    expect(second.attempts).toBe(0);
    await db.write((trx) => queue.end(trx, second, { ...again, runAt: clock.now(), countsAsAttempt: true }));
    const [third] = await claim();
    if (third === undefined) throw new Error('nothing claimed');
    expect(third.attempts).toBe(1);
    await db.write((trx) => queue.end(trx, third, { kind: 'dead', fault }));
    const [kept] = await db.read.raw<{ state: string; history: string }[]>('select state, history from job');
    expect(kept?.state).toBe('dead');
    expect(JSON.parse(kept?.history ?? '[]')).toHaveLength(3);
    expect(await queue.stats()).toMatchObject({ waiting: 0, working: 0, delayed: 0, dead: 1 });
  });

  it('answers false to whoever lost the claim, and changes nothing', async () => {
    await add({ row: 1 });
    const [first] = await claim(1, {}, 'old');
    if (first === undefined) throw new Error('nothing claimed');
    clock.advance(60_001);
    expect(await db.write((trx) => queue.recoverOrphans(trx, 'expired'))).toBe(1);
    const [second] = await claim(1, {}, 'new');
    expect(second?.id).toBe(first.id);
    expect(await done(first)).toBe(false);
    expect(await db.write((trx) => queue.holds(trx, first))).toBe(false);
    if (second !== undefined) expect(await done(second)).toBe(true);
  });

  it('rolls back with the transaction it is part of', async () => {
    await add({ row: 1 });
    const [first] = await claim();
    if (first === undefined) throw new Error('nothing claimed');
    await expect(
      db.write(async (trx) => {
        await queue.end(trx, first, { kind: 'done' });
        await queue.add(trx, [job({ row: 2 })]);
        throw new Error('the outcome could not be written');
      }),
    ).rejects.toThrow('could not be written');
    expect(await db.write((trx) => queue.holds(trx, first))).toBe(true);
    expect(await queue.stats()).toMatchObject({ waiting: 0, working: 1 });
  });
});

describe('recovery', () => {
  it('puts every orphan back at once at start, and later only those whose claim ran out', async () => {
    await add({ row: 1 }, { row: 2 });
    await claim(1, {}, 'dead-process');
    expect(await db.write((trx) => queue.recoverOrphans(trx, 'expired'))).toBe(0);
    expect(await db.write((trx) => queue.recoverOrphans(trx, 'all'))).toBe(1);
    expect(rowsOf(await claim())).toEqual([1, 2]);
  });

  it('keeps a claim alive by its heartbeat, and gives back what was not started', async () => {
    await add({ row: 1 }, { row: 2 });
    const [first, second] = await claim();
    if (first === undefined || second === undefined) throw new Error('nothing claimed');
    clock.advance(50_000);
    await db.write((trx) => queue.renew(trx, 'me', [first.id], clock.now() + 60_000));
    clock.advance(20_000);
    expect(await db.write((trx) => queue.recoverOrphans(trx, 'expired'))).toBe(1);
    await db.write((trx) => queue.release(trx, 'somebody-else', [first.id]));
    expect(rowsOf(await claim())).toEqual([2]);
    await db.write((trx) => queue.release(trx, 'me', [first.id]));
    expect(rowsOf(await claim())).toEqual([1]);
  });

  it('makes a job that cannot be read a dead letter, with its message as it is', async () => {
    await add({ row: 1 }, { row: 2 }, { row: 3 });
    await db.write(async (trx) => {
      await trx.raw(`update job set message = '{"BulkChangeId":' where device_change_id = 1`);
      await trx.raw(`update job set message = replace(message, ':2,', ':9,') where device_change_id = 2`);
    });
    const claimed = await db.write((trx) =>
      queue.claim(trx, 'me', clock.now() + 1, [{ providerUid: 'north', confirms: false, limit: 9 }]),
    );
    expect(rowsOf(claimed.jobs)).toEqual([3]);
    expect(claimed.unreadable.map((one) => [one.deviceChangeId, one.fault.code])).toEqual([
      [1, 'message-unreadable'],
      [2, 'message-unreadable'],
    ]);
    const kept = await db.read.raw<{ message: string }[]>(`select message from job where state = 'dead' order by id`);
    expect(kept[0]?.message).toBe('{"BulkChangeId":');
  });

  it('wakes the confirmation of a row, never later than it was due, and says when there is none', async () => {
    const lane = { providerUid: 'north', confirms: true };
    await add({ row: 1, confirms: true, inMs: 1_000 }, { row: 2, inMs: 1_000 });
    expect(await db.write((trx) => queue.wake(trx, 1, clock.now() + 5_000))).toBe(true);
    expect(await queue.nextDueAt([lane])).toBe(clock.now() + 1_000);
    expect(await db.write((trx) => queue.wake(trx, 1, clock.now()))).toBe(true);
    expect(rowsOf(await claim(9, { confirms: true }))).toEqual([1]);
    expect(await db.write((trx) => queue.wake(trx, 1, clock.now()))).toBe(true);
    expect(await db.write((trx) => queue.wake(trx, 2, clock.now()))).toBe(false);
  });
});

describe('what others ask', () => {
  it('counts by provider and shows holds; a stop is cleared, a pause stays', async () => {
    await add({ row: 1 }, { row: 2, inMs: 500 }, { row: 3, provider: 'south', confirms: true });
    await db.write(async (trx) => {
      await queue.hold(trx, {
        providerUid: 'north',
        kind: 'stopped',
        code: 'login',
        message: 'refused',
        everywhere: false,
      });
      await queue.hold(trx, {
        providerUid: 'south',
        kind: 'paused',
        code: 'paused',
        message: 'by olivia',
        everywhere: false,
      });
    });
    const { holds, ...counts } = await queue.stats();
    expect(holds.map(({ providerUid, kind }) => [providerUid, kind])).toEqual([
      ['north', 'stopped'],
      ['south', 'paused'],
    ]);
    expect(counts).toEqual({
      worker: null,
      nobodyWorks: false,
      waiting: 2,
      working: 0,
      delayed: 1,
      dead: 0,
      oldestWaitingAt: new Date(clock.now()).toISOString(),
      byProvider: [
        { provider: 'north', waiting: 2, working: 0, dead: 0, paused: true },
        { provider: 'south', waiting: 1, working: 0, dead: 0, paused: true },
      ],
    });
    expect([...(await queue.hasSends())]).toEqual(['north']);
    expect([...(await queue.hasJobs())].sort()).toEqual(['north', 'south']);
    await db.write(async (trx) => {
      await queue.clearStop(trx, 'north');
      await queue.clearStop(trx, 'south');
    });
    expect((await queue.listHolds()).map((hold) => hold.providerUid)).toEqual(['south']);
  });

  it('rings for jobs added and woken in this process', async () => {
    let rings = 0;
    const stop = queue.onAdded(() => (rings += 1));
    await add({ row: 1, confirms: true });
    await db.write((trx) => queue.wake(trx, 1, clock.now()));
    stop();
    await add({ row: 2 });
    expect(rings).toBe(2);
  });
});
