import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from './start-simulator';
import { askToken, basic, client, connect, send } from './test-client';

const MINUTE_MS = 60_000;
const key = basic('training-key-1', 'training-secret-1');
let simulator: Simulator;

beforeEach(async () => void (simulator = await startSimulator({ lines: 6, latencyMs: 0 })));
afterEach(() => simulator.stop());

const login = (token: string, username: string, password: string) =>
  send(`${simulator.url}/api/m2m/v1/session/login`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify({ username, password }),
  });

describe('token', () => {
  test('inside the hour it is the same token with less time left; then a new one', async () => {
    const first = await askToken(simulator.url, key);
    expect(first.json).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    await simulator.control.advance(50 * MINUTE_MS);
    const second = await askToken(simulator.url, key);
    expect(second.json['access_token']).toBe(first.json['access_token']);
    expect(second.json['expires_in']).toBeLessThanOrEqual(600);
    await simulator.control.advance(10 * MINUTE_MS);
    const third = await askToken(simulator.url, key);
    expect(third.json['access_token']).not.toBe(first.json['access_token']);
  });

  test('each error has its own body', async () => {
    const none = await send(`${simulator.url}/api/ts/v1/oauth2/token`, { method: 'POST', body: '' });
    expect([none.status, none.json]).toMatchObject([401, { fault: { code: '900902' } }]);
    const wrong = await askToken(simulator.url, basic('training-key-1', 'no'));
    expect([wrong.status, wrong.json['error']]).toEqual([401, 'invalid_client']);
    const noGrant = await askToken(simulator.url, key, 'scope=x');
    expect([noGrant.status, noGrant.json]).toMatchObject([
      400,
      { error: 'invalid_request', error_description: 'Missing grant_type parameter value' },
    ]);
    const otherGrant = await askToken(simulator.url, key, 'grant_type=password');
    expect([otherGrant.status, otherGrant.json['error']]).toEqual([400, 'unsupported_grant_type']);
  });

  test('a revoked token is refused, and the next is new', async () => {
    const mine = await connect(simulator);
    await send(`${simulator.url}/api/ts/v1/oauth2/revoke`, {
      method: 'POST',
      headers: { Authorization: key },
      body: `grant_type=client_credentials&token=${mine.token}`,
    });
    const refused = await mine.list();
    expect([refused.status, refused.json]).toMatchObject([401, { fault: { code: '900901' } }]);
    expect((await askToken(simulator.url, key)).json['access_token']).not.toBe(mine.token);
  });

  test('missing, wrong and foreign schemes', async () => {
    const mine = await connect(simulator);
    const missing = await mine.call('GET', `/plans/${mine.account}`, undefined, { Authorization: '' });
    expect([missing.status, missing.json]).toMatchObject([401, { fault: { code: '900902' } }]);
    const xml = await mine.call('GET', `/plans/${mine.account}`, undefined, { Authorization: key });
    expect([xml.status, xml.headers.get('content-type')]).toEqual([403, 'application/xml; charset=UTF-8']);
    expect(xml.text).toContain('<am:fault');
  });
});

describe('session', () => {
  test('it lives while it is used and ends after 20 idle minutes', async () => {
    const mine = await connect(simulator);
    for (let time = 0; time < 3; time += 1) {
      await simulator.control.advance(19 * MINUTE_MS);
      expect((await mine.list()).status).toBe(200);
    }
    const other = await askToken(simulator.url, key);
    await simulator.control.advance(20 * MINUTE_MS);
    const again = await askToken(simulator.url, key);
    expect(again.json['access_token']).not.toBe(other.json['access_token']);
    const expired = await client(simulator.url, mine.account, String(again.json['access_token']), mine.session).list();
    expect([expired.status, expired.json['errorCode']]).toEqual([
      400,
      'UnifiedWebService.REQUEST_FAILED.SessionToken.Expired',
    ]);
  });

  test('a missing token, one that is no GUID, and one that was ended', async () => {
    const mine = await connect(simulator);
    const code = async (session: string): Promise<unknown> =>
      (await mine.call('GET', `/plans/${mine.account}`, undefined, { 'VZ-M2M-Token': session })).json['errorCode'];
    expect(await code('')).toBe('UnifiedWebService.REQUEST_FAILED.SessionToken.Format');
    expect(await code('abc')).toBe('UnifiedWebService.INPUT_INVALID.SessionToken.Invalid');
    const ended = await mine.call('POST', '/session/logout');
    expect(ended.json).toEqual({ sessionToken: mine.session });
    expect(await code(mine.session)).toBe('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired');
  });

  test('five failed logins in a row lock the contact until it is unlocked; a good one between starts again', async () => {
    const { token } = await connect(simulator);
    const enter = async (password: string): Promise<unknown> =>
      (await login(token, 'training-user-1', password)).json['errorCode'] ?? 'in';
    const bad = 'UnifiedWebService.INPUT_INVALID.Password.Invalid';
    for (let time = 0; time < 4; time += 1) expect(await enter('no')).toBe(bad);
    expect(await enter('training-password-1')).toBe('in');
    for (let time = 0; time < 5; time += 1) expect(await enter('no')).toBe(bad);
    expect(await enter('training-password-1')).toBe('UnifiedWebService.REQUEST_FAILED.Contact.Locked');
    await simulator.control.unlock('training-user-1');
    expect(await enter('training-password-1')).toBe('in');
    expect(simulator.control.state().logins).toEqual({ accepted: 3, refused: 10 });
  });

  test('a user sees only the own account', async () => {
    const other = await connect(simulator, 2);
    const listed = await other.list();
    const accounts = (listed.json['devices'] as { accountName: string }[]).map((device) => device.accountName);
    expect(new Set(accounts)).toEqual(new Set(['0000123456-00002']));
    const foreign = await other.list({ accountName: '0000123456-00001' });
    expect(foreign.json['errorCode']).toBe('UnifiedWebService.REQUEST_FAILED.AccountNotFound');
  });
});

test('unknown paths: inside an API the gateway names it, elsewhere there is nothing', async () => {
  const mine = await connect(simulator);
  const inside = await mine.call('GET', '/nothing');
  expect([inside.status, inside.json]).toMatchObject([400, { fault: { code: '900906' } }]);
  const outside = await send(`${simulator.url}/other`, {});
  expect([outside.status, outside.text]).toEqual([404, 'The requested resource is not available']);
});
