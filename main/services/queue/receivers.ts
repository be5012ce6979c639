import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import type { CallbackReceiver, ConfirmationService } from '../confirmation/types';
import type { CredentialsService } from '../credentials/types';
import type { Provider } from '../devices/types';
import type { ThingSpaceService } from '../thingspace/types';
import type { Gate, ProviderDesk } from './gate';
import type { QueueService } from './types';

/**
 * Callback receivers of providers whose callback URL is a loopback address of this computer. Without one the rows are
 * confirmed by reading the lines back, only later: a receiver that can't be had never stops a run.
 */
export interface Receivers {
  /** Opens and registers what is missing, for providers that have work. Never throws. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface ReceiversDeps {
  readonly confirmation: Pick<ConfirmationService, 'startReceiver'>;
  readonly thingspace: Pick<ThingSpaceService, 'registerCallback'>;
  readonly credentials: Pick<CredentialsService, 'load'>;
  readonly queue: Pick<QueueService, 'hasJobs'>;
  readonly ids: Ids;
  readonly log: Log;
  readonly gate: Gate;
}

export function createReceivers(deps: ReceiversDeps): Receivers {
  const open: CallbackReceiver[] = [];
  return {
    async open() {
      const missing = deps.gate
        .desks()
        .filter((desk) => desk.receiver === 'none' && desk.stopped === null && isLoopback(desk.provider.callbackUrl));
      if (missing.length === 0) return;
      const working = await deps.queue.hasJobs();
      for (const desk of missing.filter((candidate) => working.has(candidate.provider.uid))) {
        desk.receiver = 'tried';
        try {
          const receiver = await listen(deps, desk);
          if (receiver !== null) open.push(receiver);
        } catch (error) {
          deps.log.warn('no callback receiver, lines are read back instead', {
            provider: desk.provider.name,
            error: String(error),
          });
        }
      }
    },
    async close() {
      for (const receiver of open.splice(0)) await receiver.close();
    },
  };
}

/** Listens first: the carrier may call as soon as it knows the address. */
async function listen(deps: ReceiversDeps, desk: ProviderDesk): Promise<CallbackReceiver | null> {
  const { provider } = desk;
  const login = await callbackLogin(deps, provider);
  const receiver = await deps.confirmation.startReceiver(provider, login);
  const registered = await deps.thingspace.registerCallback(provider, receiver.url, login.username, login.password);
  if (registered.ok) {
    deps.gate.carrierAnswered(provider.uid);
    return receiver;
  }
  await receiver.close();
  deps.log.warn('callback not registered, lines are read back instead', {
    provider: provider.name,
    code: registered.error.code,
  });
  await deps.gate.carrierTrouble(provider.uid, registered.error);
  return null;
}

/** The account's own callback login, or one that only this run and the carrier know. */
async function callbackLogin(
  deps: ReceiversDeps,
  provider: Provider,
): Promise<{ readonly username: string; readonly password: string }> {
  const known = await deps.credentials.load(provider.uid);
  return {
    username: known?.callbackUsername ?? 'swapdesk',
    password: known?.callbackPassword ?? deps.ids.token(),
  };
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

export function isLoopback(url: string | null): boolean {
  return url !== null && URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}
