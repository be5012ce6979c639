import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSimulator, type Simulator } from './start-simulator';
import { activeLines, connect, freeIccid, send, startListener, type Reply, type TestClient } from './test-client';

let simulator: Simulator;
let mine: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ lines: 30, latencyMs: 0 });
  mine = await connect(simulator);
});
afterEach(() => simulator.stop());

const control = (method: string, path: string, body?: unknown): Promise<Reply> =>
  send(`${simulator.url}/__control/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const iccid = (index: number): string => activeLines(simulator, mine.account)[index]?.iccid ?? expect.fail('no line');

test('the state counts lines, swaps, requests and logins', async () => {
  await mine.swapIccid(iccid(0), freeIccid(1));
  const { json } = await control('GET', 'state?lines=1&swaps=1');
  expect(json).toMatchObject({
    lines: { total: 30, byAccount: { '0000123456-00001': 10 } },
    swaps: { applied: 1, doubles: 0 },
    requests: { total: 3, byEndpoint: { token: 1, login: 1, swap: 1 } },
    logins: { accepted: 1, refused: 0 },
    allSwaps: [{ to: { iccid: freeIccid(1) }, outcome: 'applied' }],
  });
  expect(json['allLines']).toHaveLength(30);
  const lines = await control('GET', `lines?account=${mine.account}&offset=2&limit=3`);
  expect(JSON.parse(lines.text)).toEqual(simulator.control.lines({ account: mine.account }).slice(2, 5));
});

test('secrets are not kept with the requests', async () => {
  const kept = JSON.stringify(simulator.control.requests());
  expect(kept).toContain('"endpoint":"login"');
  expect(kept).not.toContain('training-password-1');
  expect(kept).not.toContain(mine.token);
});

test('a line can be looked at, changed, added and removed as if in a portal', async () => {
  const before = iccid(0);
  const changed = await control('POST', 'line', { id: before, set: { imei: '490154203237518', state: 'suspend' } });
  expect(changed.json).toMatchObject({ iccid: before, imei: '490154203237518', state: 'suspend' });
  expect((await control('GET', 'line/490154203237518')).json).toEqual(changed.json);
  const added = await control('POST', 'line', {
    add: { account: mine.account, iccid: freeIccid(7), imei: '352099001761481', state: 'deactive' },
  });
  expect(added.json).toMatchObject({ deviceId: 398_000_031, mdn: null, state: 'deactive' });
  expect((await control('POST', 'line', { id: freeIccid(7), remove: true })).json).toEqual({ done: true });
  expect((await control('GET', `line/${freeIccid(7)}`)).status).toBe(404);
  const earlier = simulator.control.now();
  const connected = await control('POST', 'connect', { id: before });
  expect(connected.json).toMatchObject({ connected: true });
  expect(String(connected.json['lastConnectionAt']) >= earlier).toBe(true);
});

test('the clock goes forward, and faults come and go', async () => {
  const moved = await control('POST', 'clock/advance', { ms: 3_600_000 });
  expect(Date.parse(simulator.control.now()) - Date.parse(String(moved.json['now']))).toBeLessThan(60_000);
  expect((await mine.list()).status).toBe(401);
  const rules = [{ endpoint: 'token', fault: { kind: 'unavailable' } }];
  expect((await control('POST', 'faults', { rules, settings: { unknownDevice: 'empty' } })).status).toBe(200);
  expect(simulator.control.state().settings.unknownDevice).toBe('empty');
  await expect(connect(simulator)).resolves.toMatchObject({ token: 'undefined' });
  expect((await control('POST', 'faults', rules)).json).toEqual({});
  expect(simulator.control.state().faults).toMatchObject([{ seen: 1, fired: 1 }, { seen: 0 }]);
  await control('POST', 'faults', { rules, replace: true });
  expect(simulator.control.state().faults).toHaveLength(1);
  await control('DELETE', 'faults');
  expect((await connect(simulator)).token).not.toBe('undefined');
});

test('any message can be sent to the listener, and what waits can be delivered', async () => {
  const listener = await startListener();
  const forged = { account: mine.account, body: { requestId: 'x', status: 'Success' } };
  expect((await control('POST', 'callbacks/send', forged)).json).toEqual({ answer: 'unregistered' });
  await mine.listen(listener.url);
  expect((await control('POST', 'callbacks/send', forged)).json).toEqual({ answer: 204 });
  expect(listener.received).toEqual([forged.body]);
  expect((await control('POST', 'callbacks/deliver')).json).toEqual({ carriedOut: 0, sent: 0 });
  await listener.stop();
});

test('unlock and reset', async () => {
  expect((await control('POST', 'unlock', { username: 'training-user-1' })).json).toEqual({ done: true });
  await mine.swapIccid(iccid(0), freeIccid(1));
  await control('POST', 'reset');
  expect(simulator.control.state()).toMatchObject({ swaps: { applied: 0 }, requests: { total: 0 }, sessions: 0 });
});

test('mistakes are answered with a reason', async () => {
  const error = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await control(method, path, body);
    return [reply.status, reply.json['error']];
  };
  expect(await error('GET', 'nothing')).toEqual([404, 'no control endpoint GET nothing']);
  expect(await error('POST', 'clock/advance', { ms: -1 })).toEqual([400, expect.stringContaining('ms:')]);
  expect(await error('POST', 'connect', { id: '1' })).toEqual([400, 'no line "1"']);
  expect(await error('POST', 'line', { id: iccid(0), set: { colour: 1 } })).toEqual([
    400,
    expect.stringContaining('unknown key "colour"'),
  ]);
  expect(await error('POST', 'line', { id: iccid(0), set: { state: 'gone' } })).toEqual([
    400,
    expect.stringContaining('state: one of'),
  ]);
  expect(await error('POST', 'line', { add: { account: mine.account, iccid: iccid(0), imei: '1' } })).toEqual([
    400,
    'iccid: in use',
  ]);
  expect(await error('POST', 'faults', { rules: [{ fault: {} }] })).toEqual([400, expect.stringContaining('rules[0]')]);
  expect(await error('POST', 'unlock', { username: 'nobody' })).toEqual([400, 'no user "nobody"']);
});

test('a page of the web that reaches here by a name of its own is refused', async () => {
  const status = await new Promise<number | undefined>((done) => {
    const call = request(`${simulator.url}/__control/state`, { headers: { Host: 'evil.example' } }, (response) => {
      response.resume();
      done(response.statusCode);
    });
    call.end();
  });
  expect(status).toBe(403);
});
