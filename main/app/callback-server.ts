import { join } from 'node:path';
import { SwapdeskError, usageError, workFailed } from '../../shared/domain/fault';
import { mayPassByItself } from '../lib/central-trouble';
import { acquireOsLock } from '../lib/os-lock';
import type { LocalDb } from '../localdb/types';
import type { AuditService } from '../services/audit';
import { createCallbackServer, type CallbackServerOptions, type ServedProvider } from '../services/confirmation';
import type { CredentialsService } from '../services/credentials';
import type { Provider } from '../services/devices';
import type { Outbox, SyncService } from '../services/sync';
import type { Home } from './home';

export interface ServeOptions extends CallbackServerOptions {
  readonly signal: AbortSignal;
  /** The receiver listens: its own address, and the providers' callback URLs that lead here. */
  onListening(url: string, served: readonly Provider[]): void;
  onNote(note: string): void;
}

interface Parts {
  readonly home: Home;
  readonly local: LocalDb;
  readonly audit: AuditService;
  readonly outbox: Outbox;
  readonly sync: Pick<SyncService, 'push' | 'waiting'>;
  readonly credentials: Pick<CredentialsService, 'load'>;
  listProviders(): Promise<readonly Provider[]>;
}

/** A push that failed is tried again; without news there is nothing to push. */
const AGAIN_MS = 5_000;

/**
 * The callback receiver of a server, until the signal: what came is on the disk here before it is acknowledged, and goes to
 * the central database as soon as that can be reached. A session that has ended ends the receiver: whoever started it starts
 * it again, and it signs in anew.
 *
 * @returns how many callbacks were not handed over when it ended; they are when it begins again
 * @throws usage `no-callback-url`, `callback-credentials-missing`, `address-invalid`
 * @throws failed `receiver-running`, `callback-port-busy`, `callback-not-listening`
 */
export async function serveCallbacks(parts: Parts, options: ServeOptions): Promise<{ readonly waiting: number }> {
  const { home, sync } = parts;
  const served = await servedBy(parts);
  const lock = await acquireOsLock(join(home.dir, 'callbacks.lock'), 'swapdesk callbacks serve', home.clock);
  if ('heldBy' in lock) throw receiverRunning(home.dir, lock.heldBy);
  const forwarder = createForwarder(parts, options);
  try {
    const server = await createCallbackServer(
      {
        ...parts,
        clock: home.clock,
        log: home.log,
        onStored: () => forwarder.wake(),
        health: async () => ({ central: forwarder.central(), waiting: await sync.waiting() }),
      },
      served,
      options,
    );
    try {
      options.onListening(
        server.url,
        served.map(({ provider }) => provider),
      );
      await forwarder.run();
    } finally {
      await server.close();
    }
    await forwarder.pushOnce();
    return { waiting: await sync.waiting() };
  } finally {
    await lock.release();
  }
}

/** Takes to the central database what is on the disk here. */
function createForwarder({ home, sync }: Parts, { signal, onNote }: ServeOptions) {
  let central: 'online' | 'offline' = 'online';
  let rest = new AbortController();

  async function pushOnce(): Promise<void> {
    try {
      await sync.push();
      if (central === 'offline') onNote('The central database is there again.');
      central = 'online';
    } catch (error) {
      if (!(error instanceof SwapdeskError) || !mayPassByItself(error)) throw error;
      if (central === 'online') onNote('The central database can’t be reached: callbacks are kept here meanwhile.');
      central = 'offline';
    }
  }

  return {
    central: () => central,
    wake: () => rest.abort(),
    pushOnce,
    async run(): Promise<void> {
      while (!signal.aborted) {
        rest = new AbortController();
        await pushOnce();
        // While it is away every callback would try again: the rhythm is enough then.
        const until = central === 'online' ? AbortSignal.any([signal, rest.signal]) : signal;
        if (!until.aborted) await home.clock.sleep(AGAIN_MS, until);
      }
    },
  };
}

async function servedBy(parts: Parts): Promise<readonly ServedProvider[]> {
  const { callbackLogins } = parts.home.config;
  const providers = (await parts.listProviders()).filter(({ callbackUrl }) => callbackUrl !== null);
  if (providers.length === 0)
    throw usageError({
      code: 'no-callback-url',
      what: 'There is nothing to receive',
      why: 'no service provider that this account sees has a callback URL',
      todo: 'Set one with `swapdesk provider set NAME --callback-url URL`.',
    });
  return Promise.all(
    providers.map(async (provider) => {
      const login = callbackLogins?.[provider.name];
      if (login !== undefined) return { provider, credentials: login };
      const known = await parts.credentials.load(provider.uid);
      const credentials = { username: known?.callbackUsername ?? '', password: known?.callbackPassword ?? '' };
      return { provider, credentials };
    }),
  );
}

function receiverRunning(dir: string, heldBy: string): Error {
  return workFailed({
    code: 'receiver-running',
    what: 'Another callback receiver works in this data folder',
    where: dir,
    why: `${heldBy} holds it`,
    todo: 'Let it work, or end it. A second receiver on this computer needs a data folder of its own (--home).',
  });
}
