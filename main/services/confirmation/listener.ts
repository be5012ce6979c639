import Fastify, { type FastifyInstance } from 'fastify';
import { workFailed } from '../../../shared/domain/fault';

/**
 * One HTTP server on one loopback address, shared by every provider whose callback URL has that address. It knows paths
 * and bodies; what a body means is the handler's matter. Everything is limited before anything is read.
 */
export type PathHandler = (body: string, from: string) => Promise<HandlerAnswer>;
export type HandlerAnswer = 200 | 400 | 401 | 503;

export interface Listener {
  readonly port: number;
  /** @throws a defect when the path is taken */
  mount(path: string, handler: PathHandler): void;
  unmount(path: string): void;
  close(): Promise<void>;
}

/** A callback has less than 2 KiB; the rest is room for lines with many identifiers. */
const BODY_LIMIT_BYTES = 64 * 1024;
const HEADER_LIMIT_BYTES = 8 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node looks for connections that are over their time. */
const CHECK_INTERVAL_MS = 1_000;
/** The carrier uses a few; slow strangers beyond these wait outside. */
const MAX_CONNECTIONS = 512;

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM texts; left out: plain HTTP, on loopback or behind a proxy that ends TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Whether this address may send at all; left out: every one. */
  readonly allows?: (address: string) => boolean;
  /** Addresses or networks of proxies that are believed when they name the sender; left out: nobody is. */
  readonly proxies?: readonly string[];
  /** Answers to GET, by path: for this computer, and for whom `allows` lets in by name. */
  readonly pages?: Readonly<Record<string, () => Promise<Page>>>;
}

/** What a GET is answered with. */
export interface Page {
  readonly status: 200 | 503;
  readonly type: string;
  readonly body: string;
}

/** @throws failed `callback-port-busy`, `callback-not-listening` */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { host, port, tls, proxies = [] } = options;
  const server = Fastify({
    ...(tls === undefined ? {} : { https: { ...tls, minVersion: 'TLSv1.2' } }),
    trustProxy: proxies.length === 0 ? false : [...proxies],
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_LIMIT_BYTES,
    },
  });
  server.server.maxConnections = MAX_CONNECTIONS;
  const handlers = new Map<string, PathHandler>();
  route(server, handlers, options);
  try {
    await server.listen({ host, port });
  } catch (error) {
    await server.close();
    throw notListening(host, port, error);
  }
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    mount(path, handler) {
      if (handlers.has(path)) throw new Error(`the path ${path} is listened on already`);
      handlers.set(path, handler);
    },
    unmount: (path) => void handlers.delete(path),
    close: () => server.close(),
  };
}

function route(
  server: FastifyInstance,
  handlers: ReadonlyMap<string, PathHandler>,
  { allows, pages = {} }: ListenerOptions,
): void {
  // Before anything of the body is read.
  if (allows !== undefined)
    server.addHook('onRequest', async (request, reply) =>
      allows(request.ip) || isLoopback(request.ip) ? undefined : reply.code(403).send({}),
    );
  for (const [path, page] of Object.entries(pages))
    server.get(path, async (request, reply) => {
      if (allows === undefined && !isLoopback(request.ip)) return reply.code(404).send({});
      const { status, type, body } = await page();
      return reply.code(status).type(type).send(body);
    });
  // The content type is not insisted on: senders of the same JSON are known to name others, or none.
  server.addHook('onRequest', async (request) => {
    request.raw.headers['content-type'] = 'text/plain';
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.post('/*', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const handler = handlers.get(path);
    if (handler === undefined) return reply.code(404).send({});
    const status = await handler(typeof request.body === 'string' ? request.body : '', request.ip);
    return reply.code(status).send({});
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({}));
  // What went wrong here is no business of whoever sent it. The carrier sends again what was not acknowledged.
  server.setErrorHandler((error, _request, reply) => {
    const { statusCode } = error as { readonly statusCode?: number };
    return reply.code(statusCode !== undefined && statusCode >= 400 ? statusCode : 503).send({});
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.[\d.]+$/.test(address);
}

function notListening(host: string, port: number, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const where = `${host}:${port}`;
  return code === 'EADDRINUSE'
    ? workFailed({
        code: 'callback-port-busy',
        what: 'The callback receiver can not listen',
        where,
        why: 'another program uses the port',
        todo: "End that program, or give the provider's callback URL another port.",
      })
    : workFailed({
        code: 'callback-not-listening',
        what: 'The callback receiver can not listen',
        where,
        why: code,
        todo: "Check the provider's callback URL.",
      });
}
