import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { backoffMs } from '../../lib/backoff';
import type { LocalDb, Trx } from '../../localdb/types';
import type { Fault } from '../../../shared/domain/fault';
import type { Job, LaneKey, QueueService, UnreadableJob } from './types';

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

/**
 * Moves jobs from the table to their handlers. Each lane has a small buffer of claimed jobs, so that one claim serves
 * several; a heartbeat keeps what is buffered or in work claimed.
 */
export function createQueueRunner(deps: RunnerDeps): QueueRunner {
  const { queue, local, clock, ids, log } = deps;
  const worker = ids.uid();
  const buffers = new Map<string, Job[]>();
  const active = new Map<number, LaneKey>();
  const bell = createBell();
  const ending = new AbortController();
  const running = new Set<Promise<void>>();
  let loops: readonly Promise<void>[] = [];
  let unsubscribe = (): void => undefined;

  const inWork = (lane: LaneKey): number =>
    [...active.values()].filter((key) => laneName(key) === laneName(lane)).length;

  const bufferOf = (lane: LaneKey): Job[] => {
    const name = laneName(lane);
    const known = buffers.get(name);
    if (known !== undefined) return known;
    const made: Job[] = [];
    buffers.set(name, made);
    return made;
  };

  const run = async (job: Job): Promise<void> => {
    try {
      await deps.handle(job);
    } catch (error) {
      await afterDefect(deps, job, error);
    } finally {
      active.delete(job.id);
      bell.ring();
    }
  };

  const startBuffered = (lanes: readonly Lane[]): void => {
    for (const lane of lanes) {
      const buffer = bufferOf(lane);
      while (lane.open() && inWork(lane) < lane.concurrency) {
        const job = buffer.shift();
        if (job === undefined) break;
        active.set(job.id, lane);
        const promise = run(job).finally(() => running.delete(promise));
        running.add(promise);
      }
    }
  };

  const claim = async (lanes: readonly Lane[]): Promise<number> => {
    const wanted = lanes
      .filter((lane) => lane.open() && bufferOf(lane).length < lane.concurrency)
      .map((lane) => ({
        providerUid: lane.providerUid,
        confirms: lane.confirms,
        limit: lane.concurrency * 2 - bufferOf(lane).length - inWork(lane),
      }))
      .filter((lane) => lane.limit > 0);
    if (wanted.length === 0) return 0;
    const claimed = await local.write(async (trx) => {
      const found = await queue.claim(trx, worker, clock.now() + CLAIM_MS, wanted);
      for (const job of found.unreadable) await abandonUnreadable(deps, trx, job);
      return found;
    });
    for (const job of claimed.jobs) {
      bufferOf({ providerUid: job.providerUid, confirms: job.message.IsRetryUpdateIdentifier }).push(job);
    }
    return claimed.jobs.length;
  };

  const dispatch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const lanes = deps.lanes();
      try {
        startBuffered(lanes);
        if ((await claim(lanes)) > 0) continue;
        const open = lanes.filter((lane) => lane.open() && inWork(lane) + bufferOf(lane).length < lane.concurrency);
        const dueAt = open.length === 0 ? null : await queue.nextDueAt(open);
        // A job that is due but was not claimed waits for an earlier one of its line, whose end rings the bell.
        const untilDueMs = dueAt === null || dueAt <= clock.now() ? POLL_MS : dueAt - clock.now();
        await bell.wait(clock, Math.min(POLL_MS, untilDueMs), ending.signal);
      } catch (error) {
        log.error('queue could not be read, trying again', { error: String(error) });
        await clock.sleep(AFTER_TROUBLE_MS, ending.signal);
      }
    }
  };

  const beat = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await clock.sleep(HEARTBEAT_MS, ending.signal);
      const held = [...active.keys(), ...[...buffers.values()].flat().map((job) => job.id)];
      try {
        await local.write(async (trx) => {
          await queue.renew(trx, worker, held, clock.now() + CLAIM_MS);
          await queue.recoverOrphans(trx, 'expired');
        });
      } catch (error) {
        log.error('claims could not be renewed', { error: String(error) });
      }
    }
  };

  return {
    start() {
      unsubscribe = queue.onAdded(() => bell.ring());
      loops = [dispatch(), beat()];
    },
    wake: () => bell.ring(),
    busy: () => active.size,
    async stop() {
      unsubscribe();
      ending.abort();
      bell.ring();
      await Promise.all(loops);
      const unstarted = [...buffers.values()].flatMap((buffer) => buffer.splice(0)).map((job) => job.id);
      if (unstarted.length > 0) await local.write((trx) => queue.release(trx, worker, unstarted));
      await Promise.all(running);
    },
  };
}

function laneName(lane: LaneKey): string {
  return `${lane.providerUid} ${lane.confirms}`;
}

async function abandonUnreadable(deps: RunnerDeps, trx: Trx, job: UnreadableJob): Promise<void> {
  await deps.abandon(trx, job.deviceChangeId, job.fault);
}

/** The handler threw. The job is tried again later, and in the end kept as a dead letter. Never throws itself. */
async function afterDefect(deps: RunnerDeps, job: Job, error: unknown): Promise<void> {
  const { queue, local, clock, ids, log } = deps;
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
  try {
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
  } catch (second) {
    // The claim runs out by itself; nothing is lost.
    log.error('job could not be given back', { job: job.id, error: String(second) });
  }
}

/** Wakes the one loop that waits; a ring while nobody waits is kept. */
function createBell(): {
  ring(): void;
  wait(clock: Clock, longestMs: number, signal: AbortSignal): Promise<void>;
} {
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
