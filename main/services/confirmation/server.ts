import { BlockList, isIP } from 'node:net';
import { usageError } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { Provider } from '../devices/types';
import type { Outbox } from '../sync/types';
import { createInbox } from './inbox';
import { openListener, type Page } from './listener';
import { receive, tenantFor, type CallbackCredentials, type Tenant } from './receive';
import { createRefusals } from './refusals';
import { createTally, type Tally } from './tally';

/**
 * The receiver on a server: the callback URLs of every provider that is named to it, one listener. A callback is on the
 * disk here before it is acknowledged, and goes on to the central database from there: the carrier never waits for that.
 */
export interface CallbackServer {
  /** Where it listens, with the port that was really taken. */
  readonly url: string;
  /** Lets what is under way be stored. */
  close(): Promise<void>;
}

export interface CallbackServerDeps {
  readonly local: LocalDb;
  readonly audit: Pick<AuditService, 'record'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when something new is on the disk. */
  onStored(): void;
  /** How the way to the central database is, for the health page. */
  health(): Promise<ServerHealth>;
}

export interface ServerHealth {
  readonly central: 'online' | 'offline';
  /** Callbacks that the central database does not have yet. */
  readonly waiting: number;
}

export interface CallbackServerOptions {
  readonly host: string;
  readonly port: number;
  /** PEM texts; null: plain HTTP behind a proxy that ends TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** Addresses and networks (CIDR) that may send; empty: every one. */
  readonly allow: readonly string[];
  /** Addresses and networks of proxies that are believed when they name the sender. */
  readonly proxies: readonly string[];
}

export interface ServedProvider {
  readonly provider: Provider;
  readonly credentials: CallbackCredentials;
}

/**
 * @throws usage `callback-credentials-missing`, `address-invalid`
 * @throws failed `callback-port-busy`, `callback-not-listening`
 */
export async function createCallbackServer(
  deps: CallbackServerDeps,
  served: readonly ServedProvider[],
  options: CallbackServerOptions,
): Promise<CallbackServer> {
  const tally = createTally();
  const inbox = createInbox(deps);
  const refusals = createRefusals(deps);
  const tenantsOf = byPath(served);
  const allows = allowing(options.allow);
  const listener = await openListener({
    host: options.host,
    port: options.port,
    proxies: options.proxies,
    ...(options.tls === null ? {} : { tls: options.tls }),
    ...(allows === null ? {} : { allows }),
    pages: { '/health': () => healthPage(deps), '/metrics': () => metricsPage(deps, tally) },
  });
  for (const [path, tenants] of tenantsOf)
    listener.mount(path, (body, from) =>
      tally.measure(() => receive({ ...deps, inbox, refusals }, tenants, body, from)),
    );
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls === null ? 'http' : 'https'}://${host}:${listener.port}`,
    async close() {
      await listener.close();
      await inbox.idle();
      await refusals.flush();
    },
  };
}

/** Providers may share a path; their credentials tell whose a callback is. */
function byPath(served: readonly ServedProvider[]): ReadonlyMap<string, readonly Tenant[]> {
  const paths = Map.groupBy(served, ({ provider }) => new URL(provider.callbackUrl ?? '').pathname);
  return new Map(
    [...paths].map(([path, group]) => [path, group.map((one) => tenantFor(one.provider, one.credentials))]),
  );
}

/** @throws usage `address-invalid` */
function allowing(entries: readonly string[]): ((address: string) => boolean) | null {
  if (entries.length === 0) return null;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    const widest = family === 4 ? 32 : 128;
    const width = bits === undefined ? widest : Number(bits);
    if (family === 0 || !Number.isInteger(width) || width < 0 || width > widest)
      throw usageError({
        code: 'address-invalid',
        what: 'This is no address and no network',
        where: entry,
        todo: 'Write 203.0.113.7 or 203.0.113.0/24, or the same of IPv6.',
      });
    list.addSubnet(address, width, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
    return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
  };
}

/** A receiver without the central database still does its work: it is up, and says what waits. */
async function healthPage(deps: CallbackServerDeps): Promise<Page> {
  const health = await deps.health();
  return { status: 200, type: 'application/json', body: JSON.stringify({ ok: true, ...health }) };
}

/** In the text format of Prometheus, version 0.0.4. */
async function metricsPage(deps: CallbackServerDeps, tally: Tally): Promise<Page> {
  const { central, waiting } = await deps.health();
  const body = [
    ...tally.lines(),
    '# HELP swapdesk_callbacks_waiting Callbacks that the central database does not have yet.',
    '# TYPE swapdesk_callbacks_waiting gauge',
    `swapdesk_callbacks_waiting ${waiting}`,
    '# HELP swapdesk_central_up Whether the central database took what was handed over last.',
    '# TYPE swapdesk_central_up gauge',
    `swapdesk_central_up ${central === 'online' ? 1 : 0}`,
    '',
  ].join('\n');
  return { status: 200, type: 'text/plain; version=0.0.4', body };
}
