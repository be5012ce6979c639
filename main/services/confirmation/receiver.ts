import { createHash, timingSafeEqual } from 'node:crypto';
import { usageError } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { Provider } from '../devices/types';
import { claimDigest, keptBody, keptClaim, readCallbackBody, readClaim } from './claim';
import type { Inbox } from './inbox';
import { openListener, type HandlerAnswer, type Listener } from './listener';
import type { Refusals } from './refusals';
import type { CallbackReceiver } from './types';

/** The receivers of this process: one server an address, one path for one or more providers. */
export interface Receivers {
  start(provider: Provider, credentials: CallbackCredentials): Promise<CallbackReceiver>;
  closeAll(): Promise<void>;
}

export interface CallbackCredentials {
  readonly username: string;
  readonly password: string;
}

export interface ReceiverDeps {
  readonly clock: Clock;
  readonly inbox: Inbox;
  readonly refusals: Refusals;
}

/** A provider on a path. Only digests are kept, of one length: `timingSafeEqual` needs it, and no secret lies around. */
interface Tenant {
  readonly providerUid: string;
  readonly username: Buffer;
  readonly password: Buffer;
}

interface Shared {
  readonly listener: Promise<Listener>;
  readonly tenantsOf: Map<string, Tenant[]>;
}

export function createReceivers(deps: ReceiverDeps): Receivers {
  const servers = new Map<string, Shared>();

  async function stop(address: string, shared: Shared, path: string, tenant: Tenant): Promise<void> {
    const tenants = shared.tenantsOf.get(path) ?? [];
    const rest = tenants.filter((other) => other !== tenant);
    if (rest.length === tenants.length) return;
    const listener = await shared.listener;
    if (rest.length > 0) return void shared.tenantsOf.set(path, rest);
    shared.tenantsOf.delete(path);
    listener.unmount(path);
    if (shared.tenantsOf.size > 0) return;
    servers.delete(address);
    await listener.close();
  }

  async function open(url: URL): Promise<{ address: string; shared: Shared; listener: Listener }> {
    const address = url.host;
    const shared = servers.get(address) ?? {
      listener: openListener(url.hostname.replace(/^\[|\]$/g, ''), Number(url.port === '' ? 80 : url.port)),
      tenantsOf: new Map<string, Tenant[]>(),
    };
    servers.set(address, shared);
    try {
      return { address, shared, listener: await shared.listener };
    } catch (error) {
      servers.delete(address);
      throw error;
    }
  }

  return {
    async start(provider, credentials) {
      const url = loopbackUrl(provider);
      requireCredentials(provider, credentials);
      const { address, shared, listener } = await open(url);
      const tenant: Tenant = {
        providerUid: provider.uid,
        username: sha256(credentials.username),
        password: sha256(credentials.password),
      };
      const known = shared.tenantsOf.get(url.pathname);
      shared.tenantsOf.set(url.pathname, [...(known ?? []), tenant]);
      if (known === undefined) {
        const tenants = (): readonly Tenant[] => shared.tenantsOf.get(url.pathname) ?? [];
        listener.mount(url.pathname, (body, from) => receive(deps, tenants(), body, from));
      }
      const listening = new URL(url);
      listening.port = String(listener.port);
      return { url: listening.href, close: () => stop(address, shared, url.pathname, tenant) };
    },
    async closeAll() {
      const open = [...servers.values()];
      servers.clear();
      for (const { listener } of open) await (await listener).close();
    },
  };
}

/** Judges the sender, stores what it says, and only then acknowledges it. */
async function receive(
  deps: ReceiverDeps,
  tenants: readonly Tenant[],
  text: string,
  from: string,
): Promise<HandlerAnswer> {
  const nobody = tenants.length === 1 ? (tenants[0]?.providerUid ?? 'none') : 'none';
  const reading = readCallbackBody(text);
  if (reading.kind === 'unreadable') {
    deps.refusals.note({ providerUid: nobody, reason: 'unreadable', from });
    return 400;
  }
  const tenant = tenantOf(tenants, reading);
  if (tenant === undefined) {
    deps.refusals.note({ providerUid: nobody, reason: 'credentials', from });
    return 401;
  }
  const claim = readClaim(reading.body);
  if (claim === null) {
    deps.refusals.note({ providerUid: tenant.providerUid, reason: 'unreadable', from });
    return 400;
  }
  const stored = await deps.inbox.store({
    providerUid: tenant.providerUid,
    claim: keptClaim(claim, reading.password),
    digest: claimDigest(claim),
    body: keptBody(reading.body, reading.password),
    receivedAt: deps.clock.now(),
  });
  return stored ? 200 : 503;
}

/** Compares with every provider of the path, and both parts of each, so that the time tells nothing. */
function tenantOf(tenants: readonly Tenant[], given: CallbackCredentials): Tenant | undefined {
  const username = sha256(given.username);
  const password = sha256(given.password);
  let match: Tenant | undefined;
  for (const tenant of tenants) {
    const sameName = timingSafeEqual(tenant.username, username);
    const samePassword = timingSafeEqual(tenant.password, password);
    if (Number(sameName) + Number(samePassword) === 2) match = tenant;
  }
  return match;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** @throws usage `callback-url-missing`, `callback-not-loopback` */
function loopbackUrl(provider: Provider): URL {
  if (provider.callbackUrl === null)
    throw usageError({
      code: 'callback-url-missing',
      what: 'The provider has no callback URL',
      where: provider.name,
      todo: 'Set one with `provider set`, or leave confirmation to reading back.',
    });
  const url = new URL(provider.callbackUrl);
  const loopback = url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.[\d.]+$/.test(url.hostname);
  if (!loopback || url.protocol !== 'http:')
    throw usageError({
      code: 'callback-not-loopback',
      what: 'The callback URL is not an http address of this computer',
      where: `${provider.name}: ${url.origin}`,
      why: 'a desktop listens to itself only',
      todo: 'Use the callback server for addresses that others can reach.',
    });
  return url;
}

/** Without a password anybody on this computer could confirm a row. @throws usage `callback-credentials-missing` */
function requireCredentials(provider: Provider, credentials: CallbackCredentials): void {
  if (credentials.username !== '' && credentials.password !== '') return;
  throw usageError({
    code: 'callback-credentials-missing',
    what: 'The callback receiver needs a user name and a password',
    where: provider.name,
    todo: 'Store callbackUsername and callbackPassword with the credentials of this provider.',
  });
}
