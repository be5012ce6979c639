/**
 * The simulator against a client that others generated from the carrier's own API description. The client checks every
 * answer against its schema, so what the simulator would spell wrong fails here. Only a test may use it: it repeats PUTs
 * when told to, and refuses extended attributes without a value, which the real service sends.
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  AccountRequestsApi,
  ApiError,
  Client,
  ConnectivityCallbacksApi,
  ConnectivityManagementResultError,
  DeviceManagementApi,
  Environment,
  ServicePlansApi,
  SessionManagementApi,
} from 'apimatic-verizon-sdk';
import axios, { type InternalAxiosRequestConfig } from 'axios';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ACCOUNT = '0000123456-00001';
const NEW_ICCID = '89882110000005300811';
const MINUTE_MS = 60_000;
/** Long enough for a machine that is busy with everything else. */
const SOON = { timeout: 8000 };

type Body = Record<string, unknown> & { readonly requestId: string };

/** A client whose requests go to the port instead of the carrier; it has no setting for that. */
function sdk(port: number, session?: string, secret = 'training-secret-1'): Client {
  const http = axios.getAdapter('http');
  const adapter = (config: InternalAxiosRequestConfig): ReturnType<typeof http> => {
    const url = new URL(config.url ?? '');
    if (url.origin !== 'https://thingspace.verizon.com') throw new Error(`refusing ${url.origin}`);
    return http({ ...config, url: `http://127.0.0.1:${port}${url.pathname}${url.search}` });
  };
  return new Client({
    environment: Environment.Production,
    timeout: 5000,
    unstable_httpClientOptions: { adapter },
    thingspaceOauthCredentials: { oauthClientId: 'training-key-1', oauthClientSecret: secret },
    ...(session === undefined ? {} : { vzM2MTokenCredentials: { 'VZ-M2M-Token': session } }),
  });
}

/** A listener that refuses the first message and keeps them all. */
async function startListener(): Promise<{ server: Server; url: string; received: Body[]; next: () => Promise<Body> }> {
  const received: Body[] = [];
  let wake: () => void = () => undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push(JSON.parse(text) as Body);
      response.writeHead(received.length === 1 ? 500 : 204).end();
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let taken = 0;
  const next = async (): Promise<Body> => {
    while (received[taken] === undefined) await new Promise<void>((resolve) => (wake = resolve));
    taken += 1;
    return received[taken - 1] as Body;
  };
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, received, next };
}

/** The error of a call that must fail. */
async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error: unknown) {
    return error;
  }
  throw new Error('the call did not fail');
}

async function errorCode(call: Promise<unknown>): Promise<string | undefined> {
  const error = await failure(call);
  expect(error).toBeInstanceOf(ConnectivityManagementResultError);
  return (error as ConnectivityManagementResultError).result?.errorCode;
}

// The steps are one story: each stands on what the ones before it did.
describe('an independent client finds a ThingSpace', () => {
  let simulator: Simulator;
  let listener: Awaited<ReturnType<typeof startListener>>;
  let session = '';
  let requestId = '';
  const devices = (): DeviceManagementApi => new DeviceManagementApi(sdk(simulator.port, session));
  const callbacks = (): ConnectivityCallbacksApi => new ConnectivityCallbacksApi(sdk(simulator.port, session));
  const own = (): ReturnType<Simulator['control']['lines']> => simulator.control.lines({ account: ACCOUNT });
  const active = () => own().filter((line) => line.state === 'active');
  const at = (index: number) => active()[index] ?? expect.fail('not enough lines');
  const byIccid = (id: string) => [{ kind: 'iccid', id }];

  beforeAll(async () => {
    simulator = await startSimulator({ lines: 60, latencyMs: 20 });
    listener = await startListener();
  });
  afterAll(async () => {
    await simulator.stop();
    listener.server.closeAllConnections();
    listener.server.close();
  });

  test('1, 2: token and session', async () => {
    const answer = await new SessionManagementApi(sdk(simulator.port)).startConnectivityManagementSession({
      username: 'training-user-1',
      password: 'training-password-1',
    });
    session = answer.result.sessionToken ?? '';
    expect(session).toMatch(GUID);
    const refused = await failure(
      new SessionManagementApi(sdk(simulator.port, undefined, 'wrong')).startConnectivityManagementSession({
        username: 'training-user-1',
        password: 'training-password-1',
      }),
    );
    // The package's OauthProviderError cannot be imported: an enumeration of the same name hides it.
    expect(refused).toMatchObject({ statusCode: 401, result: { error: 'invalid_client' } });
  });

  test('3: a listener is registered, listed and only for its account', async () => {
    const registration = { name: 'CarrierService', url: listener.url, username: 'desk', password: 'secret' };
    const { result } = await callbacks().registerCallback(ACCOUNT, registration);
    expect(result).toMatchObject({ accountName: ACCOUNT, serviceName: 'CarrierService' });
    const listed = await callbacks().listRegisteredCallbacks(ACCOUNT);
    expect(listed.result).toMatchObject([{ accountName: ACCOUNT, serviceName: 'CarrierService', url: listener.url }]);
    const foreign = callbacks().registerCallback('0000123456-00002', registration);
    expect(await errorCode(foreign)).toBe('UnifiedWebService.REQUEST_FAILED.AccountNotFound');
  });

  test('4: pages by largestDeviceIdSeen, 202 until the last', async () => {
    const statuses: number[] = [];
    const seen: string[] = [];
    let largestDeviceIdSeen = 0n;
    for (let more = true; more;) {
      const page = await devices().listDevicesInformation({
        accountName: ACCOUNT,
        largestDeviceIdSeen,
        maxNumberOfDevices: 7,
      });
      statuses.push(page.statusCode);
      more = page.result.hasMoreData ?? false;
      for (const device of page.result.devices ?? []) {
        const id = device.extendedAttributes?.find(({ key }) => key === 'DeviceId')?.value ?? '';
        seen.push(id);
        largestDeviceIdSeen = BigInt(id);
      }
    }
    expect(statuses).toEqual([202, 202, 200]);
    expect(seen).toEqual(own().map((line) => String(line.deviceId)));
  });

  test('5, 6, 7: a swap is accepted, reported, reported again after a refusal, and seen in the list', async () => {
    const line = at(0);
    const answer = await devices().updateDeviceId('4g', {
      deviceIds: byIccid(line.iccid),
      deviceIdsTo: byIccid(NEW_ICCID),
      change4GOption: 'ChangeICCID',
    });
    requestId = answer.result.requestId ?? '';
    expect(requestId).toMatch(GUID);
    const first = await listener.next();
    expect(first).toEqual({
      username: 'desk',
      password: 'secret',
      requestId,
      deviceIds: [
        { id: line.iccid, kind: 'Iccid' },
        { id: line.imei, kind: 'Imei' },
        { id: line.mdn, kind: 'Mdn' },
      ],
      deviceResponse: { changeIdentifierResponse: { deviceIds: [{ id: NEW_ICCID, kind: 'iccid' }] } },
      status: 'Success',
      callbackCount: 1,
      maxCallbackThreshold: 4,
    });
    await expect.poll(() => simulator.control.deliveries().length, SOON).toBe(1);
    await simulator.control.advance(5 * MINUTE_MS);
    expect(await listener.next()).toEqual({ ...first, callbackCount: 2 });
    const found = await devices().listDevicesInformation({ deviceId: { kind: 'mdn', id: line.mdn ?? '' } });
    expect(found.statusCode).toBe(200);
    expect(found.result.devices?.[0]?.deviceIds).toContainEqual({ id: NEW_ICCID, kind: 'iccId' });
  });

  test('7: plan change, plans, mismatches, history, delete and request status', async () => {
    const line = at(1);
    const plans = await new ServicePlansApi(sdk(simulator.port, session)).listAccountServicePlans(ACCOUNT);
    expect(plans.result.map(({ code }) => code)).toContain('M2M4G5MB');
    const changed = await devices().changeDevicesServicePlan({
      servicePlan: 'M2M4G5MB',
      devices: [{ deviceIds: byIccid(line.iccid) }],
    });
    expect(await listener.next()).toMatchObject({ requestId: changed.result.requestId, status: 'Success' });
    await simulator.control.changeLine(line.iccid, { imei: '490154203237518' });
    const bound = { earliest: '2020-01-01T00:00:00Z', latest: '2030-01-01T00:00:00Z' };
    const mismatches = await devices().listDevicesWithImeiIccidMismatch({ filter: bound });
    expect(mismatches.result.devices).toMatchObject([{ postImei: '490154203237518', preImei: line.imei }]);
    const history = await devices().listDevicesProvisioningHistory({
      deviceId: { kind: 'iccid', id: line.iccid },
      ...bound,
    });
    expect(history.result[0]?.provisioningHistory).toMatchObject([{ eventType: 'Activate', status: 'Success' }]);
    await simulator.control.changeLine(line.iccid, { state: 'deactive' });
    const deleted = await devices().deleteDeactivatedDevices({ devicesToDelete: [{ deviceIds: byIccid(line.iccid) }] });
    expect(deleted.result).toMatchObject([{ status: 'Success' }]);
    const requests = new AccountRequestsApi(sdk(simulator.port, session));
    const status = requests.getCurrentAsynchronousRequestStatus(ACCOUNT, requestId);
    expect(await errorCode(status)).toBe('UnifiedWebService.REQUEST_FAILED.UnexpectedError');
    simulator.control.setSettings({ requestStatus: 'answer' });
    const answered = await requests.getCurrentAsynchronousRequestStatus(ACCOUNT, requestId);
    expect(answered.result).toMatchObject({ requestId, status: 'Success' });
  });

  test('8: what breaks a rule is refused, or fails by callback', async () => {
    const swap = (from: string, to: { kind: string; id: string }): Promise<unknown> =>
      devices().updateDeviceId('4G', { deviceIds: byIccid(from), deviceIdsTo: [to], change4GOption: 'changeiccid' });
    const free = { kind: 'iccid', id: '89014103211118510720' };
    const code = (from: string, to = free): Promise<string | undefined> => errorCode(swap(from, to));
    const idle = own().find((line) => line.state !== 'active') ?? expect.fail('every line is active');
    expect(await code('89000123456789012341')).toBe('UnifiedWebService.REQUEST_FAILED.DeviceNotFound');
    expect(await code(idle.iccid)).toBe('UnifiedWebService.INPUT_INVALID.DeviceState.Invalid');
    expect(await code(at(2).iccid, { ...free, kind: 'sim' })).toBe(
      'UnifiedWebService.INPUT_INVALID.Device.Kind.Invalid',
    );
    await swap(at(2).iccid, { kind: 'iccid', id: at(3).iccid });
    const failed = await listener.next();
    expect(failed).toMatchObject({
      status: 'Failed',
      faultResponse: { faultcode: 'UnifiedWebService.REQUEST_FAILED.Iccid.AlreadyInUse' },
    });
    expect(failed).not.toHaveProperty('deviceResponse');
    simulator.control.setSettings({ ruleFailures: 'sync' });
    expect(await code(at(2).iccid, { kind: 'iccid', id: at(3).iccid })).toBe(
      'UnifiedWebService.REQUEST_FAILED.Iccid.AlreadyInUse',
    );
  });

  test('9: an idle session ends after 20 minutes, a token after 60', async () => {
    const client = sdk(simulator.port, session);
    const list = (): Promise<unknown> => new DeviceManagementApi(client).listDevicesInformation({});
    await list();
    await simulator.control.advance(19 * MINUTE_MS);
    await list();
    await simulator.control.advance(20 * MINUTE_MS);
    expect(await errorCode(list())).toBe('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired');
    await simulator.control.advance(60 * MINUTE_MS);
    const error = (await failure(list())) as ApiError;
    expect(error).toBeInstanceOf(ApiError);
    expect(error.statusCode).toBe(401);
    expect(error.body).toContain('"code":"900901"');
  });

  test('10: after logout every call is a session error', async () => {
    const start = new SessionManagementApi(sdk(simulator.port));
    const credentials = { username: 'training-user-1', password: 'training-password-1' };
    session = (await start.startConnectivityManagementSession(credentials)).result.sessionToken ?? '';
    const { result } = await new SessionManagementApi(sdk(simulator.port, session)).endConnectivityManagementSession();
    expect(result.sessionToken).toBe(session);
    expect(await errorCode(devices().listDevicesInformation({}))).toContain('.SessionToken.');
  });

  test('a new password holds at once, and a listener can be taken away', async () => {
    const start = new SessionManagementApi(sdk(simulator.port));
    const login = async (password: string): Promise<string> => {
      const answer = await start.startConnectivityManagementSession({ username: 'training-user-1', password });
      return answer.result.sessionToken ?? '';
    };
    session = await login('training-password-1');
    const changed = await new SessionManagementApi(sdk(simulator.port, session)).resetConnectivityManagementPassword({
      oldPassword: 'training-password-1',
    });
    expect(await errorCode(login('training-password-1'))).toContain('INPUT_INVALID.Password.Invalid');
    session = await login(changed.result.newPassword ?? '');
    await callbacks().deregisterCallback(ACCOUNT, 'CarrierService');
    expect((await callbacks().listRegisteredCallbacks(ACCOUNT)).result).toEqual([]);
  });
});
