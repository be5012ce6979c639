import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Line } from './fleet';
import { startSimulator, type Simulator } from './start-simulator';
import { SOON, activeLines, connect, freeIccid, startListener, type Listener, type TestClient } from './test-client';

const FREE_IMEI = '490154203237518';
const PREFIX = 'UnifiedWebService.';
let simulator: Simulator;
let mine: TestClient;
let listener: Listener;

beforeEach(async () => {
  simulator = await startSimulator({ lines: 90, latencyMs: 0 });
  mine = await connect(simulator);
  listener = await startListener();
  await mine.listen(listener.url);
});
afterEach(async () => {
  await simulator.stop();
  await listener.stop();
});

const line = (index: number): Line => activeLines(simulator, mine.account)[index] ?? expect.fail('too few lines');
const swap = (body: unknown, type = '4g') => mine.call('PUT', `/devices/${type}/actions/deviceId`, body);
const code = async (body: unknown, type?: string): Promise<unknown> =>
  String((await swap(body, type)).json['errorCode']).replace(PREFIX, '');
const delivered = (count: number) => expect.poll(() => listener.received.length, SOON).toBe(count);

describe('what is done', () => {
  test('options and service type in any case, the line by any identifier', async () => {
    const { mdn, deviceId } = line(0);
    const answer = await swap(
      {
        deviceIds: [{ kind: 'MDN', id: mdn }],
        deviceIdsTo: [
          { kind: 'Iccid', id: freeIccid(1) },
          { kind: 'imei', id: FREE_IMEI },
        ],
        change4gOption: 'CHANGEIMEIANDICCID',
        servicePlan: 'M2M4G25MB',
      },
      '4G',
    );
    expect(answer.status).toBe(200);
    await delivered(1);
    expect(simulator.control.line(String(deviceId))).toMatchObject({
      iccid: freeIccid(1),
      imei: FREE_IMEI,
      servicePlan: 'M2M4G25MB',
      connected: false,
    });
    expect(listener.received[0]).toMatchObject({
      requestId: answer.json['requestId'],
      deviceResponse: {
        changeIdentifierResponse: {
          deviceIds: [
            { id: FREE_IMEI, kind: 'imei' },
            { id: freeIccid(1), kind: 'iccid' },
          ],
          servicePlan: 'M2M4G25MB',
        },
      },
    });
  });

  test('the old identifier is free again, so that there is a way back', async () => {
    const { iccid, deviceId } = line(0);
    await mine.swapIccid(iccid, freeIccid(1));
    expect((await mine.swapIccid(freeIccid(1), iccid)).status).toBe(200);
    expect(simulator.control.line(iccid)?.deviceId).toBe(deviceId);
    expect(simulator.control.state().swaps).toMatchObject({ applied: 2, doubles: 0, repeats: 0 });
  });

  test('with a latency nothing changes before its time', async () => {
    const slow = await startSimulator({ lines: 9, latencyMs: [60_000, 90_000] });
    try {
      const user = await connect(slow);
      const [first] = activeLines(slow, user.account);
      if (first === undefined) expect.fail('no line');
      await user.swapIccid(first.iccid, freeIccid(1));
      await slow.control.advance(59_000);
      expect(slow.control.line(first.iccid)).toBeDefined();
      expect(slow.control.state().swaps).toMatchObject({ applied: 0, waiting: 1 });
      await slow.control.advance(31_000);
      expect(slow.control.line(freeIccid(1))?.deviceId).toBe(first.deviceId);
      expect(slow.control.state().swaps).toMatchObject({ applied: 1, waiting: 0 });
    } finally {
      await slow.stop();
    }
  });

  test('a request that is sent twice is seen, whichever identifier it names', async () => {
    const { iccid, mdn, deviceId } = line(0);
    await mine.swapIccid(iccid, freeIccid(1));
    expect((await mine.swapIccid(iccid, freeIccid(1))).json['errorCode']).toBe(
      `${PREFIX}REQUEST_FAILED.DeviceNotFound`,
    );
    await swap({
      deviceIds: [{ kind: 'mdn', id: mdn }],
      deviceIdsTo: [{ kind: 'iccid', id: freeIccid(1) }],
      change4gOption: 'ChangeICCID',
    });
    await delivered(2);
    expect(simulator.control.state().swaps.byLine[String(deviceId)]).toEqual({
      applied: 1,
      refused: 1,
      failed: 1,
      waiting: 0,
      doubles: 0,
      repeats: 2,
    });
  });
});

describe('what is refused', () => {
  const iccids = (...ids: string[]) => ids.map((id) => ({ kind: 'iccid', id }));
  const request = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
    deviceIds: iccids(line(0).iccid),
    deviceIdsTo: iccids(freeIccid(1)),
    change4gOption: 'ChangeICCID',
    ...change,
  });

  test('what cannot be read', async () => {
    expect(await code('')).toBe('INPUT_INVALID.RequestUndefined');
    expect(await code('{"deviceIds":')).toBe('DeserializationFailed');
    expect(await code(request({ zipCode: "12'45" }))).toBe('INPUT_INVALID.Request.InvalidCharacter');
    expect(await code(request({ deviceIds: [] }))).toBe('REQUEST_FAILED.UnexpectedError');
    expect(await code(request({ deviceIds: [{ kind: 'sim', id: '1' }] }))).toBe('INPUT_INVALID.Device.Kind.Invalid');
    expect(await code(request({ deviceIdsTo: iccids('8.91E+19') }))).toBe('INPUT_INVALID.Device.Identifier.Invalid');
    expect(await code(request({ deviceIdsTo: [{ kind: 'iccid', id: 89148 }] }))).toBe(
      'INPUT_INVALID.Device.Identifier.Invalid',
    );
  });

  test('what does not fit together', async () => {
    const unexpected = 'REQUEST_FAILED.UnexpectedError';
    expect(await code(request(), '5g')).toBe(unexpected);
    expect(await code(request({ change4gOption: undefined }))).toBe(unexpected);
    expect(await code(request({ change4gOption: 'ChangeMSISDN' }))).toBe(unexpected);
    expect(await code(request({ change4gOption: 'ChangeIMEI' }))).toBe(unexpected);
    expect(await code(request({ deviceIdsTo: iccids(freeIccid(1), freeIccid(2)) }))).toBe(unexpected);
    expect(await code(request({ deviceIds: iccids(line(0).iccid, line(1).iccid) }))).toBe(unexpected);
    expect(await code(request({ servicePlan: 'NOPLAN' }))).toBe('REQUEST_FAILED.NOPLAN.NotFound');
  });

  test('lines that are not there, not of the account, or not active', async () => {
    const foreign = activeLines(simulator, '0000123456-00002')[0] ?? expect.fail('no line');
    expect(await code(request({ deviceIds: iccids(freeIccid(9)) }))).toBe('REQUEST_FAILED.DeviceNotFound');
    expect(await code(request({ deviceIds: iccids(foreign.iccid) }))).toBe('REQUEST_FAILED.DeviceNotFound');
    await simulator.control.changeLine(line(0).iccid, { state: 'suspend' });
    const suspended = simulator.control.lines({ account: mine.account }).find(({ state }) => state === 'suspend');
    expect(await code(request({ deviceIds: iccids(suspended?.iccid ?? '') }))).toBe(
      'INPUT_INVALID.DeviceState.Invalid',
    );
    const { iccid } = line(0);
    await simulator.control.changeLine(iccid, { mdn: null });
    expect(await code(request({ deviceIds: iccids(iccid) }))).toBe('REQUEST_FAILED.UnexpectedError');
    expect(simulator.control.swaps()).toEqual([]);
  });

  test('hardware that is known fails by callback, even of a deactivated line, until that is deleted', async () => {
    const old = activeLines(simulator, '0000123456-00002')[0] ?? expect.fail('no line');
    const { deviceId, iccid } = line(0);
    await simulator.control.changeLine(old.iccid, { state: 'deactive' });
    expect((await mine.swapIccid(iccid, old.iccid)).status).toBe(200);
    await delivered(1);
    expect(listener.received[0]).toMatchObject({
      status: 'Failed',
      faultResponse: { faultcode: `${PREFIX}REQUEST_FAILED.Iccid.AlreadyInUse` },
    });
    const owner = await connect(simulator, 2);
    const deleted = await owner.call('POST', '/devices/actions/delete', {
      devicesToDelete: [{ deviceIds: iccids(old.iccid) }, { deviceIds: iccids(freeIccid(5)) }],
    });
    expect(JSON.parse(deleted.text)).toMatchObject([{ status: 'Success' }, { status: 'Failed' }]);
    await mine.swapIccid(iccid, old.iccid);
    expect(simulator.control.line(old.iccid)?.deviceId).toBe(deviceId);
  });

  test('the settings decide whether a rule shows in the answer or in the callback, and under which code', async () => {
    simulator.control.setSettings({ ruleFailures: 'sync', codes: { iccidInUse: 'REQUEST_FAILED.Taken' } });
    expect(await code(request({ deviceIdsTo: iccids(line(1).iccid) }))).toBe('REQUEST_FAILED.Taken');
    simulator.control.setSettings({ ruleFailures: 'callback' });
    const { iccid } = line(0);
    await simulator.control.changeLine(iccid, { state: 'suspend' });
    expect((await mine.swapIccid(iccid, freeIccid(1))).status).toBe(200);
    await delivered(1);
    expect(listener.received[0]).toMatchObject({
      faultResponse: { faultcode: `${PREFIX}INPUT_INVALID.DeviceState.Invalid` },
    });
  });

  test('of two that want the same new SIM the second fails, though both were accepted', async () => {
    simulator.control.setFaults([
      { endpoint: ['swap'], fault: { kind: 'late', applyAfterMs: 1000, answer: 'gateway-timeout' } },
    ]);
    const [a, b] = [line(0), line(1)];
    await mine.swapIccid(a.iccid, freeIccid(1));
    await mine.swapIccid(b.iccid, freeIccid(1));
    await simulator.control.advance(1000);
    expect(simulator.control.line(freeIccid(1))?.deviceId).toBe(a.deviceId);
    expect(simulator.control.state().swaps).toMatchObject({ applied: 1, failed: 1 });
  });
});

describe('plan change', () => {
  const change = (servicePlan: string, iccid: string) =>
    mine.call('PUT', '/devices/actions/plan', {
      servicePlan,
      devices: [{ deviceIds: [{ kind: 'iccid', id: iccid }] }],
    });

  test('one request id, a callback each', async () => {
    const devices = [line(0), line(1)].map(({ iccid }) => ({ deviceIds: [{ kind: 'iccid', id: iccid }] }));
    const answer = await mine.call('PUT', '/devices/actions/plan', { servicePlan: 'M2M4G1GBP', devices });
    await delivered(2);
    expect(listener.received.map(({ requestId, status }) => [requestId, status])).toEqual([
      [answer.json['requestId'], 'Success'],
      [answer.json['requestId'], 'Success'],
    ]);
    expect([line(0).servicePlan, line(1).servicePlan]).toEqual(['M2M4G1GBP', 'M2M4G1GBP']);
  });

  test('an unknown plan, a suspended line, and the fifth change in a month', async () => {
    expect((await change('NOPLAN', line(0).iccid)).json['errorCode']).toBe(`${PREFIX}REQUEST_FAILED.NOPLAN.NotFound`);
    for (let time = 1; time <= 5; time += 1) {
      await change(time % 2 === 0 ? 'M2M4G1MB' : 'M2M4G5MB', line(0).iccid);
      await delivered(time);
    }
    expect(listener.received.map(({ status }) => status)).toEqual([
      'Success',
      'Success',
      'Success',
      'Success',
      'Failed',
    ]);
    const { iccid } = line(1);
    await simulator.control.changeLine(iccid, { state: 'suspend' });
    await change('M2M4G1MB', iccid);
    await delivered(6);
    expect(listener.received[5]).toMatchObject({
      faultResponse: { faultcode: `${PREFIX}INPUT_INVALID.DeviceState.Invalid` },
    });
  });
});
