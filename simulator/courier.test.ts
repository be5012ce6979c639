import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallbackFault, OperationFault } from './fault-kinds';
import { startSimulator, type Simulator } from './start-simulator';
import { SOON, activeLines, connect, freeIccid, startListener, type Listener, type TestClient } from './test-client';

const MINUTE_MS = 60_000;
let simulator: Simulator;
let mine: TestClient;
let listener: Listener;

beforeEach(async () => {
  simulator = await startSimulator({ lines: 30, latencyMs: 0 });
  mine = await connect(simulator);
  listener = await startListener();
  await mine.listen(listener.url);
});
afterEach(async () => {
  await simulator.stop();
  await listener.stop();
});

const iccid = (index: number): string => activeLines(simulator, mine.account)[index]?.iccid ?? expect.fail('no line');
const attempts = (count: number) => expect.poll(() => simulator.control.deliveries().length, SOON).toBe(count);
const ended = (name: 'delivered' | 'archived' | 'lost' | 'unregistered', count = 1) =>
  expect.poll(() => simulator.control.state().callbacks[name], SOON).toBe(count);
const statuses = (): string[] => listener.received.map(({ status }) => status);

/** Swaps the first line under the fault. */
async function swapUnder(fault: CallbackFault | OperationFault): Promise<string> {
  simulator.control.setFaults([{ endpoint: ['swap'], times: 1, fault }]);
  const answer = await mine.swapIccid(iccid(0), freeIccid(1));
  expect(answer.status).toBe(200);
  return String(answer.json['requestId']);
}

describe('delivery', () => {
  test('four attempts, five minutes apart, counted in the message; then it is archived', async () => {
    // The dropped one comes twice: on a connection that was used before it might have been stale.
    listener.answers.push(500, 302, 0, 0, 404);
    await mine.swapIccid(iccid(0), freeIccid(1));
    await attempts(1);
    await simulator.control.advance(4 * MINUTE_MS);
    await attempts(1);
    await simulator.control.advance(11 * MINUTE_MS);
    await attempts(4);
    expect(listener.received.map((message) => message['callbackCount'])).toEqual([1, 2, 3, 3, 4]);
    expect(simulator.control.deliveries().map(({ answer }) => answer)).toEqual([500, 302, 'ECONNRESET', 404]);
    expect(simulator.control.state().callbacks).toMatchObject({ archived: 1, delivered: 0, waiting: 0 });
  });

  test('any 2xx acknowledges', async () => {
    listener.answers.push(299);
    await mine.swapIccid(iccid(0), freeIccid(1));
    await ended('delivered');
    await simulator.control.advance(20 * MINUTE_MS);
    expect(listener.received.length).toBe(1);
  });

  test('callbacks go on after logout, and to nobody without a listener', async () => {
    await mine.swapIccid(iccid(0), freeIccid(1));
    await mine.call('POST', '/session/logout');
    await ended('delivered');
    const again = await connect(simulator);
    await again.call('DELETE', `/callbacks/${mine.account}/name/CarrierService`);
    await again.swapIccid(freeIccid(1), freeIccid(2));
    await ended('unregistered');
  });

  test('what waits can be sent at once', async () => {
    const slow = await startSimulator({ lines: 9, latencyMs: 60_000 });
    try {
      const user = await connect(slow);
      await user.listen(listener.url);
      const line = activeLines(slow, user.account)[0] ?? expect.fail('no line');
      await user.swapIccid(line.iccid, freeIccid(1));
      expect(await slow.control.deliverCallbacks()).toEqual({ carriedOut: 1, sent: 1 });
      expect(statuses()).toEqual(['Success']);
    } finally {
      await slow.stop();
    }
  });
});

describe('registration', () => {
  const register = (body: unknown) => mine.call('POST', `/callbacks/${mine.account}`, body);
  const code = async (body: unknown): Promise<unknown> => (await register(body)).json['errorCode'];

  test('only the documented ports, when strict', async () => {
    simulator.control.setSettings({ strictPorts: true });
    const at = (url: string): unknown => ({ name: 'CarrierService', url });
    const refused = 'UnifiedWebService.INPUT_INVALID.Callback.Port';
    expect(await code(at('http://desk.example:8080/'))).toBe(refused);
    expect(await code(at('https://desk.example:9007/'))).toBe(refused);
    for (const port of ['', ':443', ':9001', ':9006', ':50551', ':28220'])
      expect((await register(at(`https://desk.example${port}/`))).status).toBe(200);
  });

  test('unknown services and addresses that are none', async () => {
    const unexpected = 'UnifiedWebService.REQUEST_FAILED.UnexpectedError';
    expect(await code({ name: 'NoService', url: listener.url })).toBe(unexpected);
    expect(await code({ name: 'CarrierService', url: 'ftp://desk.example/' })).toBe(unexpected);
    expect(await code({ name: 'CarrierService' })).toBe(unexpected);
    const gone = await mine.call('DELETE', `/callbacks/${mine.account}/name/StateService`);
    expect(gone.json['errorCode']).toBe('UnifiedWebService.REQUEST_FAILED.Callback.NotFound');
  });

  test('a second registration takes the place of the first', async () => {
    const other = await startListener();
    await mine.listen(other.url);
    const listed = await mine.call('GET', `/callbacks/${mine.account}`);
    expect(JSON.parse(listed.text)).toEqual([
      {
        accountName: mine.account,
        serviceName: 'CarrierService',
        url: other.url,
        username: 'desk',
        password: 'secret',
      },
    ]);
    await other.stop();
  });
});

describe('faults of callbacks', () => {
  test('lost: the swap is made and nobody is told', async () => {
    await swapUnder({ kind: 'callback-lost' });
    await ended('lost');
    expect(simulator.control.line(freeIccid(1))).toBeDefined();
    expect(listener.received).toEqual([]);
  });

  test('doubled', async () => {
    const requestId = await swapUnder({ kind: 'callback-double', times: 3 });
    await ended('delivered', 3);
    expect(listener.received.map((message) => message.requestId)).toEqual([requestId, requestId, requestId]);
  });

  test('delayed', async () => {
    await swapUnder({ kind: 'callback-delay', ms: 10 * MINUTE_MS });
    await simulator.control.advance(9 * MINUTE_MS);
    expect(listener.received).toEqual([]);
    await simulator.control.advance(MINUTE_MS);
    expect(statuses()).toEqual(['Success']);
  });

  test('reordered: it follows the next one', async () => {
    const first = await swapUnder({ kind: 'callback-reorder', holdMs: 60 * MINUTE_MS });
    const second = await mine.swapIccid(iccid(1), freeIccid(2));
    await ended('delivered', 2);
    expect(listener.received.map((message) => message.requestId)).toEqual([second.json['requestId'], first]);
  });

  test('contradicting, beside the truth or in its place', async () => {
    await swapUnder({ kind: 'callback-contradict', afterMs: 1000 });
    await ended('delivered');
    await simulator.control.advance(1000);
    expect(statuses()).toEqual(['Success', 'Failed']);
    simulator.control.setFaults([{ endpoint: ['swap'], fault: { kind: 'callback-contradict', mode: 'instead' } }]);
    await mine.swapIccid(freeIccid(1), freeIccid(2));
    await ended('delivered', 3);
    expect(statuses().at(-1)).toBe('Failed');
    expect(simulator.control.line(freeIccid(2))).toBeDefined();
  });

  test('failed with a code: nothing is changed', async () => {
    await swapUnder({ kind: 'callback-fail', code: 'REQUEST_FAILED.Imei.NotCertified' });
    await ended('delivered');
    expect(listener.received[0]).toMatchObject({
      status: 'Failed',
      faultResponse: { faultcode: 'UnifiedWebService.REQUEST_FAILED.Imei.NotCertified' },
    });
    expect(simulator.control.line(freeIccid(1))).toBeUndefined();
  });

  test('forged: first a stranger who says the opposite', async () => {
    await swapUnder({ kind: 'callback-forged' });
    await ended('delivered', 2);
    const heard = listener.received.map(({ status, ...message }) => [status, message['username'], message['password']]);
    expect(new Set(heard)).toEqual(
      new Set([
        ['Failed', 'forged-user', 'forged-password'],
        ['Success', 'desk', 'secret'],
      ]),
    );
  });

  test('before the answer of the PUT', async () => {
    const requestId = await swapUnder({ kind: 'callback-before-answer' });
    expect(listener.received.map((message) => message.requestId)).toEqual([requestId]);
  });

  test('accepted and never done, with or without a lie', async () => {
    await swapUnder({ kind: 'not-applied', says: 'Success' });
    await ended('delivered');
    expect(statuses()).toEqual(['Success']);
    await swapUnder({ kind: 'not-applied', says: 'nothing' });
    await ended('lost');
    expect(simulator.control.swaps()).toEqual([]);
  });
});
