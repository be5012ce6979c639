import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../test/support/certificate';
import { listen, startHttpServer, startTcpServer, type RawServer } from '../../../test/support/raw-server';
import { systemClock } from '../../lib/clock';
import { trustedAuthorities } from './agents';
import { DEFAULT_TIMEOUTS, createWire, MAX_ANSWER_BYTES, type Exchange, type Timeouts, type Wire } from './wire';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function wireWith(timeouts: Partial<Timeouts> = {}): Wire {
  const wire = createWire(systemClock, { connectMs: 300, answerMs: 300, totalMs: 700, ...timeouts }, null);
  closing.push(() => wire.close());
  return wire;
}

async function serve(server: Promise<RawServer>): Promise<RawServer> {
  const started = await server;
  closing.push(() => started.close());
  return started;
}

const put = (wire: Wire, url: string): Promise<Exchange> =>
  wire.exchange({ method: 'PUT', url: `${url}/x`, headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' });

describe('the wire says whether a request may have reached the carrier', () => {
  it('answers with status, body and headers, and keeps the connection', async () => {
    const server = await serve(
      startHttpServer((request, response, body) => {
        response.writeHead(418, { 'Content-Type': 'text/plain', 'Retry-After': '7' });
        response.end(`${request.method} ${body}`);
      }),
    );
    const wire = wireWith();
    const expected = { kind: 'answer', status: 418, contentType: 'text/plain', retryAfter: '7', text: 'PUT {"a":1}' };
    expect(await put(wire, server.url)).toEqual(expected);
    expect(await put(wire, server.url)).toEqual(expected);
    expect(server.connections()).toBe(1);
  });

  it('opens no more connections than calls that run at once', async () => {
    const server = await serve(startHttpServer((_request, response) => response.end('{}')));
    const wire = wireWith();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 5 }, () => put(wire, server.url)));
    }
    expect(server.connections()).toBeLessThanOrEqual(5);
  });

  it('nothing was sent: a name that does not exist', async () => {
    expect(await put(wireWith({ connectMs: 5_000, totalMs: 6_000 }), 'http://no-such-host.invalid')).toMatchObject({
      kind: 'not-sent',
    });
  });

  it('nothing was sent: the port is closed', async () => {
    const server = await startHttpServer(() => undefined);
    await server.close();
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'not-sent', code: 'connection-refused' });
  });

  it('nothing was sent: no handshake within the time', async () => {
    const server = await serve(startTcpServer(() => undefined));
    const exchange = await put(wireWith(), server.url.replace('http:', 'https:'));
    expect(exchange).toMatchObject({ kind: 'not-sent', code: 'connect-timeout' });
  });

  it.each(['unknown', 'expired', 'wrong name'] as const)(
    'nothing was sent: a certificate that is bad: %s',
    async (how) => {
      let asked = 0;
      const server = await serve(secureServer(certificate(how), () => (asked += 1)));
      expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'not-sent', code: 'tls-failed' });
      expect(asked).toBe(0);
    },
  );

  it('trusts what this computer trusts: an authority of the company, and no other', async () => {
    const identity = certificate('unknown');
    const server = await serve(secureServer(identity));
    const wire = createWire(systemClock, DEFAULT_TIMEOUTS, null, () => [identity.cert]);
    closing.push(() => wire.close());
    expect(await put(wire, server.url)).toMatchObject({ kind: 'answer', status: 200 });
    const trusted = new Set(trustedAuthorities());
    expect(getCACertificates('system').filter((authority) => !trusted.has(authority))).toEqual([]);
    expect(trusted.has(identity.cert)).toBe(false);
  });

  it('nothing was sent: no TLS at the other end', async () => {
    const server = await serve(startTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await put(wireWith(), server.url.replace('http:', 'https:'))).toMatchObject({ kind: 'not-sent' });
  });

  it('may have arrived: the connection is reset before an answer', async () => {
    const server = await serve(startTcpServer((socket) => socket.resetAndDestroy()));
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'lost', code: 'connection-lost', status: null });
  });

  it('may have arrived: a kept connection dies under the next request', async () => {
    let requests = 0;
    const server = await serve(
      listen(
        createHttpServer((request, response) => {
          requests += 1;
          if (requests === 1) response.end('{}');
          else request.socket.resetAndDestroy();
        }),
      ),
    );
    const wire = wireWith();
    expect(await put(wire, server.url)).toMatchObject({ kind: 'answer' });
    expect(await put(wire, server.url)).toMatchObject({ kind: 'lost', code: 'connection-lost' });
    expect(server.connections()).toBe(1);
  });

  it('may have arrived: silence', async () => {
    const server = await serve(startTcpServer(() => undefined));
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'lost', code: 'answer-timeout', status: null });
  });

  it('may have arrived: one byte now and then', async () => {
    const server = await serve(
      startTcpServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'lost', code: 'total-timeout', status: 200 });
  });

  it.each([
    ['in the headers', 'HTTP/1.1 200 OK\r\nContent-', 'connection-lost', null],
    ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"requestId"', 'answer-cut', 200],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"requ', 'answer-cut', 200],
  ])('may have arrived: the answer is cut %s', async (_where, text, code, status) => {
    const server = await serve(startTcpServer((socket) => socket.end(text)));
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'lost', code, status });
  });

  it.each([
    ['announced', true],
    ['not announced', false],
  ])('may have arrived: 10 MB, %s', async (_how, announced) => {
    const size = 10 * 1024 * 1024;
    const server = await serve(
      startHttpServer((_request, response) => {
        if (announced) response.setHeader('Content-Length', size);
        response.on('error', () => undefined);
        for (let sent = 0; sent < size; sent += 65_536) response.write(Buffer.alloc(65_536, 'x'));
        response.end();
      }),
    );
    expect(size).toBeGreaterThan(MAX_ANSWER_BYTES);
    const exchange = await put(wireWith({ answerMs: 5_000, totalMs: 5_000 }), server.url);
    expect(exchange).toMatchObject({ kind: 'lost', code: 'answer-too-large' });
  });

  it('does not follow a redirection: the credentials stay here', async () => {
    let elsewhere = 0;
    const other = await serve(startHttpServer((_request, response) => response.end(String((elsewhere += 1)))));
    const server = await serve(
      startHttpServer((_request, response) => response.writeHead(307, { Location: `${other.url}/stolen` }).end()),
    );
    expect(await put(wireWith(), server.url)).toMatchObject({ kind: 'answer', status: 307 });
    expect(elsewhere).toBe(0);
  });

  it('leaves no timer behind', async () => {
    let timers = 0;
    const counting = {
      ...systemClock,
      after: (delayMs: number, fn: () => void) => {
        timers += 1;
        const stop = systemClock.after(delayMs, fn);
        let stopped = false;
        return () => {
          if (!stopped) timers -= 1;
          stopped = true;
          stop();
        };
      },
    };
    const wire = createWire(counting, { connectMs: 9_000, answerMs: 9_000, totalMs: 9_000 }, null);
    closing.push(() => wire.close());
    const server = await serve(startHttpServer((_request, response) => response.end('{}')));
    await put(wire, server.url);
    expect(timers).toBe(0);
  });
});

describe('the proxy of the system', () => {
  const https = 'https://thingspace.invalid';

  it('is not asked for the way to this computer', async () => {
    const server = await serve(startHttpServer((_request, response) => response.end('{}')));
    const wire = createWire(
      systemClock,
      { connectMs: 300, answerMs: 300, totalMs: 700 },
      {
        HTTPS_PROXY: 'http://127.0.0.1:1',
        HTTP_PROXY: 'http://127.0.0.1:1',
      },
    );
    closing.push(() => wire.close());
    expect(await put(wire, server.url)).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('makes a tunnel to the carrier and sees nothing of what goes through it', async () => {
    const seen: string[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      seen.push(request.url ?? '');
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => seen.push(chunk.toString('latin1')));
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      setTimeout(() => socket.destroy(), 100);
    });
    const server = await serve(listen(proxy));
    const wire = createWire(
      systemClock,
      { connectMs: 900, answerMs: 300, totalMs: 2_000 },
      { HTTPS_PROXY: server.url },
    );
    closing.push(() => wire.close());
    expect(await put(wire, https)).toMatchObject({ kind: 'not-sent' });
    expect(seen[0]).toBe('thingspace.invalid:443');
    expect(seen.join('')).not.toContain('{"a":1}');
  });

  it('that refuses the tunnel means that nothing was sent', async () => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const server = await serve(listen(proxy));
    const wire = createWire(
      systemClock,
      { connectMs: 900, answerMs: 300, totalMs: 2_000 },
      { HTTPS_PROXY: server.url },
    );
    closing.push(() => wire.close());
    expect(await put(wire, https)).toMatchObject({ kind: 'not-sent', code: 'no-connection' });
  });

  it('carries the call, and the certificate is judged through the tunnel', async () => {
    const server = await serve(listen(createTunnel(await serve(secureServer(certificate('trusted'))))));
    const wire = createWire(
      systemClock,
      { connectMs: 900, answerMs: 900, totalMs: 2_000 },
      { HTTPS_PROXY: server.url },
    );
    closing.push(() => wire.close());
    expect(await put(wire, https)).toMatchObject({ kind: 'answer', status: 200, text: '{}' });
    // The same server under a name that its certificate does not have.
    expect(await put(wire, 'https://other.invalid')).toMatchObject({ kind: 'not-sent', code: 'tls-failed' });
  });

  it.each(['https://proxy.invalid:3128', 'socks5://proxy.invalid', 'nonsense'])(
    'refuses %s with a word',
    async (address) => {
      const wire = createWire(systemClock, { connectMs: 300, answerMs: 300, totalMs: 700 }, { https_proxy: address });
      closing.push(() => wire.close());
      expect(await put(wire, https)).toMatchObject({ kind: 'not-sent', code: 'proxy-not-supported' });
    },
  );
});

type CertificateKind = 'trusted' | 'unknown' | 'expired' | 'wrong name';

/** All but the unknown one are trusted while the test runs. */
function certificate(kind: CertificateKind): { key: string; cert: string } {
  const now = systemClock.now();
  const made = makeCertificate({
    hosts: [kind === 'wrong name' ? 'else.invalid' : 'thingspace.invalid'],
    addresses: kind === 'wrong name' ? [] : [[127, 0, 0, 1]],
    notBefore: new Date(now - 48 * HOUR_MS),
    notAfter: new Date(kind === 'expired' ? now - HOUR_MS : now + 48 * HOUR_MS),
  });
  if (kind !== 'unknown') {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, made.cert]);
    closing.push(() => setDefaultCACertificates(before));
  }
  return made;
}

const HOUR_MS = 3_600_000;

function secureServer(identity: { key: string; cert: string }, onRequest = () => 0): Promise<RawServer> {
  const server = createHttpsServer(identity, (_request, response) => {
    onRequest();
    response.end('{}');
  });
  return listen(server, 'https');
}

function createTunnel(target: RawServer): HttpServer {
  const proxy = createHttpServer();
  proxy.on('connect', (_request, socket) => {
    const through = connectTcp(target.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    through.on('error', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
  return proxy;
}
