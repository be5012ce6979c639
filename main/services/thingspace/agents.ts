import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createSecureContext, getCACertificates, TLSSocket, type SecureContext } from 'node:tls';
import type { Clock } from '../../lib/clock';

/**
 * Agents that hand a connection to a request only when it stands: name resolved, TCP connected, certificate verified.
 * So a request that was never given a socket has surely sent nothing, and that decides whether a swap may be sent
 * again. Node's own agents hand out a socket that still connects, where a failure looks the same before and after.
 */
type Handover = (error: Error | null, socket: Duplex) => void;

/** An idle connection is closed before most servers close theirs: a request on a dying connection is a doubtful one. */
const IDLE_CONNECTION_MS = 4_000;

/** `code` of the error of a connection that took too long. */
export const CONNECT_TIMEOUT = 'CONNECT_TIMEOUT';

interface Opening {
  readonly socket: Duplex;
  /** The socket is the one to the proxy: Node tunnels through it and hands over the verified one by itself. */
  readonly tunnels: boolean;
}

/** Opens a connection, waits until it is usable, for `connectMs` at most, and hands it over exactly once. */
function connect(
  waiting: { readonly clock: Clock; readonly connectMs: number; readonly ready: 'connect' | 'secureConnect' },
  open: (finish: Handover) => Opening,
  callback: Handover,
): void {
  let finished = false;
  const finish: Handover = (error, socket) => {
    if (finished) return;
    finished = true;
    stopTimer();
    callback(error, socket);
  };
  const stopTimer = waiting.clock.after(waiting.connectMs, () => {
    finish(Object.assign(new Error('no connection in time'), { code: CONNECT_TIMEOUT }), socket);
    socket.destroy();
  });
  const { socket, tunnels } = open(finish);
  const onError = (error: Error): void => finish(error, socket);
  socket.once('error', onError);
  socket.once('close', () => finish(new Error('the connection was closed while it was set up'), socket));
  if (tunnels) return;
  socket.once(waiting.ready, () => {
    socket.removeListener('error', onError);
    finish(null, socket);
  });
}

/** `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` as the system has them; Node's agents tunnel by them. */
export type ProxySettings = Readonly<Record<string, string>>;

class ReadyHttpAgent extends HttpAgent {
  constructor(
    private readonly clock: Clock,
    private readonly connectMs: number,
    options: AgentOptions,
  ) {
    super(options);
  }

  override createConnection(args: ClientRequestArgs, callback?: Handover): Duplex | null | undefined {
    if (callback === undefined) return super.createConnection(args);
    const waiting = { clock: this.clock, connectMs: this.connectMs, ready: 'connect' } as const;
    connect(waiting, () => ({ socket: opened(super.createConnection(args)), tunnels: false }), callback);
    return undefined;
  }
}

/** PEM texts of the authorities that may vouch for the carrier's server. */
export type Authorities = () => readonly string[];

/**
 * Those that Node knows and those that this computer trusts: a company whose proxy opens the connection puts its own into
 * the system's store. Read when the first connection is opened: it takes some ten milliseconds.
 */
export const trustedAuthorities: Authorities = () => [
  ...new Set([...getCACertificates('default'), ...getCACertificates('system')]),
];

class ReadyHttpsAgent extends HttpsAgent {
  private context: SecureContext | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly connectMs: number,
    private readonly authorities: Authorities,
    options: AgentOptions,
  ) {
    super({ ...options, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  }

  override createConnection(given: ClientRequestArgs, callback?: Handover): Duplex | null | undefined {
    this.context ??= createSecureContext({ ca: [...this.authorities()], minVersion: 'TLSv1.2' });
    const args = { ...given, secureContext: this.context };
    if (callback === undefined) return super.createConnection(args);
    const waiting = { clock: this.clock, connectMs: this.connectMs, ready: 'secureConnect' } as const;
    const open = (finish: Handover): Opening => {
      const socket = opened(super.createConnection(args, finish));
      return { socket, tunnels: !(socket instanceof TLSSocket) };
    };
    connect(waiting, open, callback);
    return undefined;
  }
}

function opened(socket: Duplex | null | undefined): Duplex {
  if (socket === null || socket === undefined) throw new Error('Node opened no socket');
  return socket;
}

export interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  destroy(): void;
}

/**
 * Why the proxy can't be used; null when it can. Only proxies that are spoken to in plain HTTP are supported (the usual
 * kind; what goes through them to the carrier is encrypted all the same): a TLS proxy's socket can't be told from the
 * carrier's here.
 */
export function proxyProblem(proxy: ProxySettings): string | null {
  const unusable = Object.entries(proxy).find(
    ([name, value]) => /^https_proxy$/i.test(name) && !(/^http:\/\//i.test(value) && URL.canParse(value)),
  );
  return unusable === undefined
    ? null
    : `${unusable[0]} does not name a proxy that is supported: its address must begin with http://`;
}

/** @param proxy the system's proxy, or null for none */
export function createAgents(
  clock: Clock,
  connectMs: number,
  proxy: ProxySettings | null,
  authorities: Authorities = trustedAuthorities,
): Agents {
  // Plain HTTP goes to this computer only, and needs no proxy.
  const used = Object.entries(proxy ?? {}).filter(([name]) => /^(https|no)_proxy$/i.test(name));
  const options: AgentOptions = {
    keepAlive: true,
    timeout: IDLE_CONNECTION_MS,
    ...(used.length === 0 ? {} : { proxyEnv: Object.fromEntries(used) }),
  };
  const http = new ReadyHttpAgent(clock, connectMs, options);
  const https = new ReadyHttpsAgent(clock, connectMs, authorities, options);
  return {
    http,
    https,
    destroy: () => {
      http.destroy();
      https.destroy();
    },
  };
}
