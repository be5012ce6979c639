import { SwapdeskError, type ErrorStory } from '../../../shared/domain/fault';
import { isCentralTrouble } from '../../lib/central-trouble';
import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { explainDatabaseError } from '../../localdb/faults';
import type { LocalDb } from '../../localdb/types';
import type { AlertsService } from '../alerts/types';
import type { ChangesService, EndedCounts } from '../changes/types';
import type { ConfirmationService } from '../confirmation/types';
import type { CredentialsService } from '../credentials/types';
import type { Provider } from '../devices/types';
import type { IdentifiersService } from '../identifiers/types';
import type { MetricsService } from '../metrics/types';
import type { SyncService } from '../sync/types';
import type { ThingSpaceService } from '../thingspace/types';
import { createCallbackFeed, type CallbackFeed } from './callback-feed';
import { createGate, type Gate } from './gate';
import { createReceivers, type Receivers } from './receivers';
import { pauseMessage } from './provider-holds';
import { createQueueRunner, type QueueRunner } from './runner';
import { createSenders, type Senders } from './senders';
import { DEFAULT_TROUBLE_LIMITS, type TroubleLimits } from './trouble.rules';
import type { QueueService } from './types';

/** Lines looked at between two ticks, in peace. */
const LOOKS_A_TIME = 2;

export interface ProcessorTimes {
  /** How often due upkeep is looked for: new changes, senders. */
  readonly tickMs: number;
  readonly leaseRenewalMs: number;
  readonly statusPushMs: number;
  readonly progressMs: number;
  /** Heartbeat for whoever looks, pauses of other desks, measurements. */
  readonly beatMs: number;
  /** Pace of looking whether confirmed lines are on the network. */
  readonly seenMs: number;
  readonly senderRenewalMs: number;
  /** What the central database grants a sender (SENDER_MS there); renewed long before it ends. */
  readonly senderLeaseMs: number;
  /**
   * Nothing is sent when the sender's lease may end sooner than this. It guards rate and concurrency; that no line is
   * sent twice rests on the line's own lease, which does not run out once it is sent.
   */
  readonly sendMarginMs: number;
}

const DEFAULT_TIMES: ProcessorTimes = {
  tickMs: 250,
  leaseRenewalMs: 60_000,
  statusPushMs: 2_000,
  progressMs: 500,
  beatMs: 5_000,
  seenMs: 2_000,
  senderRenewalMs: 10_000,
  senderLeaseMs: 60_000,
  sendMarginMs: 15_000,
};

export interface ProcessorDeps {
  /** Best given with grouped writes (`groupWrites`), the same object that the services write through. */
  readonly local: LocalDb;
  readonly queue: QueueService;
  readonly changes: Pick<
    ChangesService,
    | 'recover'
    | 'enrol'
    | 'handle'
    | 'abandon'
    | 'renewLeases'
    | 'pushStatuses'
    | 'openRows'
    | 'endedSince'
    | 'advanceWaves'
    | 'lookForSeen'
  >;
  readonly identifiers: Pick<IdentifiersService, 'acquireSender' | 'renewSender' | 'releaseSender' | 'listPauses'>;
  readonly metrics: Pick<MetricsService, 'refresh' | 'callbacksAreLate'>;
  readonly alerts: Pick<AlertsService, 'raise'>;
  readonly thingspace: Pick<ThingSpaceService, 'registerCallback'>;
  readonly confirmation: Pick<ConfirmationService, 'startReceiver' | 'takeIn'>;
  readonly sync: Pick<SyncService, 'pullCallbacks' | 'onCallbackHint'>;
  readonly credentials: Pick<CredentialsService, 'load'>;
  listProviders(): Promise<readonly Provider[]>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly times?: Partial<ProcessorTimes>;
  readonly troubleLimits?: Partial<TroubleLimits>;
}

export interface RunOptions {
  /** Ends when every row of the providers that are not held has ended or waits for a person. */
  readonly untilIdle: boolean;
  /** Ends after this time in any case; null: never. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
  /** Who works, as others see it. */
  readonly holder?: string;
  onProgress?(progress: RunProgress): void;
}

export interface RunProgress {
  /** Rows still to be worked on, of providers that are not held. */
  readonly open: number;
  /** Rows that ended since the run began. */
  readonly ended: EndedCounts;
  /** Provider name → whose desk sends for it now, where it is not this one. */
  readonly sendersElsewhere: Readonly<Record<string, string>>;
}

export interface RunOutcome extends RunProgress {
  readonly reason: 'idle' | 'timeout' | 'stopped' | 'central-lost';
  /** What kept rows from being worked on, in words for a person: stopped providers, the central database away. */
  readonly hindrances: readonly ErrorStory[];
}

export interface Processor {
  /** Works until idle, time-out, signal or `stop()`. One run at a time; the caller holds the folder's lock. */
  run(options: RunOptions): Promise<RunOutcome>;
  /** Takes no new work, stores the answers of what is under way, gives leases back; resolves when the run has ended. */
  stop(): Promise<void>;
}

/**
 * The processor of one data folder: recovers what a crash left, enrols new changes, sends and confirms through the
 * queue, and keeps leases, senders and the central database's view up to date.
 */
export function createProcessor(deps: ProcessorDeps): Processor {
  let current: { readonly stopping: AbortController; readonly ended: Promise<RunOutcome> } | null = null;
  return {
    run(options) {
      if (current !== null) throw new Error('the processor runs already');
      const stopping = new AbortController();
      const forward = (): void => stopping.abort();
      options.signal?.addEventListener('abort', forward);
      if (options.signal?.aborted === true) forward();
      const ended = runOnce(deps, options, stopping.signal)
        .catch((error: unknown) => {
          // What reading met, too: a damaged file must not look like a defect of ours.
          throw explainDatabaseError(error, deps.local.file);
        })
        .finally(() => {
          options.signal?.removeEventListener('abort', forward);
          current = null;
        });
      current = { stopping, ended };
      return ended;
    },
    async stop() {
      const running = current;
      if (running === null) return;
      running.stopping.abort();
      await running.ended.catch(() => undefined);
    },
  };
}

/** One run and everything that it holds. */
interface Run {
  readonly deps: ProcessorDeps;
  readonly options: RunOptions;
  readonly times: ProcessorTimes;
  readonly signal: AbortSignal;
  readonly startedAt: number;
  /** Providers of which it was told in this run that their callbacks are late. */
  readonly toldLate: Set<string>;
  readonly gate: Gate;
  readonly senders: Senders;
  readonly receivers: Receivers;
  readonly feed: CallbackFeed;
  readonly runner: QueueRunner;
}

async function runOnce(deps: ProcessorDeps, options: RunOptions, signal: AbortSignal): Promise<RunOutcome> {
  const run = prepare(deps, options, signal);
  await deps.local.write((trx) => deps.queue.recoverOrphans(trx, 'all'));
  await deps.changes.recover();
  run.gate.setProviders(await deps.listProviders());
  await run.gate.clearStops();
  run.runner.start();
  let reason: RunOutcome['reason'];
  try {
    reason = await workUntilDone(run);
  } finally {
    await wind(run);
  }
  const last = await progressOf(run);
  options.onProgress?.(last);
  return { reason, ...last, hindrances: hindrancesOf(run) };
}

function prepare(deps: ProcessorDeps, options: RunOptions, signal: AbortSignal): Run {
  const times = { ...DEFAULT_TIMES, ...deps.times };
  const { queue, local, clock, ids, log } = deps;
  let wake = (): void => undefined;
  const gate = createGate({
    queue,
    local,
    clock,
    log,
    troubleLimits: { ...DEFAULT_TROUBLE_LIMITS, ...deps.troubleLimits },
    signal,
    givesUp: options.untilIdle,
    sendMarginMs: times.sendMarginMs,
    onChange: () => wake(),
  });
  const runner = createQueueRunner({
    queue,
    local,
    clock,
    ids,
    log,
    lanes: () => gate.lanes(),
    handle: (job) => deps.changes.handle(job, gate),
    abandon: (trx, deviceChangeId, fault) => deps.changes.abandon(trx, deviceChangeId, fault),
  });
  wake = () => runner.wake();
  return {
    deps,
    options,
    times,
    signal,
    startedAt: clock.now(),
    toldLate: new Set(),
    gate,
    senders: createSenders({ ...deps, gate, times, onAcquired: () => runner.wake() }),
    receivers: createReceivers({ ...deps, gate }),
    feed: createCallbackFeed({ ...deps, gate }),
    runner,
  };
}

/** The upkeep loop; the runner works beside it. */
async function workUntilDone(run: Run): Promise<RunOutcome['reason']> {
  const { deps, options, times, signal } = run;
  const { clock } = deps;
  const now = clock.now();
  const due: UpkeepDue = { leasesAt: 0, pushAt: now + times.statusPushMs, progressAt: 0, beatAt: 0, seenAt: now };
  while (!signal.aborted) {
    if (options.timeoutMs !== null && clock.now() - run.startedAt >= options.timeoutMs) return 'timeout';
    if (run.gate.centralGivenUp() !== null) return 'central-lost';
    await upkeep(run, due);
    const idle = run.runner.busy() === 0 && (await deps.changes.openRows()) === 0;
    if (options.untilIdle && idle && run.runner.busy() === 0) {
      // Rows may have ended since the waves were looked at: the last one is closed before the run ends.
      await wavesOf(run);
      return 'idle';
    }
    await clock.sleep(times.tickMs, signal);
  }
  return 'stopped';
}

interface UpkeepDue {
  leasesAt: number;
  pushAt: number;
  progressAt: number;
  beatAt: number;
  seenAt: number;
}

async function upkeep(run: Run, due: UpkeepDue): Promise<void> {
  const { deps, times } = run;
  const now = deps.clock.now();
  if (now >= due.beatAt) {
    await beat(run);
    due.beatAt = now + times.beatMs;
  }
  run.gate.setPaused(await pausedHere(run));
  await wavesOf(run);
  await attempt(run, async () => {
    await deps.changes.enrol();
    if (now < due.leasesAt) return;
    await deps.changes.renewLeases();
    run.gate.centralAnswered();
    due.leasesAt = now + times.leaseRenewalMs;
  });
  await run.receivers.open();
  await attempt(run, () => run.feed.tend(now));
  await attempt(run, () => run.senders.tend());
  if (now >= due.pushAt) {
    await attempt(run, async () => void (await deps.changes.pushStatuses()));
    due.pushAt = now + times.statusPushMs;
  }
  if (now >= due.seenAt) {
    due.seenAt = now + times.seenMs;
    // Only while nothing is to be sent: whoever waits for a swap goes first.
    if ((await deps.queue.hasSends()).size === 0) await deps.changes.lookForSeen(run.gate, LOOKS_A_TIME);
  }
  if (run.options.onProgress !== undefined && now >= due.progressAt) {
    run.options.onProgress(await progressOf(run));
    due.progressAt = now + times.progressMs;
  }
}

/** Says that somebody works here, hears of pauses on other desks, and measures the carrier anew. */
async function beat(run: Run): Promise<void> {
  const { deps, options, startedAt } = run;
  await deps.local.write((trx) => deps.queue.beat(trx, { holder: options.holder ?? 'swapdesk', startedAt }));
  await attempt(run, async () => {
    const pauses = await deps.identifiers.listPauses();
    await deps.local.write((trx) =>
      deps.queue.replaceSharedPauses(
        trx,
        pauses.map((pause) => ({ providerUid: pause.providerUid, message: pauseMessage(pause), since: pause.at })),
      ),
    );
  });
  await deps.metrics.refresh(run.gate.desks().map((desk) => desk.provider.uid));
  for (const { provider } of run.gate.desks()) await watchCallbacks(run, provider);
}

/** Once a run: the alert stands until somebody acknowledges it. */
async function watchCallbacks(run: Run, provider: Provider): Promise<void> {
  const { deps, toldLate } = run;
  if (provider.callbackUrl === null || toldLate.has(provider.uid)) return;
  if (!(await deps.metrics.callbacksAreLate(provider.uid))) return;
  toldLate.add(provider.uid);
  const message = `Callbacks of ${provider.name} don't come any more, or too late: most lines have to be read back. Check its callback URL (provider register-callback).`;
  await attempt(run, () =>
    deps.alerts.raise({ providerUid: provider.uid, code: 'callbacks-late', about: '', message }),
  );
}

async function pausedHere(run: Run): Promise<ReadonlySet<string>> {
  const holds = await run.deps.queue.listHolds();
  return new Set(holds.filter((hold) => hold.kind === 'paused').map((hold) => hold.providerUid));
}

/** A change that its failures have stopped is everybody's to know. */
async function wavesOf(run: Run): Promise<void> {
  for (const { changeId, providerUid, name, why } of await run.deps.changes.advanceWaves()) {
    run.deps.log.warn('change stopped by its failure budget', { change: changeId, why });
    const message = `Change ${changeId} "${name}" has stopped: ${why}. Look at its failures, then resume or cancel it.`;
    await attempt(run, () =>
      run.deps.alerts.raise({ providerUid, code: 'failure-budget', about: String(changeId), message }),
    );
  }
}

/** Upkeep with the central database: what it refuses is noted and tried again, a defect of ours ends the run. */
async function attempt(run: Run, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof SwapdeskError)) throw error;
    if (isCentralTrouble(error)) run.gate.centralTrouble(error);
    else run.deps.log.warn('central upkeep refused, tried again', { code: error.code });
  }
}

/** What is under way is finished and stored; then everything that was taken is given back. */
async function wind(run: Run): Promise<void> {
  await run.runner.stop();
  await run.receivers.close();
  await run.feed.close();
  await attempt(run, async () => void (await run.deps.changes.pushStatuses()));
  await attempt(run, () => run.senders.releaseAll());
  await run.deps.local.write((trx) => run.deps.queue.beat(trx, null));
}

async function progressOf(run: Run): Promise<RunProgress> {
  return {
    open: await run.deps.changes.openRows(),
    ended: await run.deps.changes.endedSince(run.startedAt),
    sendersElsewhere: run.senders.elsewhere(),
  };
}

function hindrancesOf(run: Run): readonly ErrorStory[] {
  const stopped = run.gate.desks().flatMap((desk) => (desk.stopped === null ? [] : [desk.stopped]));
  const central = run.gate.centralGivenUp();
  return central === null ? stopped : [...stopped, central.story];
}
