import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../test/support/certificate';
import { openTestDb, type TestDb } from '../../test/support/local-db';
import { PROVIDER } from '../../test/support/processing';
import { newFolder } from '../../test/support/cli';
import { workFailed } from '../../shared/domain/fault';
import { systemClock } from '../lib/clock';
import { systemIds } from '../lib/ids';
import { silentLog } from '../lib/logger';
import { createAuditService } from '../services/audit';
import { createOutbox } from '../services/sync';
import { serveCallbacks, type ServeOptions } from './callback-server';
import type { Home } from './home';

const LOGIN = { username: 'callback-user', password: 'callback-password' };
const SERVED = { ...PROVIDER, callbackUrl: 'https://callbacks.example/north' };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Served {
  readonly db: TestDb;
  readonly url: string;
  readonly notes: readonly string[];
  /** The way to the central database. */
  readonly way: { open: boolean; pushed: number };
  stop(): Promise<{ readonly waiting: number }>;
}

async function serve(options: Partial<ServeOptions> = {}, logins: Home['config']['callbackLogins'] = null) {
  const db = await openTestDb();
  closing.push(() => db.close());
  const audit = createAuditService({ local: db, writer: 'desktop:test:receiver', clock: systemClock });
  const outbox = createOutbox({ clock: systemClock, ids: systemIds });
  const stop = new AbortController();
  const notes: string[] = [];
  const way = { open: true, pushed: 0 };
  const waiting = async (): Promise<number> =>
    (await db.read.raw<{ waiting: number }[]>('select count(*) as waiting from outbox'))[0]?.waiting ?? 0;
  const home = {
    ...{ dir: newFolder('receiver'), clock: systemClock, log: silentLog },
    config: { callbackLogins: logins },
  } as unknown as Home;
  const parts = {
    ...{ home, local: db, audit, outbox },
    credentials: { load: async () => null },
    listProviders: async () => [SERVED],
    sync: {
      waiting,
      async push() {
        if (!way.open) throw workFailed({ code: 'central-unreachable', what: 'It can’t be reached' });
        const handed = await db.write((trx) => trx.raw<unknown[]>('delete from outbox returning id'));
        way.pushed += handed.length;
        return handed.length;
      },
    },
  };
  const listening = Promise.withResolvers<string>();
  const ended = serveCallbacks(parts, {
    ...{ host: '127.0.0.1', port: 0, tls: null, allow: [], proxies: [], signal: stop.signal },
    onListening: (url) => listening.resolve(url),
    onNote: (note) => notes.push(note),
    ...options,
  });
  ended.catch((error: unknown) => listening.reject(error));
  const served: Served = {
    ...{ db, notes, way },
    url: await listening.promise,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
  closing.push(async () => void (await served.stop()));
  return served;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(url: string, body: string | null, headers: Record<string, string> = {}, ca?: string): Promise<Answer> {
  const send = url.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { method: body === null ? 'GET' : 'POST', headers, ca, servername: '' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject);
    request.end(body ?? undefined);
  });
}

const callback = (part: object = {}): string =>
  JSON.stringify({ ...LOGIN, requestId: 'r-1', status: 'Success', deviceIds: [], callbackCount: 1, ...part });

const NORTH = { [PROVIDER.name]: LOGIN };

describe('the callback receiver of a server', () => {
  it('acknowledges what is on the disk, hands it over, and takes nobody else’s word', async () => {
    const { db, url, way, stop } = await serve({}, NORTH);
    expect(await ask(`${url}/north`, callback())).toEqual({ status: 200, text: '{}' });
    expect((await ask(`${url}/north`, callback({ password: 'guessed' }))).status).toBe(401);
    expect((await ask(`${url}/north`, 'no JSON')).status).toBe(400);
    expect((await ask(`${url}/south`, callback())).status).toBe(404);
    expect((await ask(`${url}/north`, `{"a":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
    await expect.poll(() => way.pushed).toBe(1);
    const kept = await db.read.raw<{ body: string }[]>('select body from thingspace_callback_log');
    expect(kept).toHaveLength(1);
    expect(kept[0]?.body).not.toMatch(/callback-(user|password)/);
    expect(await stop()).toEqual({ waiting: 0 });
  });

  it('goes on without the central database, says so, and hands everything over when it is back', async () => {
    const { url, way, notes, stop } = await serve({}, NORTH);
    way.open = false;
    for (const requestId of ['r-1', 'r-2', 'r-3'])
      expect((await ask(`${url}/north`, callback({ requestId }))).status).toBe(200);
    await expect
      .poll(async () => JSON.parse((await ask(`${url}/health`, null)).text) as unknown)
      .toEqual({ ok: true, central: 'offline', waiting: 3 });
    expect(notes).toEqual(['The central database can’t be reached: callbacks are kept here meanwhile.']);
    way.open = true;
    expect(await stop()).toEqual({ waiting: 0 });
    expect(way.pushed).toBe(3);
    expect(notes.at(-1)).toBe('The central database is there again.');
  });

  it('counts what it answered, for Prometheus', async () => {
    const { url } = await serve({}, NORTH);
    await ask(`${url}/north`, callback());
    await ask(`${url}/north`, callback({ password: 'guessed' }));
    const { status, text } = await ask(`${url}/metrics`, null);
    expect(status).toBe(200);
    expect(text).toContain('swapdesk_callbacks_total{status="200"} 1\n');
    expect(text).toContain('swapdesk_callbacks_total{status="401"} 1\n');
    expect(text).toContain('swapdesk_callback_seconds_count 2\n');
    expect(text).toMatch(/^swapdesk_central_up 1$/m);
  });

  it('listens to named senders only, also behind a proxy that says who they are', async () => {
    const { url } = await serve({ allow: ['203.0.113.0/24'], proxies: ['127.0.0.1'] }, NORTH);
    const from = (address: string) => ask(`${url}/north`, callback(), { 'x-forwarded-for': address });
    expect((await from('203.0.113.9')).status).toBe(200);
    expect((await from('198.51.100.9')).status).toBe(403);
    // A sender can't put an allowed address before its own: the proxy adds the true one behind it.
    expect((await from('203.0.113.9, 198.51.100.9')).status).toBe(403);
    expect((await ask(`${url}/metrics`, null, { 'x-forwarded-for': '198.51.100.9' })).status).toBe(403);
  });

  it('keeps health and metrics to this computer', async () => {
    const { url } = await serve({ proxies: ['127.0.0.1'] }, NORTH);
    expect((await ask(`${url}/health`, null)).status).toBe(200);
    expect((await ask(`${url}/health`, null, { 'x-forwarded-for': '198.51.100.9' })).status).toBe(404);
  });

  it('speaks TLS with the certificate it is given', async () => {
    const hour = 3_600_000;
    const tls = makeCertificate({
      hosts: ['localhost'],
      addresses: [[127, 0, 0, 1]],
      notBefore: new Date(systemClock.now() - hour),
      notAfter: new Date(systemClock.now() + hour),
    });
    const { url } = await serve({ tls }, NORTH);
    expect(url).toMatch(/^https:/);
    expect((await ask(`${url}/north`, callback(), {}, tls.cert)).status).toBe(200);
  });

  it.each([
    ['without a login for its provider', {}, null, 'callback-credentials-missing'],
    ['with an address that is none', { allow: ['everybody'] }, NORTH, 'address-invalid'],
  ])('does not start %s', async (_, options, logins, code) => {
    await expect(serve(options, logins)).rejects.toMatchObject({ code });
  });
});
