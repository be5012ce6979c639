import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { PROVIDER } from '../../../test/support/processing';
import { createKeepingLog } from '../../../test/support/thingspace';
import { systemClock } from '../../lib/clock';
import { systemIds } from '../../lib/ids';
import { createAuditService } from '../audit';
import type { Provider } from '../devices/types';
import { createConfirmationService } from './confirmation.service';
import type { ConfirmationService } from './types';

const LOGIN = { username: 'callback-user', password: 'callback-password' };
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Opened {
  readonly db: TestDb;
  readonly service: ConfirmationService;
  readonly provider: Provider;
  readonly url: string;
  readonly log: ReturnType<typeof createKeepingLog>;
}

async function open(): Promise<Opened> {
  const db = await openTestDb();
  closing.push(() => db.close());
  const provider = { ...PROVIDER, callbackUrl: 'http://127.0.0.1:0/callbacks/north' };
  const { service, log } = serviceOn(db);
  const { url } = await service.startReceiver(provider, LOGIN);
  return { db, service, provider, url, log };
}

/** Rows are not the matter of these tests: no request id is known. */
function serviceOn(db: TestDb) {
  const log = createKeepingLog();
  const service = createConfirmationService({
    local: db,
    audit: createAuditService({ local: db, writer: 'desktop:test:olivia', clock: systemClock }),
    clock: systemClock,
    ids: systemIds,
    log,
    thingspace: { findLine: () => Promise.reject(new Error('no line is looked for here')) },
    changes: {
      loadByRequestId: async () => null,
      settle: () => Promise.reject(new Error('no row is settled here')),
    },
  });
  closing.push(() => service.close());
  return { service, log };
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const callback = (part: object = {}): string =>
  JSON.stringify({ ...LOGIN, requestId: 'r-1', status: 'Success', deviceIds: [], callbackCount: 1, ...part });

async function stored(
  db: TestDb,
): Promise<{ request_id: string; state: string; times_received: number; body: string }[]> {
  return db.read.raw(`select request_id, state, times_received, body from thingspace_callback_log order by id`);
}

async function audited(db: TestDb): Promise<Record<string, number>> {
  const rows = await db.read.raw<{ action: string; entries: number }[]>(
    `select body ->> '$.action' as action, count(*) as entries from audit_entry group by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.action, row.entries]));
}

describe('the callback receiver', () => {
  it('stores before it answers, redacted, and keeps what no row knows apart', async () => {
    const { db, service, url } = await open();
    expect(await post(url, callback({ comment: 'callback-password' }), { 'Content-Type': 'application/json' })).toBe(
      200,
    );
    const [row] = await stored(db);
    expect(row).toMatchObject({ request_id: 'r-1', times_received: 1 });
    expect(row?.body).not.toMatch(/callback-(user|password)/);
    await service.idle();
    expect(await stored(db)).toMatchObject([{ state: 'parked' }]);
    expect(await audited(db)).toEqual({ 'callback.received': 1 });
    expect(await db.write((trx) => service.hasCallback(trx, PROVIDER.uid, 'r-1'))).toBe(true);
    expect(await db.write((trx) => service.hasCallback(trx, PROVIDER.uid, 'r-2'))).toBe(false);
    expect(await db.write((trx) => service.hasCallback(trx, 'another', 'r-1'))).toBe(false);
  });

  it('counts a repeated delivery and stores nothing twice', async () => {
    const { db, service, url } = await open();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, count) => post(url, callback({ callbackCount: count }))),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    await service.idle();
    expect(await stored(db)).toMatchObject([{ times_received: 40 }]);
    expect(await audited(db)).toEqual({ 'callback.received': 1 });
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', '', 'nonsense; charset=x'])(
    'does not insist on the content type: "%s"',
    async (type) => {
      const { url } = await open();
      expect(await post(url, callback(), type === '' ? {} : { 'Content-Type': type })).toBe(200);
    },
  );

  it('accepts none of a thousand forgeries, and notes them in few entries', async () => {
    const { db, service, url } = await open();
    const odd: unknown[] = [
      null,
      [],
      {},
      1,
      true,
      '',
      'callback-passwor',
      'callback-password ',
      'CALLBACK-PASSWORD',
      ['callback-password'],
    ];
    const forgeries = Array.from({ length: 1_000 }, (_, index) => {
      const value = odd[index % odd.length];
      switch (index % 4) {
        case 0:
          return callback({ password: value });
        case 1:
          return callback({ username: value });
        case 2:
          return callback({ username: LOGIN.password, password: LOGIN.username });
        default:
          // A second key after the good one: the last one counts.
          return callback().replace('}', `,"password":${JSON.stringify(value)}}`);
      }
    });
    const answers = await Promise.all(forgeries.map((body) => post(url, body)));
    expect(new Set(answers)).toEqual(new Set([401]));
    await service.idle();
    expect(await stored(db)).toEqual([]);
    const entries = await audited(db);
    expect(Object.keys(entries)).toEqual(['callback.refused']);
    expect(entries['callback.refused']).toBeLessThan(20);
    const [sum] = await db.read.raw<{ total: number }[]>(
      `select sum(body ->> '$.details.count') as total from audit_entry`,
    );
    expect(sum?.total).toBe(1_000);
  });

  it.each([
    ['not JSON', '{', 400],
    ['nothing', '', 400],
    ['no request id', callback({ requestId: 7 }), 400],
    ['too deep', `{"username":${'['.repeat(30)}${']'.repeat(30)}}`, 400],
    ['too large', callback({ comment: 'x'.repeat(70_000) }), 413],
  ])('refuses a body that is %s', async (_what, body, status) => {
    const { db, url } = await open();
    expect(await post(url, body)).toBe(status);
    expect(await stored(db)).toEqual([]);
    expect(await post(url, callback())).toBe(200);
  });

  it('knows one path and one method', async () => {
    const { url } = await open();
    expect(await post(url.replace('north', 'south'), callback())).toBe(404);
    expect(await post(`${url}?x=1`, callback())).toBe(200);
    const { port } = new URL(url);
    expect((await fetch(`http://127.0.0.1:${port}/callbacks/north`)).status).toBe(404);
  });

  it('cuts a body off while it is read, and answers honest senders beside slow ones', async () => {
    const { url } = await open();
    const { port, pathname } = new URL(url);
    const slow = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{`);
        return socket;
      }),
    );
    const endless = connect(Number(port), '127.0.0.1');
    endless.on('error', () => undefined);
    let sent = 0;
    endless.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const ended = new Promise<void>((resolve) => endless.on('close', () => resolve()));
    endless.resume();
    const pump = setInterval(() => {
      sent += 16_384;
      endless.write(`4000\r\n${'x'.repeat(16_384)}\r\n`);
    }, 1);
    const began = systemClock.now();
    expect(await post(url, callback())).toBe(200);
    expect(systemClock.now() - began).toBeLessThan(1_000);
    await ended;
    clearInterval(pump);
    expect(sent).toBeLessThan(4 * 1024 * 1024);
    for (const socket of [...slow, endless]) socket.destroy();
  });

  it('refuses what could smuggle a second request in', async () => {
    const { url } = await open();
    const { port, pathname } = new URL(url);
    const bodies = [
      `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
      `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\n{}{}{}`,
      `POST ${pathname} HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}`,
      `POST ${pathname} HTTP/1.1\r\nHost: ${'x'.repeat(20_000)}\r\n\r\n`,
    ];
    for (const text of bodies) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(text);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 4\d\d/);
      socket.destroy();
    }
  });

  it('tells providers of one address apart by their credentials', async () => {
    const { db, service, provider, url } = await open();
    const south = { ...provider, uid: 'south', callbackUrl: url };
    // The first listener took a free port; the second is asked for the address as it is configured.
    const second = await service.startReceiver(
      { ...south, callbackUrl: provider.callbackUrl },
      { username: 's', password: 't' },
    );
    expect(second.url).toBe(url);
    expect(await post(url, callback({ username: 's', password: 't', requestId: 'of-south' }))).toBe(200);
    expect(await post(url, callback({ username: 's' }))).toBe(401);
    expect(await post(url, callback({ requestId: 'of-north' }))).toBe(200);
    const rows = await db.read.raw<object[]>(
      `select provider_uid, request_id from thingspace_callback_log order by id`,
    );
    expect(rows).toEqual([
      { provider_uid: 'south', request_id: 'of-south' },
      { provider_uid: provider.uid, request_id: 'of-north' },
    ]);
    await second.close();
    expect(await post(url, callback({ username: 's', password: 't' }))).toBe(401);
    expect(await post(url, callback())).toBe(200);
  });

  it('says what is wrong with an address before it listens', async () => {
    const { db, url, provider } = await open();
    const { service } = serviceOn(db);
    const start = (part: Partial<Provider>, login = LOGIN) => service.startReceiver({ ...provider, ...part }, login);
    await expect(start({ callbackUrl: null })).rejects.toMatchObject({ code: 'callback-url-missing' });
    await expect(start({ callbackUrl: 'https://example.com/x' })).rejects.toMatchObject({
      code: 'callback-not-loopback',
    });
    await expect(start({ callbackUrl: 'https://127.0.0.1/x' })).rejects.toMatchObject({
      code: 'callback-not-loopback',
    });
    await expect(start({}, { username: 'x', password: '' })).rejects.toMatchObject({
      code: 'callback-credentials-missing',
    });
    await expect(start({ callbackUrl: url })).rejects.toMatchObject({ code: 'callback-port-busy' });
  });

  it('lets go of its port, and takes up what an earlier process stored and did not judge', async () => {
    const { db, service, provider, url } = await open();
    await post(url, callback());
    await service.close();
    await db.write((trx) => trx.raw(`update thingspace_callback_log set state = 'waiting', judged_at = null`));
    const next = serviceOn(db);
    const receiver = await next.service.startReceiver({ ...provider, callbackUrl: url }, LOGIN);
    expect(receiver.url).toBe(url);
    await next.service.idle();
    expect(await stored(db)).toMatchObject([{ state: 'parked' }]);
  });

  it('answers 503 when it can’t store: the carrier sends it again', async () => {
    const { db, url } = await open();
    await db.write((trx) =>
      trx.raw(`create trigger full before insert on thingspace_callback_log begin select raise(abort, 'full'); end`),
    );
    expect(await post(url, callback())).toBe(503);
    await db.write((trx) => trx.raw(`drop trigger full`));
    expect(await post(url, callback())).toBe(200);
  });
});
