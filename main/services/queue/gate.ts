import type { ErrorStory, Fault, SwapdeskError } from '../../../shared/domain/fault';
import { mayPassByItself } from '../../lib/central-trouble';
import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb } from '../../localdb/types';
import type { ProcessingGate } from '../changes/types';
import type { Provider } from '../devices/types';
import type { CallFault } from '../thingspace/types';
import { createPacer, type Pacer } from './pacing';
import type { Lane } from './runner';
import {
  afterFailure,
  decideTrouble,
  isHopeless,
  storyOfStop,
  type Trouble,
  type TroubleLimits,
} from './trouble.rules';
import type { QueueService } from './types';

/** One service provider, as the processor sees it. */
export interface ProviderDesk {
  provider: Provider;
  pacer: Pacer;
  /** Null: another desk sends, or nobody needs to. `sureUntilMs`: until then nobody else can have got the lease. */
  sender: { readonly fencing: number; readonly sureUntilMs: number } | null;
  trouble: Trouble | null;
  stopped: ErrorStory | null;
  /** A person paused it: what was sent is followed, nothing more leaves. */
  paused: boolean;
  /** Answers in a row that left it open whether the carrier acted. */
  doubts: number;
  receiver: 'none' | 'tried';
}

export interface Gate extends ProcessingGate {
  /** Takes over a fresh list of providers; what is known of those that stay is kept. */
  setProviders(providers: readonly Provider[]): void;
  desks(): readonly ProviderDesk[];
  /** Uids of providers that a person paused, here or on another desk. */
  setPaused(providerUids: ReadonlySet<string>): void;
  lanes(): readonly Lane[];
  /** Why the central database can't be worked with, once patience is over; null: fine, or not yet given up. */
  centralGivenUp(): SwapdeskError | null;
  /** Forgets stops of an earlier run: whoever runs again wants it tried again; the login guard bounds it. */
  clearStops(): Promise<void>;
}

/** So many answers in a row that may or may not mean that the carrier acted, and sending rests for a while. */
const DOUBTS_OPEN_BREAKER = 8;

export interface GateDeps {
  readonly queue: QueueService;
  readonly local: Pick<LocalDb, 'write'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubleLimits: TroubleLimits;
  /** Ends waits for a turn when the processor stops. */
  readonly signal: AbortSignal;
  /** A run that ends by itself stops a provider that stays unreachable; a window keeps trying. */
  readonly givesUp: boolean;
  /** How much of the sender's lease must be left for a send to begin. */
  readonly sendMarginMs: number;
  readonly onChange: () => void;
}

export function createGate(deps: GateDeps): Gate {
  const { clock } = deps;
  const desks = new Map<string, ProviderDesk>();
  const central = createCentralWatch(deps);
  const isOpen = (desk: ProviderDesk): boolean =>
    desk.stopped === null && !central.rests() && (desk.trouble === null || clock.now() >= desk.trouble.untilMs);
  const holdsSender = (desk: ProviderDesk): boolean =>
    desk.sender !== null && clock.now() + deps.sendMarginMs < desk.sender.sureUntilMs;

  return {
    provider: (uid) => desks.get(uid)?.provider ?? null,
    maySend(uid) {
      const desk = desks.get(uid);
      return desk !== undefined && desk.stopped === null && !desk.paused && holdsSender(desk);
    },
    turn: async (uid) => (await desks.get(uid)?.pacer.turn(deps.signal)) ?? false,
    pauseUntil: (uid, instantMs) => desks.get(uid)?.pacer.pauseUntil(instantMs),
    carrierAnswered(uid) {
      const desk = desks.get(uid);
      if (desk === undefined) return;
      desk.trouble = null;
      desk.doubts = 0;
    },
    async carrierDoubtful(uid, fault) {
      const desk = desks.get(uid);
      if (desk !== undefined) await meetDoubt(deps, desk, fault);
    },
    async carrierTrouble(uid, fault) {
      const desk = desks.get(uid);
      if (desk !== undefined) await meetTrouble(deps, desk, fault);
    },
    centralAnswered: () => central.answered(),
    centralTrouble: (error) => central.failed(error),
    centralGivenUp: () => central.givenUp(),

    setProviders(providers) {
      for (const provider of providers) {
        const known = desks.get(provider.uid);
        if (known === undefined) {
          desks.set(provider.uid, newDesk(clock, provider));
          continue;
        }
        if (known.provider.ratePerMinute !== provider.ratePerMinute) {
          known.pacer = createPacer(clock, provider.ratePerMinute);
        }
        known.provider = provider;
      }
    },
    desks: () => [...desks.values()],
    setPaused: (providerUids) => desks.forEach((desk) => setPausedOf(deps, desk, providerUids)),
    lanes: () =>
      [...desks.values()].flatMap((desk) => [
        lane(desk, false, () => isOpen(desk) && !desk.paused && holdsSender(desk)),
        lane(desk, true, () => isOpen(desk)),
      ]),
    async clearStops() {
      await deps.local.write(async (trx) => {
        for (const desk of desks.values()) await deps.queue.clearStop(trx, desk.provider.uid);
      });
    },
  };
}

interface CentralWatch {
  rests(): boolean;
  answered(): void;
  failed(error: SwapdeskError): void;
  givenUp(): SwapdeskError | null;
}

function createCentralWatch(deps: GateDeps): CentralWatch {
  const { clock, log, troubleLimits } = deps;
  let last: { readonly trouble: Trouble; readonly error: SwapdeskError } | null = null;
  return {
    rests: () => last !== null && clock.now() < last.trouble.untilMs,
    answered() {
      last = null;
    },
    failed(error) {
      last = { trouble: afterFailure(last?.trouble ?? null, clock.now(), troubleLimits), error };
      log.warn('central database trouble', { code: error.code });
    },
    givenUp() {
      if (last === null || !deps.givesUp) return null;
      const hopeless = !mayPassByItself(last.error) || isHopeless(last.trouble, clock.now(), troubleLimits);
      return hopeless ? last.error : null;
    },
  };
}

/** Each further send would make one more row that nobody knows the outcome of. */
async function meetDoubt(deps: GateDeps, desk: ProviderDesk, fault: Fault | CallFault): Promise<void> {
  desk.doubts += 1;
  if (desk.doubts >= DOUBTS_OPEN_BREAKER) await meetTrouble(deps, desk, fault);
}

function setPausedOf(deps: GateDeps, desk: ProviderDesk, providerUids: ReadonlySet<string>): void {
  const wasPaused = desk.paused;
  desk.paused = providerUids.has(desk.provider.uid);
  if (wasPaused && !desk.paused) deps.onChange();
}

async function meetTrouble(deps: GateDeps, desk: ProviderDesk, fault: Fault | CallFault): Promise<void> {
  const { clock, log, troubleLimits } = deps;
  if (decideTrouble(fault) === 'stop') return stop(deps, desk, fault);
  desk.trouble = afterFailure(desk.trouble, clock.now(), troubleLimits);
  log.warn('carrier not reached', { provider: desk.provider.name, code: fault.code });
  if (deps.givesUp && isHopeless(desk.trouble, clock.now(), troubleLimits)) await stop(deps, desk, fault);
}

/** Kept in the database too, so that other processes see it and nobody waits for rows that can't move. */
async function stop(deps: GateDeps, desk: ProviderDesk, fault: Fault): Promise<void> {
  if (desk.stopped !== null) return;
  desk.stopped = storyOfStop(desk.provider.name, fault);
  deps.log.error('provider stopped', { provider: desk.provider.name, code: fault.code });
  const hold = {
    providerUid: desk.provider.uid,
    kind: 'stopped',
    code: desk.stopped.code,
    message: `${fault.code}: ${fault.message}`,
    everywhere: false,
  } as const;
  await deps.local.write((trx) => deps.queue.hold(trx, hold));
  deps.onChange();
}

function newDesk(clock: Clock, provider: Provider): ProviderDesk {
  const pacer = createPacer(clock, provider.ratePerMinute);
  return { provider, pacer, sender: null, trouble: null, stopped: null, paused: false, doubts: 0, receiver: 'none' };
}

/** After trouble one call at a time tries whether it is over: the breaker is half open until one is answered. */
function lane(desk: ProviderDesk, confirms: boolean, open: () => boolean): Lane {
  const concurrency = desk.trouble === null ? desk.provider.concurrency : 1;
  return { providerUid: desk.provider.uid, confirms, concurrency, open };
}
