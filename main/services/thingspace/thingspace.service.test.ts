import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../test/support/clocks';
import { startHttpServer } from '../../../test/support/raw-server';
import { createFakeGuard, CREDENTIALS, openThingSpace, type ThingSpaceOptions } from '../../../test/support/thingspace';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../simulator/start-simulator';
import { systemClock } from '../../lib/clock';
import type { CarrierLine } from './types';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(
  simulated: SimulatorOptions = {},
  more: Partial<ThingSpaceOptions> = {},
): Promise<ReturnType<typeof openThingSpace> & { simulator: Simulator }> {
  const simulator = await startSimulator({ lines: 30, latencyMs: 0, ...simulated });
  closing.push(() => simulator.stop());
  const opened = openThingSpace({ url: simulator.url, ...more });
  closing.push(() => opened.service.close());
  return { ...opened, simulator };
}

type Opened = Awaited<ReturnType<typeof open>>;
const NEW_ICCID = '89882110000005300811';

function activeLine({ simulator, provider }: Opened, index = 0) {
  const lines = simulator.control.lines({ account: provider.account }).filter((line) => line.state === 'active');
  const line = lines[index];
  if (line === undefined) throw new Error('no active line');
  return line;
}

function swap(opened: Opened, index = 0, iccid = NEW_ICCID) {
  const line = activeLine(opened, index);
  const row = { type: 'ChangeICCID', old: { iccid: line.iccid }, new: { iccid }, mdn: line.mdn } as const;
  return opened.service.swap(opened.provider, opened.service.swapRequest(opened.provider, row), `swap-${index}`);
}

const count = ({ simulator }: Opened, endpoint: string): number =>
  simulator.control.state().requests.byEndpoint[endpoint] ?? 0;

describe('the history of a line', () => {
  it('is told by what the line has now, without who did it; an identifier of before finds none', async () => {
    const opened = await open();
    const { iccid } = activeLine(opened);
    const before = await opened.service.history(opened.provider, { kind: 'iccid', id: iccid });
    expect(before.result).toMatchObject({ ok: true, value: { isWhole: true, events: [{ eventType: 'Activate' }] } });
    expect(JSON.stringify(before.result)).not.toContain('Training');
    await swap(opened);
    const after = await opened.service.history(opened.provider, { kind: 'iccid', id: iccid });
    expect(after.result).toMatchObject({ ok: false, error: { code: 'REQUEST_FAILED.DeviceNotFound' } });
  });
});

describe('a swap', () => {
  it('signs in once, sends one PUT and keeps what it looked like', async () => {
    const opened = await open();
    const line = activeLine(opened);
    const { result, record } = await swap(opened);
    expect(result).toMatchObject({ ok: true });
    expect(record).toMatchObject({
      correlationId: 'swap-0',
      method: 'PUT',
      path: '/api/m2m/v1/devices/4g/actions/deviceId',
      request: { deviceIds: [{ id: line.iccid, kind: 'iccid' }], change4gOption: 'ChangeICCID' },
      httpStatus: 200,
    });
    expect([count(opened, 'token'), count(opened, 'login'), count(opened, 'swap')]).toEqual([1, 1, 1]);
    const kept = opened.simulator.control.requests().at(-1);
    expect(kept?.body).toBe(JSON.stringify(record.request));
    const fresh = await opened.service.findLine(opened.provider, { kind: 'iccid', id: NEW_ICCID });
    expect(fresh.result).toMatchObject({ ok: true, value: { iccid: NEW_ICCID, mdn: line.mdn } });
  });

  it('carries the plan of the carrier, which the line has afterwards', async () => {
    const opened = await open();
    const { iccid, mdn } = activeLine(opened);
    const row = {
      type: 'ChangeICCID',
      old: { iccid },
      new: { iccid: NEW_ICCID },
      mdn,
      servicePlan: 'M2M4G25MB',
    } as const;
    await opened.service.swap(opened.provider, opened.service.swapRequest(opened.provider, row), 'with-plan');
    const { result } = await opened.service.findLine(opened.provider, { kind: 'iccid', id: NEW_ICCID });
    expect(result).toMatchObject({ ok: true, value: { carrierPlan: 'M2M4G25MB' } });
  });

  it.each([
    ['session-expired', 1, 2],
    ['invalid-credentials', 2, 1],
  ] as const)('that is refused for %s is sent again, once, with what was renewed', async (kind, tokens, logins) => {
    const opened = await open();
    opened.simulator.control.addFaults([{ endpoint: ['swap'], nth: [1], fault: { kind } }]);
    expect((await swap(opened)).result.ok).toBe(true);
    expect([count(opened, 'token'), count(opened, 'login'), count(opened, 'swap')]).toEqual([tokens, logins, 2]);
    expect(opened.simulator.control.state().swaps).toMatchObject({ applied: 1, repeats: 0 });
  });

  it('that is refused again stops the provider instead of trying on', async () => {
    const opened = await open();
    opened.simulator.control.addFaults([{ endpoint: ['swap'], fault: { kind: 'session-expired' } }]);
    expect((await swap(opened)).result).toMatchObject({ error: { class: 'auth', stopsProvider: true } });
    expect([count(opened, 'swap'), count(opened, 'login')]).toEqual([2, 2]);
  });

  it.each([
    ['rate-limit', { class: 'api_transient', code: 'rate-limited', retryAfterMs: 7_000, httpStatus: 429 }],
    ['server-error', { class: 'api_unknown', httpStatus: 500 }],
    ['bad-gateway', { class: 'api_unknown', code: 'http-502' }],
    ['gateway-timeout', { class: 'api_unknown', code: 'http-504' }],
    ['drop', { class: 'api_unknown', code: 'connection-lost' }],
    ['truncate', { class: 'api_unknown' }],
    ['huge', { class: 'api_unknown' }],
    ['silence', { class: 'api_unknown', code: 'answer-timeout' }],
    ['forbidden-xml', { class: 'auth', code: 'http-403', stopsProvider: true }],
    ['not-found', { class: 'api_permanent', unknownCode: true }],
    ['conflict', { class: 'api_permanent', unknownCode: true }],
  ] as const)('that meets %s is sent exactly once', async (kind, fault) => {
    const opened = await open({}, { timeouts: { connectMs: 2_000, answerMs: 400, totalMs: 3_000 } });
    const more = kind === 'rate-limit' ? { retryAfterSeconds: 7 } : {};
    opened.simulator.control.addFaults([{ endpoint: ['swap'], fault: { kind, ...more } }]);
    const { result, record } = await swap(opened);
    expect(result).toMatchObject({ ok: false, error: { ...fault, correlationId: 'swap-0' } });
    expect(record.correlationId).toBe('swap-0');
    expect(count(opened, 'swap')).toBe(1);
  });

  it('with an answer that is no request id leaves doubt', async () => {
    const opened = await open();
    opened.simulator.control.addFaults([{ endpoint: ['swap'], fault: { kind: 'http', status: 200, body: { ok: 1 } } }]);
    expect((await swap(opened)).result).toMatchObject({ error: { class: 'api_unknown', code: 'answer-unreadable' } });
  });

  it('shows a code that is in no table as it came', async () => {
    const opened = await open();
    const fault = { kind: 'refuse', code: 'REQUEST_FAILED.Sim.Melted' } as const;
    opened.simulator.control.addFaults([{ endpoint: ['swap'], fault }]);
    const { result } = await swap(opened);
    expect(result).toMatchObject({ error: { code: 'REQUEST_FAILED.Sim.Melted', unknownCode: true } });
  });
});

describe('signing in', () => {
  it('is one flight for a hundred calls', async () => {
    const opened = await open({ lines: 400 });
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => swap(opened, index, iccidOf(index))));
    expect(results.every(({ result }) => result.ok)).toBe(true);
    expect([count(opened, 'token'), count(opened, 'login'), count(opened, 'swap')]).toEqual([1, 1, 100]);
  });

  it('is made anew once for a hundred calls when both ends inside a bulk', async () => {
    const opened = await open({ lines: 1_000 });
    await opened.service.ensureSession(opened.provider);
    await opened.simulator.control.advance(61 * 60_000);
    const results = await Promise.all(Array.from({ length: 100 }, (_, index) => swap(opened, index, iccidOf(index))));
    expect(results.every(({ result }) => result.ok)).toBe(true);
    expect([count(opened, 'token'), count(opened, 'login')]).toEqual([2, 2]);
    expect(opened.simulator.control.state().swaps).toMatchObject({ applied: 100, doubles: 0, repeats: 0 });
  });

  it('is renewed before it ends, by our own clock', async () => {
    const clock = createManualClock();
    const opened = await open({}, { clock });
    await opened.service.ensureSession(opened.provider);
    clock.advance(18 * 60_000);
    await opened.service.findLine(opened.provider, { kind: 'iccid', id: activeLine(opened).iccid });
    expect([count(opened, 'token'), count(opened, 'login')]).toEqual([1, 1]);
    clock.advance(20 * 60_000);
    await opened.service.ensureSession(opened.provider);
    expect([count(opened, 'token'), count(opened, 'login')]).toEqual([1, 2]);
    clock.advance(22 * 60_000);
    await opened.service.ensureSession(opened.provider);
    expect([count(opened, 'token'), count(opened, 'login')]).toEqual([2, 3]);
  });

  it('makes at most two logins with a bad password, over ten desks', async () => {
    const guard = createFakeGuard();
    const simulator = await startSimulator({ lines: 30 });
    closing.push(() => simulator.stop());
    const desks = Array.from({ length: 10 }, () =>
      openThingSpace({ url: simulator.url, guard, credentials: { ...CREDENTIALS, password: 'wrong-password' } }),
    );
    for (const { service } of desks) closing.push(() => service.close());
    for (let round = 0; round < 3; round += 1) {
      const results = await Promise.all(desks.map(({ service, provider }) => service.ensureSession(provider)));
      for (const result of results)
        expect(result).toMatchObject({ ok: false, error: { class: 'auth', stopsProvider: true } });
    }
    expect(simulator.control.state().logins).toEqual({ accepted: 0, refused: 2 });
    expect(await desks[0]?.service.ensureSession(desks[0].provider)).toMatchObject({
      error: { code: 'provider-locked' },
    });
  });

  it('that failed once is forgotten after a good login, and a good token forgives nothing', async () => {
    const guard = createFakeGuard();
    const opened = await open({}, { guard, credentials: { ...CREDENTIALS, password: 'wrong-password' } });
    expect((await opened.service.ensureSession(opened.provider)).ok).toBe(false);
    expect(guard.refused).toBe(1);
    const good = openThingSpace({ url: opened.simulator.url, guard });
    closing.push(() => good.service.close());
    expect((await good.service.ensureSession(good.provider)).ok).toBe(true);
    expect([guard.refused, guard.open]).toEqual([0, 0]);
  });

  it('with a wrong client secret counts as refused', async () => {
    const guard = createFakeGuard();
    const opened = await open({}, { guard, credentials: { ...CREDENTIALS, clientSecret: 'wrong-secret' } });
    const result = await opened.service.ensureSession(opened.provider);
    expect(result).toMatchObject({ error: { class: 'auth', code: 'invalid_client', stopsProvider: true } });
    expect(guard.refused).toBe(1);
    expect(count(opened, 'login')).toBe(0);
  });

  it.each([
    ['token', 'unavailable', 'not counted', 0],
    ['login', 'unavailable', 'not counted', 0],
    ['login', 'rate-limit', 'not counted', 0],
    ['login', 'drop', 'counted, it may have been refused', 1],
  ] as const)('that fails at %s by %s says nothing about a swap and is %s', async (endpoint, kind, _how, open_) => {
    const guard = createFakeGuard();
    const opened = await open({}, { guard });
    opened.simulator.control.addFaults([{ endpoint: [endpoint], fault: { kind } }]);
    const result = await opened.service.ensureSession(opened.provider);
    expect(result).toMatchObject({ error: { class: 'api_transient', stopsProvider: false } });
    expect([guard.refused, guard.open]).toEqual([0, open_]);
  });

  it('goes on with the old token while a new one can’t be had', async () => {
    const clock = createManualClock();
    const opened = await open({}, { clock });
    await opened.service.ensureSession(opened.provider);
    opened.simulator.control.addFaults([{ endpoint: ['token'], fault: { kind: 'unavailable' } }]);
    clock.advance(60 * 60_000 - 10_000);
    expect((await opened.service.ensureSession(opened.provider)).ok).toBe(true);
    clock.advance(11_000);
    expect((await opened.service.ensureSession(opened.provider)).ok).toBe(false);
  });

  it('logs in again when the token was refused by the login, once', async () => {
    const opened = await open();
    opened.simulator.control.addFaults([{ endpoint: ['login'], nth: [1], fault: { kind: 'invalid-credentials' } }]);
    expect((await opened.service.ensureSession(opened.provider)).ok).toBe(true);
    expect([count(opened, 'token'), count(opened, 'login')]).toEqual([2, 2]);
  });

  it('needs credentials, and an encrypted address for them', async () => {
    const none = openThingSpace({ url: 'https://thingspace.invalid', credentials: null });
    expect(await none.service.ensureSession(none.provider)).toMatchObject({
      error: { class: 'auth', code: 'credentials-missing', stopsProvider: true },
    });
    const plain = openThingSpace({ url: 'http://thingspace.invalid' });
    expect(await plain.service.ensureSession(plain.provider)).toMatchObject({ error: { code: 'base-url-insecure' } });
    await none.service.close();
    await plain.service.close();
  });

  it('is tried once by a test, and logged out again', async () => {
    const opened = await open();
    expect((await opened.service.test(opened.provider)).ok).toBe(true);
    expect(opened.simulator.control.state()).toMatchObject({ sessions: 0, logins: { accepted: 1 } });
    expect([count(opened, 'token'), count(opened, 'login'), count(opened, 'logout')]).toEqual([1, 1, 1]);
  });
});

describe('lines', () => {
  it('are listed page by page, each once, without personal data', async () => {
    const opened = await open({ lines: 3_100, settings: { attributesWithoutValue: true } });
    const pages: (readonly CarrierLine[])[] = [];
    for await (const page of opened.service.listLines(opened.provider)) pages.push(page);
    const lines = pages.flat();
    const truth = opened.simulator.control.lines({ account: opened.provider.account });
    expect(pages.length).toBe(Math.ceil(truth.length / 500));
    expect(lines.map((line) => line.iccid)).toEqual(truth.map((line) => line.iccid));
    expect(JSON.stringify(lines)).not.toContain('PrimaryPlaceOfUse');
  });

  it('are asked for again when a page fails in passing, and not when it fails for good', async () => {
    const clock = { ...systemClock, sleep: async () => undefined };
    const opened = await open({ lines: 2_000 }, { clock });
    const listing = async (): Promise<number> => {
      let listed = 0;
      for await (const page of opened.service.listLines(opened.provider)) listed += page.length;
      return listed;
    };
    opened.simulator.control.setFaults([{ endpoint: ['list'], nth: [2, 3], fault: { kind: 'unavailable' } }]);
    expect(await listing()).toBe(opened.simulator.control.lines({ account: opened.provider.account }).length);
    opened.simulator.control.setFaults([{ endpoint: ['list'], nth: [2], fault: { kind: 'refuse', code: 'X.Y' } }]);
    await expect(listing()).rejects.toMatchObject({ code: 'carrier-list-failed' });
    opened.simulator.control.setFaults([{ endpoint: ['list'], fault: { kind: 'unavailable' } }]);
    await expect(listing()).rejects.toMatchObject({ code: 'carrier-list-failed' });
  });

  it('end when the carrier repeats itself', async () => {
    const device = { deviceIds: [{ id: '1', kind: 'iccid' }], extendedAttributes: [{ key: 'DeviceId', value: '7' }] };
    const opened = await open();
    const answer = { kind: 'http', status: 202, body: { hasMoreData: true, devices: [device] } } as const;
    opened.simulator.control.addFaults([{ endpoint: ['list'], fault: answer }]);
    const listing = async (): Promise<void> => {
      for await (const page of opened.service.listLines(opened.provider)) expect(page).toHaveLength(1);
    };
    await expect(listing()).rejects.toMatchObject({ code: 'carrier-list-stuck' });
  });

  it.each(['error', 'empty'] as const)('unknown to the carrier are null, told by %s', async (unknownDevice) => {
    const opened = await open({ settings: { unknownDevice } });
    const { result } = await opened.service.findLine(opened.provider, { kind: 'iccid', id: NEW_ICCID });
    expect(result).toEqual({ ok: true, value: null });
  });

  it('that were not asked for prove nothing', async () => {
    const opened = await open();
    const devices = [{ deviceIds: [{ id: '5125550143', kind: 'mdn' }] }];
    const fault = { kind: 'http', status: 200, body: { hasMoreData: false, devices } } as const;
    opened.simulator.control.addFaults([{ endpoint: ['list'], fault }]);
    const { result } = await opened.service.findLine(opened.provider, { kind: 'iccid', id: NEW_ICCID });
    expect(result).toMatchObject({ error: { class: 'api_unknown', code: 'answer-unexpected' } });
  });
});

describe('the callback listener of an account', () => {
  const URL_ = 'http://127.0.0.1:50551/callbacks';

  it('is registered once, and another one is replaced and named', async () => {
    const opened = await open();
    const register = (url: string, password = 'callback-password') =>
      opened.service.registerCallback(opened.provider, url, 'callback-user', password);
    expect((await register('http://127.0.0.1:50552/other?token=abc')).ok).toBe(true);
    expect((await register(URL_)).ok).toBe(true);
    expect((await register(URL_)).ok).toBe(true);
    expect([count(opened, 'callback-register'), count(opened, 'callback-deregister')]).toEqual([2, 1]);
    expect(opened.log.lines.join()).toContain('http://127.0.0.1:50552/other');
    expect(opened.log.lines.join()).not.toContain('token=abc');
    expect((await register(URL_, 'another-password')).ok).toBe(true);
    expect(count(opened, 'callback-register')).toBe(3);
  });
});

describe('secrets', () => {
  it('appear in no record, log or error, whatever the server repeats', async () => {
    const canaries = {
      clientId: 'canary-client-id',
      clientSecret: 'canary-client-secret',
      username: 'canary-user',
      password: 'canary-"pass\\word',
      token: 'canary-access-token',
      session: 'canary-session-token',
      callback: 'canary-callback-"pass\\word',
    };
    let answers = 0;
    const server = await startHttpServer((request, response, body) => {
      if (request.url?.endsWith('oauth2/token') === true)
        return void response.end(JSON.stringify({ access_token: canaries.token, expires_in: 3600 }));
      if (request.url?.endsWith('session/login') === true)
        return void response.end(JSON.stringify({ sessionToken: canaries.session }));
      // A server that repeats everything it was sent, in each shape in turn.
      answers += 1;
      const echo = JSON.stringify(request.headers) + body;
      const shapes: readonly [number, string][] = [
        [
          400,
          JSON.stringify({
            errorCode: `X.REQUEST_FAILED.${canaries.token}`,
            errorMessage: echo,
            headers: request.headers,
          }),
        ],
        [401, JSON.stringify({ fault: { code: '1', message: echo, description: echo } })],
        [
          403,
          `<am:fault xmlns:am="x"><am:code>1</am:code><am:message>${echo.replaceAll('<', '')}</am:message></am:fault>`,
        ],
        [500, `<html>${echo}</html>`],
        [200, `{"cut":${JSON.stringify(echo)}`],
        [200, JSON.stringify({ [canaries.session]: echo, devices: [{ extendedAttributes: echo }] })],
        [429, echo],
      ];
      const [status, text] = shapes[answers % shapes.length] ?? [200, ''];
      response.writeHead(status, { 'Content-Type': `text/plain; note=${canaries.session}` }).end(text);
    });
    closing.push(() => server.close());
    const { token: _token, session: _session, callback: _callback, ...credentials } = canaries;
    const opened = openThingSpace({ url: server.url, credentials });
    closing.push(() => opened.service.close());
    const { service, provider } = opened;
    const seen: unknown[] = [];
    for (let round = 0; round < 14; round += 1) {
      const row = { type: 'ChangeICCID', old: { iccid: '1' }, new: { iccid: '2' }, mdn: null } as const;
      seen.push(await service.swap(provider, service.swapRequest(provider, row), `c-${round}`));
      seen.push(await service.findLine(provider, { kind: 'iccid', id: '1' }));
      seen.push(await service.registerCallback(provider, 'http://127.0.0.1:1/x', 'canary-user', canaries.callback));
      seen.push(await service.test(provider));
    }
    const everything = JSON.stringify(seen) + opened.log.lines.join();
    const basic = Buffer.from(`${canaries.clientId}:${canaries.clientSecret}`).toString('base64');
    const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
    const { clientId: _id, username: _user, ...secret } = canaries;
    for (const canary of [...Object.values(secret), basic]) {
      for (const form of [canary, escaped(canary), escaped(escaped(canary))]) expect(everything).not.toContain(form);
    }
    expect(everything).toContain('[redacted]');
  });
});

function iccidOf(index: number): string {
  return `8988211000${String(index).padStart(10, '0')}`;
}
