import { usageError } from '../../../shared/domain/fault';
import type { Provider } from '../devices/types';
import { openListener, type Listener } from './listener';
import { receive, tenantFor, type CallbackCredentials, type ReceiveDeps, type Tenant } from './receive';
import type { CallbackReceiver } from './types';

/** The receivers of this process: one server an address, one path for one or more providers. */
export interface Receivers {
  start(provider: Provider, credentials: CallbackCredentials): Promise<CallbackReceiver>;
  closeAll(): Promise<void>;
}

interface Shared {
  readonly listener: Promise<Listener>;
  readonly tenantsOf: Map<string, Tenant[]>;
}

export function createReceivers(deps: ReceiveDeps): Receivers {
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
      listener: openListener({
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port === '' ? 80 : url.port),
      }),
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
      const tenant = tenantFor(provider, credentials);
      const { address, shared, listener } = await open(url);
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
