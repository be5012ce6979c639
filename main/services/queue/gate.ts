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
  receiver: 'none' | 'tried';
}

export interface Gate extends ProcessingGate {
  /** Takes over a fresh list of providers; what is known of those that stay is kept. */
  setProviders(providers: readonly Provider[]): void;
  desks(): readonly ProviderDesk[];
  lanes(): readonly Lane[];
  /** Why the central database can't be worked with, once patience is over; null: fine, or not yet given up. */
  centralGivenUp(): SwapdeskError | null;
  /** Forgets stops of an earlier run: whoever runs again wants it tried again; the login guard bounds it. */
  clearStops(): Promise<void>;
}

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
      return desk !== undefined && desk.stopped === null && holdsSender(desk);
    },
    turn: async (uid) => (await desks.get(uid)?.pacer.turn(deps.signal)) ?? false,
    pauseUntil: (uid, instantMs) => desks.get(uid)?.pacer.pauseUntil(instantMs),
    carrierAnswered(uid) {
      const desk = desks.get(uid);
      if (desk !== undefined) desk.trouble = null;
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
    lanes: () =>
      [...desks.values()].flatMap((desk) => [
        lane(desk, false, () => isOpen(desk) && holdsSender(desk)),
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
  } as const;
  await deps.local.write((trx) => deps.queue.hold(trx, hold));
  deps.onChange();
}

function newDesk(clock: Clock, provider: Provider): ProviderDesk {
  const pacer = createPacer(clock, provider.ratePerMinute);
  return { provider, pacer, sender: null, trouble: null, stopped: null, receiver: 'none' };
}

function lane(desk: ProviderDesk, confirms: boolean, open: () => boolean): Lane {
  return { providerUid: desk.provider.uid, confirms, concurrency: desk.provider.concurrency, open };
}
