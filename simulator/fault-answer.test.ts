import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestFault } from './fault-kinds';
import { startSimulator, type Simulator } from './start-simulator';
import { activeLines, connect, freeIccid, type TestClient } from './test-client';

let simulator: Simulator;
let mine: TestClient;
let iccid = '';

beforeEach(async () => {
  simulator = await startSimulator({ lines: 30, latencyMs: 0 });
  mine = await connect(simulator);
  iccid = activeLines(simulator, mine.account)[0]?.iccid ?? expect.fail('no line');
});
afterEach(() => simulator.stop());

interface Seen {
  readonly status?: number;
  readonly type?: string | undefined;
  readonly retryAfter?: string | undefined;
  readonly text: string;
  /** Code of the error that ended it, when it did not end well. */
  readonly error?: string;
}

/** One swap under the fault, seen from the socket. */
function swapUnder(fault: RequestFault, timeoutMs = 2000): Promise<Seen> {
  simulator.control.setFaults([{ endpoint: ['swap'], fault }]);
  const body = JSON.stringify({
    deviceIds: [{ kind: 'iccid', id: iccid }],
    deviceIdsTo: [{ kind: 'iccid', id: freeIccid(1) }],
    change4gOption: 'ChangeICCID',
  });
  const headers = { Authorization: `Bearer ${mine.token}`, 'VZ-M2M-Token': mine.session };
  return new Promise((done) => {
    let seen: Seen = { text: '' };
    const url = `${simulator.url}/api/m2m/v1/devices/4g/actions/deviceId`;
    const call = request(url, { method: 'PUT', headers, agent: false, timeout: timeoutMs });
    const fail = (error: NodeJS.ErrnoException): void => done({ ...seen, error: error.code ?? error.message });
    call.on('timeout', () => call.destroy(new Error('timed out')));
    call.on('error', fail);
    call.on('response', (response) => {
      const type = response.headers['content-type'];
      seen = { status: response.statusCode ?? 0, type, retryAfter: response.headers['retry-after'], text: '' };
      response.on('data', (chunk: Buffer) => (seen = { ...seen, text: seen.text + chunk.toString() }));
      response.on('error', fail);
      response.on('end', () => done(seen));
    });
    call.end(body);
  });
}

const isSwapped = (): boolean => simulator.control.line(freeIccid(1)) !== undefined;

describe('answers', () => {
  test.each<[RequestFault, Partial<Seen>, string]>([
    [{ kind: 'refuse', code: 'REQUEST_FAILED.X' }, { status: 400 }, '"errorCode":"UnifiedWebService.REQUEST_FAILED.X"'],
    [{ kind: 'session-expired' }, { status: 400 }, 'REQUEST_FAILED.SessionToken.Expired'],
    [{ kind: 'invalid-credentials' }, { status: 401 }, '"code":"900901"'],
    [{ kind: 'forbidden-xml' }, { status: 403, type: 'application/xml; charset=UTF-8' }, '<am:fault'],
    [{ kind: 'not-found' }, { status: 404 }, 'not available'],
    [{ kind: 'conflict' }, { status: 409 }, 'Conflict'],
    [{ kind: 'rate-limit' }, { status: 429, retryAfter: undefined }, 'throttled'],
    [{ kind: 'rate-limit', retryAfterSeconds: 7 }, { status: 429, retryAfter: '7' }, 'throttled'],
    [{ kind: 'server-error' }, { status: 500 }, 'Internal'],
    [{ kind: 'bad-gateway' }, { status: 502, type: 'text/html' }, '<h1>502'],
    [{ kind: 'unavailable' }, { status: 503 }, '503'],
    [{ kind: 'gateway-timeout' }, { status: 504 }, '504'],
    [
      { kind: 'http', status: 418, body: { a: 1 }, headers: { 'Retry-After': '1' } },
      { status: 418, retryAfter: '1' },
      '{"a":1}',
    ],
    [{ kind: 'http', status: 200, text: '' }, { status: 200 }, ''],
    [{ kind: 'http', status: 408, code: 'REQUEST_FAILED.Y' }, { status: 408 }, 'REQUEST_FAILED.Y'],
  ])('%j', async (fault, seen, text) => {
    const answer = await swapUnder(fault);
    expect(answer).toMatchObject(seen);
    expect(answer.text).toContain(text);
    expect(answer.error).toBeUndefined();
    expect(isSwapped()).toBe(false);
  });

  test.each<RequestFault>([
    { kind: 'server-error', when: 'after' },
    { kind: 'gateway-timeout', when: 'after' },
    { kind: 'http', status: 408, when: 'after' },
    { kind: 'drop', when: 'after' },
    { kind: 'reset' },
    { kind: 'truncate' },
    { kind: 'huge', sizeBytes: 1000 },
  ])('%j leaves the change made', async (fault) => {
    await swapUnder(fault);
    expect(isSwapped()).toBe(true);
  });

  test('with a latency, too, the change is there before the failure is seen', async () => {
    const slow = await startSimulator({ lines: 9, latencyMs: 60_000 });
    try {
      const user = await connect(slow);
      const line = activeLines(slow, user.account)[0] ?? expect.fail('no line');
      slow.control.setFaults([{ endpoint: ['swap'], fault: { kind: 'server-error', when: 'after' } }]);
      expect((await user.swapIccid(line.iccid, freeIccid(1))).status).toBe(500);
      expect(slow.control.line(freeIccid(1))).toBeDefined();
      expect(slow.control.state().callbacks).toMatchObject({ waiting: 1 });
    } finally {
      await slow.stop();
    }
  });
});

describe('connections', () => {
  test('dropped before: nothing was done', async () => {
    expect((await swapUnder({ kind: 'drop' })).error).toBe('ECONNRESET');
    expect(isSwapped()).toBe(false);
  });

  test('reset after the headers, and in the body', async () => {
    const afterHeaders = await swapUnder({ kind: 'reset', at: 'headers' });
    expect(afterHeaders).toMatchObject({ status: 200, text: '', error: 'ECONNRESET' });
    await simulator.control.changeLine(freeIccid(1), { iccid });
    const inBody = await swapUnder({ kind: 'reset', at: 'body' });
    expect(inBody).toMatchObject({ status: 200, error: 'ECONNRESET' });
    expect(inBody.text).toMatch(/^\{"requestId":/);
  });

  test('no answer at all, before or after', async () => {
    expect((await swapUnder({ kind: 'silence' }, 100)).error).toBe('timed out');
    expect(isSwapped()).toBe(false);
    expect((await swapUnder({ kind: 'silence', when: 'after', closeAfterMs: 50 })).error).toBe('ECONNRESET');
    expect(isSwapped()).toBe(true);
  });

  test('slow, truncated, mislabelled and huge bodies', async () => {
    const slow = await swapUnder({ kind: 'slow', chunkBytes: 10, everyMs: 1 });
    expect(JSON.parse(slow.text)).toHaveProperty('requestId');
    await simulator.control.changeLine(freeIccid(1), { iccid });
    const truncated = await swapUnder({ kind: 'truncate' });
    expect(truncated.status).toBe(200);
    expect(() => JSON.parse(truncated.text) as unknown).toThrow();
    await simulator.control.changeLine(freeIccid(1), { iccid });
    expect(await swapUnder({ kind: 'content-type' })).toMatchObject({ status: 200, type: 'text/html' });
    expect((await swapUnder({ kind: 'huge' })).text.length).toBeGreaterThan(10 * 1024 * 1024);
  });

  test('late: done after the client has given up', async () => {
    expect((await swapUnder({ kind: 'late', applyAfterMs: 30_000 }, 100)).error).toBe('timed out');
    expect(isSwapped()).toBe(false);
    await simulator.control.advance(30_000);
    expect(isSwapped()).toBe(true);
  });

  test('delayed: done at once, answered later', async () => {
    const answer = await swapUnder({ kind: 'delay', ms: 30 });
    expect(answer.status).toBe(200);
  });
});

test('a rule finds its line by any of the line’s identifiers', async () => {
  const line = simulator.control.line(iccid) ?? expect.fail('no line');
  simulator.control.setFaults([{ endpoint: ['list'], identifier: line.iccid, fault: { kind: 'unavailable' } }]);
  expect((await mine.list({ deviceId: { kind: 'mdn', id: line.mdn } })).status).toBe(503);
  expect((await mine.list({})).status).toBe(200);
  expect(simulator.control.requests().at(-2)).toMatchObject({ endpoint: 'list', status: 503, fault: 'unavailable' });
});
