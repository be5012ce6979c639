import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { backoffMs } from '../../lib/backoff';
import type { LocalDb, Trx } from '../../localdb/types';
import type { Fault } from '../../../shared/domain/fault';
import type { Job, LaneKey, QueueService } from './types';

const CLAIM_MS = 60_000;
const HEARTBEAT_MS = 20_000;
/** Jobs that another process adds (the command line) are seen at this pace; those of this process at once. */
const POLL_MS = 1_000;
const AFTER_TROUBLE_MS = 1_000;
const DEFECT_BACKOFF = { minMs: 1_000, maxMs: 60_000 };
/** A handler that throws is a defect of ours; trying again helps only when the cause lay outside (a full disk). */
const MOST_DEFECTS = 8;

export interface Lane extends LaneKey {
  readonly concurrency: number;
  /** False: nothing is taken from the lane now (paused, stopped, not our turn to send). */
  open(): boolean;
}

export interface QueueRunner {
  start(): void;
  /** Looks for work again, e.g. because a lane has opened. */
  wake(): void;
  /** Jobs in the hands of handlers. */
  busy(): number;
  /** Takes no new job, gives back what was not started, and waits for the handlers' answers to be stored. */
  stop(): Promise<void>;
}

export interface RunnerDeps {
  readonly queue: QueueService;
  readonly local: Pick<LocalDb, 'write'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  lanes(): readonly Lane[];
  /** Does the job and ends it in the transaction of its outcome. */
  handle(job: Job): Promise<void>;
  /** Its job is a dead letter: the row is one too, unless it has got further. */
  abandon(trx: Trx, deviceChangeId: number, fault: Fault): Promise<void>;
}

/** What one runner has in hand. */
interface Hands {
  readonly worker: string;
  /** Claimed and not started, by lane. */
  readonly buffers: Map<string, Job[]>;
  /** With a handler, by job number. */
  readonly active: Map<number, string>;
  readonly running: Set<Promise<void>>;
  /** Lanes in which nothing can be claimed before this time, unless something is added to them. */
  readonly dryUntil: Map<string, number>;
  readonly bell: Bell;
  readonly ending: AbortController;
}

/**
 * Moves jobs from the table to their handlers. Each lane has a small buffer of claimed jobs, so that one claim serves
 * several; a heartbeat keeps what is buffered or in work claimed.
 */
export function createQueueRunner(deps: RunnerDeps): QueueRunner {
  const hands: Hands = {
    worker: deps.ids.uid(),
    buffers: new Map(),
    active: new Map(),
    running: new Set(),
    dryUntil: new Map(),
    bell: createBell(),
    ending: new AbortController(),
  };
  let loops: readonly Promise<void>[] = [];
  let unsubscribe = (): void => undefined;
  return {
    start() {
      unsubscribe = deps.queue.onAdded((may) => {
        for (const lane of deps.lanes()) {
          if (may === 'any' || (may === 'confirmations') === lane.confirms) hands.dryUntil.delete(laneName(lane));
        }
        hands.bell.ring();
      });
      loops = [dispatch(deps, hands), beat(deps, hands)];
    },
    wake() {
      hands.dryUntil.clear();
      hands.bell.ring();
    },
    busy: () => hands.active.size,
    async stop() {
      unsubscribe();
      hands.ending.abort();
      hands.bell.ring();
      await Promise.all(loops);
      const unstarted = [...hands.buffers.values()].flatMap((buffer) => buffer.splice(0)).map((job) => job.id);
      if (unstarted.length > 0) {
        await deps.local.write((trx) => deps.queue.release(trx, hands.worker, unstarted));
      }
      await Promise.all(hands.running);
    },
  };
}

async function dispatch(deps: RunnerDeps, hands: Hands): Promise<void> {
  const { clock, log } = deps;
  while (!hands.ending.signal.aborted) {
    const lanes = deps.lanes();
    try {
      startBuffered(deps, hands, lanes);
      if ((await claim(deps, hands, lanes)) > 0) continue;
      const dueAt = lanes
        .filter((lane) => lane.open() && roomIn(hands, lane) > 0)
        .map((lane) => hands.dryUntil.get(laneName(lane)) ?? 0)
        .filter((until) => until > clock.now());
      // A job that is due but was not claimed waits for an earlier one of its line, whose end rings the bell.
      await hands.bell.wait(clock, Math.min(POLL_MS, ...dueAt.map((at) => at - clock.now())), hands.ending.signal);
    } catch (error) {
      log.error('queue could not be read, trying again', { error: String(error) });
      await clock.sleep(AFTER_TROUBLE_MS, hands.ending.signal);
    }
  }
}

function startBuffered(deps: RunnerDeps, hands: Hands, lanes: readonly Lane[]): void {
  for (const lane of lanes) {
    const buffer = bufferOf(hands, lane);
    while (lane.open() && inWork(hands, lane) < lane.concurrency) {
      const job = buffer.shift();
      if (job === undefined) break;
      hands.active.set(job.id, laneName(lane));
      const promise = run(deps, hands, job).finally(() => hands.running.delete(promise));
      hands.running.add(promise);
    }
  }
}

async function run(deps: RunnerDeps, hands: Hands, job: Job): Promise<void> {
  try {
    await deps.handle(job);
  } catch (error) {
    await afterDefect(deps, hands, job, error);
  } finally {
    hands.active.delete(job.id);
    hands.bell.ring();
  }
}

async function claim(deps: RunnerDeps, hands: Hands, lanes: readonly Lane[]): Promise<number> {
  const { queue, clock } = deps;
  const now = clock.now();
  const isDry = (lane: Lane): boolean => now < (hands.dryUntil.get(laneName(lane)) ?? 0);
  const wanted = lanes
    .filter((lane) => lane.open() && runsLow(hands, lane) && roomIn(hands, lane) > 0 && !isDry(lane))
    .map((lane) => ({ providerUid: lane.providerUid, confirms: lane.confirms, limit: roomIn(hands, lane) }));
  if (wanted.length === 0) return 0;
  // What is added from here on makes a lane wet again.
  for (const lane of wanted) hands.dryUntil.set(laneName(lane), now + POLL_MS);
  const claimed = await deps.local.write(async (trx) => {
    const found = await queue.claim(trx, hands.worker, clock.now() + CLAIM_MS, wanted);
    for (const job of found.unreadable) await deps.abandon(trx, job.deviceChangeId, job.fault);
    return found;
  });
  for (const job of claimed.jobs) {
    bufferOf(hands, laneOf(job)).push(job);
  }
  await lookDry(deps, hands, wanted, claimed.jobs);
  return claimed.jobs.length;
}

/**
 * A lane that gave less than was asked for has nothing more that is due, or what is due waits for an earlier job of its
 * line. In the second case, and where there may be more, the end of any job is a reason to look again.
 */
async function lookDry(
  { queue, clock }: RunnerDeps,
  hands: Hands,
  wanted: readonly (LaneKey & { readonly limit: number })[],
  jobs: readonly Job[],
): Promise<void> {
  for (const lane of wanted) {
    const name = laneName(lane);
    const got = jobs.filter((job) => laneName(laneOf(job)) === name).length;
    if (!hands.dryUntil.has(name)) continue;
    const dueAt = got === lane.limit ? clock.now() : await queue.nextDueAt([lane]);
    const until = Math.min(dueAt ?? Number.MAX_SAFE_INTEGER, clock.now() + POLL_MS);
    if (until <= clock.now()) hands.dryUntil.delete(name);
    else if (hands.dryUntil.has(name)) hands.dryUntil.set(name, until);
  }
}

function laneOf(job: Job): LaneKey {
  return { providerUid: job.providerUid, confirms: job.message.IsRetryUpdateIdentifier };
}

async function beat(deps: RunnerDeps, hands: Hands): Promise<void> {
  const { queue, clock, log } = deps;
  for (;;) {
    await clock.sleep(HEARTBEAT_MS, hands.ending.signal);
    if (hands.ending.signal.aborted) return;
    const held = [...hands.active.keys(), ...[...hands.buffers.values()].flat().map((job) => job.id)];
    try {
      await deps.local.write(async (trx) => {
        await queue.renew(trx, hands.worker, held, clock.now() + CLAIM_MS);
        await queue.recoverOrphans(trx, 'expired');
      });
    } catch (error) {
      log.error('claims could not be renewed', { error: String(error) });
    }
  }
}

function bufferOf(hands: Hands, lane: LaneKey): Job[] {
  const name = laneName(lane);
  const known = hands.buffers.get(name);
  if (known !== undefined) return known;
  const made: Job[] = [];
  hands.buffers.set(name, made);
  return made;
}

function inWork(hands: Hands, lane: LaneKey): number {
  const name = laneName(lane);
  let jobs = 0;
  for (const of of hands.active.values()) if (of === name) jobs += 1;
  return jobs;
}

/** One claim serves several jobs: it is made when half of what waits claimed has been taken. */
function runsLow(hands: Hands, lane: Lane): boolean {
  return bufferOf(hands, lane).length * 2 < lane.concurrency;
}

/** Twice as many as may work at once wait claimed, so that a handler never waits for a claim, and claims are few. */
function roomIn(hands: Hands, lane: Lane): number {
  return lane.concurrency * 3 - bufferOf(hands, lane).length - inWork(hands, lane);
}

function laneName(lane: LaneKey): string {
  return `${lane.providerUid} ${lane.confirms}`;
}

/**
 * The handler threw. The job is tried again later, and in the end kept as a dead letter. While not even that can be stored
 * (a full disk) it stays in hand: whoever stops now leaves it to the claim, which runs out. Never throws itself.
 */
async function afterDefect(deps: RunnerDeps, hands: Hands, job: Job, error: unknown): Promise<void> {
  const { clock, ids, log } = deps;
  const fault: Fault = {
    class: 'system',
    code: 'handler-failed',
    message: error instanceof Error ? error.message : String(error),
    correlationId: ids.uid(),
  };
  log.error('job failed', {
    job: job.id,
    error: fault.message,
    stack: error instanceof Error ? error.stack : undefined,
  });
  const { signal } = hands.ending;
  for (;;) {
    try {
      return await giveBack(deps, job, fault);
    } catch (second) {
      log.error('job could not be given back', { job: job.id, error: String(second) });
      await clock.sleep(AFTER_TROUBLE_MS, signal);
      if (signal.aborted) return;
    }
  }
}

async function giveBack({ queue, local, clock, ids, ...deps }: RunnerDeps, job: Job, fault: Fault): Promise<void> {
  await local.write(async (trx) => {
    if (job.attempts + 1 < MOST_DEFECTS) {
      const runAt = clock.now() + backoffMs(job.attempts + 1, DEFECT_BACKOFF, ids.chance());
      await queue.end(trx, job, { kind: 'again', runAt, countsAsAttempt: true, fault });
      return;
    }
    if (await queue.end(trx, job, { kind: 'dead', fault })) {
      await deps.abandon(trx, job.message.M2MDeviceChangeId, fault);
    }
  });
}

interface Bell {
  ring(): void;
  wait(clock: Clock, longestMs: number, signal: AbortSignal): Promise<void>;
}

/** Wakes the one loop that waits; a ring while nobody waits is kept. */
function createBell(): Bell {
  let rung = false;
  let waiting: (() => void) | null = null;
  return {
    ring() {
      rung = true;
      waiting?.();
    },
    async wait(clock, longestMs, signal) {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const stopTimer = clock.after(longestMs, resolve);
          waiting = () => {
            stopTimer();
            resolve();
          };
        });
        waiting = null;
      }
      rung = false;
    },
  };
}
