import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FIRST_DEVICE_ID } from './fleet';
import { startSimulator, type Simulator } from './start-simulator';
import { activeLines, connect, freeIccid, type Reply, type TestClient } from './test-client';

interface Device {
  readonly deviceIds: { id: string; kind: string }[];
  readonly extendedAttributes: { key: string; value?: string }[];
  readonly carrierInformations: { state: string; servicePlan: string }[];
  readonly createdAt: string;
  readonly connected: boolean;
  readonly lastConnectionDate?: string;
}

let simulator: Simulator;
let mine: TestClient;

beforeEach(async () => {
  simulator = await startSimulator({ lines: 150, latencyMs: 0 });
  mine = await connect(simulator);
});
afterEach(() => simulator.stop());

const devicesOf = (reply: Reply): Device[] => reply.json['devices'] as Device[];
const idOf = (device: Device): number =>
  Number(device.extendedAttributes.find(({ key }) => key === 'DeviceId')?.value ?? NaN);
const own = () => simulator.control.lines({ account: mine.account });

describe('pages', () => {
  test('202 while there is more, 200 at the end, nothing twice and nothing missing', async () => {
    const seen: number[] = [];
    const statuses: number[] = [];
    for (let more = true; more;) {
      const reply = await mine.list({ largestDeviceIdSeen: seen.at(-1) ?? 0, maxNumberOfDevices: 20 });
      statuses.push(reply.status);
      seen.push(...devicesOf(reply).map(idOf));
      more = reply.json['hasMoreData'] === true;
    }
    expect(statuses).toEqual([202, 202, 200]);
    expect(seen).toEqual(own().map((line) => line.deviceId));
  });

  test('a page that ends with the last line says so', async () => {
    const reply = await mine.list({ maxNumberOfDevices: 50 });
    expect([reply.status, reply.json['hasMoreData'], devicesOf(reply).length]).toEqual([200, false, 50]);
  });

  test('by creation: without a cursor, from the last createdAt on', async () => {
    const first = devicesOf(await mine.list({ maxNumberOfDevices: 10 }));
    const last = first.at(-1);
    const next = devicesOf(await mine.list({ maxNumberOfDevices: 10, earliest: last?.createdAt }));
    expect(next[0]).toEqual(last);
    expect(idOf(next[9] ?? expect.fail('short page'))).toBe(FIRST_DEVICE_ID + 18 * 3);
  });

  test('never more than 2000 in a page', async () => {
    const big = await startSimulator({ lines: 2100, accounts: 1 });
    try {
      const reply = await (await connect(big)).list({ maxNumberOfDevices: 5000 });
      expect([reply.status, devicesOf(reply).length]).toEqual([202, 2000]);
    } finally {
      await big.stop();
    }
  });
});

describe('filters', () => {
  test('state, plan, dates and parts of identifiers hold together', async () => {
    const count = async (request: unknown): Promise<number> => devicesOf(await mine.list(request)).length;
    expect(await count({ currentState: 'Activate' })).toBe(activeLines(simulator, mine.account).length);
    expect(await count({ currentState: 'Deactive' })).toBe(own().filter(({ state }) => state === 'deactive').length);
    expect(await count({ servicePlan: 'M2M4G1MB' })).toBe(
      own().filter((line) => line.servicePlan === 'M2M4G1MB').length,
    );
    const [, second] = own();
    expect(await count({ latest: second?.createdAt })).toBe(2);
    const tail = second?.iccid.slice(-6) ?? '';
    const filter = { deviceIdentifierFilters: [{ kind: 'ICCID', contains: '89148', endswith: tail }] };
    expect(await count({ filter })).toBe(own().filter(({ iccid }) => iccid.endsWith(tail)).length);
    expect(await count({ groupName: `Default: ${mine.account}` })).toBe(50);
    expect(await count({ groupName: 'Other' })).toBe(0);
    expect(await count({ customFields: [{ key: 'CustomField1', value: 'x' }] })).toBe(0);
  });

  test('what cannot be a filter is refused', async () => {
    const bad = await mine.list({ filter: { deviceIdentifierFilters: [{ kind: 'sim', contains: '1' }] } });
    expect(bad.json['errorCode']).toBe('UnifiedWebService.INPUT_INVALID.Device.Kind.Invalid');
    expect((await mine.list({ earliest: 'yesterday' })).status).toBe(400);
  });
});

describe('one device', () => {
  test('by any identifier, with all its attributes', async () => {
    const line = own().find(({ mdn, eid }) => mdn !== null && eid !== null) ?? expect.fail('no such line');
    const kinds = { iccid: line.iccid, IMEI: line.imei, mdn: line.mdn, msisdn: `1${line.mdn}`, EID: line.eid };
    for (const [kind, id] of Object.entries(kinds)) {
      const [device] = devicesOf(await mine.list({ deviceId: { kind, id } }));
      expect(device?.deviceIds).toContainEqual({ id: line.iccid, kind: 'iccId' });
      expect(device?.extendedAttributes.map(({ key }) => key)).toContain('PrimaryPlaceOfUseLastName');
      expect(device?.extendedAttributes.every(({ value }) => value !== undefined)).toBe(true);
    }
  });

  test('an unknown one is an error or nothing, as set; several may be asked for at once', async () => {
    const wanted = { kind: 'iccid', id: freeIccid(1) };
    const missing = await mine.list({ deviceId: wanted });
    expect(missing.json['errorCode']).toBe('UnifiedWebService.REQUEST_FAILED.DeviceNotFound');
    simulator.control.setSettings({ unknownDevice: 'empty' });
    expect((await mine.list({ deviceId: wanted })).json).toEqual({ hasMoreData: false, devices: [] });
    const deviceList = own()
      .slice(0, 3)
      .map(({ iccid }) => ({ kind: 'iccid', id: iccid }));
    expect(devicesOf(await mine.list({ deviceList: [...deviceList, wanted] })).length).toBe(3);
  });

  test('attributes without a value only when asked for', async () => {
    simulator.control.setSettings({ attributesWithoutValue: true });
    const [device] = devicesOf(await mine.list({}));
    expect(device?.extendedAttributes).toContainEqual({ key: 'SmsrOid' });
  });

  test('after a swap it is off the network until it connects, by itself when so set', async () => {
    const [line] = activeLines(simulator, mine.account);
    await mine.swapIccid(line?.iccid ?? '', freeIccid(1));
    const look = async (): Promise<Device | undefined> =>
      devicesOf(await mine.list({ deviceId: { kind: 'iccid', id: freeIccid(1) } }))[0];
    expect(await look()).toMatchObject({ connected: false });
    simulator.control.setSettings({ connectAfterMs: 60_000 });
    expect(await look()).toMatchObject({ connected: false });
    await simulator.control.advance(61_000);
    expect(await look()).toMatchObject({ connected: true });
    simulator.control.setSettings({ connectAfterMs: null });
    const { lastConnectionAt } = await simulator.control.connect(freeIccid(1));
    expect(await look()).toMatchObject({ connected: true, lastConnectionDate: lastConnectionAt });
  });
});
