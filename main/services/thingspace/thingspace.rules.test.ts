import { describe, expect, it } from 'vitest';
import type { WireDevice } from './answers';
import { carrierLineOf, deviceNumberOf, pickDevice, swapRequestOf } from './thingspace.rules';

const provider = { serviceType: '4g' };
const OLD = { iccid: '89148000000842590078', imei: '490154203237518' };
const NEW = { iccid: '89882110000005300811', imei: '354178036859789' };

describe('the request of a swap', () => {
  it.each([
    [
      'ChangeICCID',
      { iccid: OLD.iccid },
      { iccid: NEW.iccid },
      [{ id: OLD.iccid, kind: 'iccid' }],
      [{ id: NEW.iccid, kind: 'iccid' }],
    ],
    ['ChangeIMEI', OLD, { imei: NEW.imei }, [{ id: OLD.imei, kind: 'imei' }], [{ id: NEW.imei, kind: 'imei' }]],
    [
      'ChangeIMEIandICCID',
      OLD,
      NEW,
      [{ id: OLD.iccid, kind: 'iccid' }],
      [
        { id: NEW.imei, kind: 'imei' },
        { id: NEW.iccid, kind: 'iccid' },
      ],
    ],
    [
      'ChangeIMEI',
      { iccid: OLD.iccid },
      { imei: NEW.imei },
      [{ id: OLD.iccid, kind: 'iccid' }],
      [{ id: NEW.imei, kind: 'imei' }],
    ],
    ['ChangeIMEI', {}, { imei: NEW.imei }, [{ id: '5125550143', kind: 'mdn' }], [{ id: NEW.imei, kind: 'imei' }]],
  ] as const)('%s names one line and what it gets', (type, old, next, deviceIds, deviceIdsTo) => {
    expect(swapRequestOf(provider, { type, old, new: next, mdn: '5125550143' })).toEqual({
      method: 'PUT',
      path: '/api/m2m/v1/devices/4g/actions/deviceId',
      body: { deviceIds, deviceIdsTo, change4gOption: type },
    });
  });

  it('is the same text each time, and carries a plan only when there is one', () => {
    const row = { type: 'ChangeICCID', old: OLD, new: NEW, mdn: null, servicePlan: 'M2M4G5MB' } as const;
    expect(JSON.stringify(swapRequestOf(provider, row))).toBe(JSON.stringify(swapRequestOf(provider, { ...row })));
    expect(swapRequestOf(provider, row).body.servicePlan).toBe('M2M4G5MB');
    expect(swapRequestOf({ serviceType: '4 g/..' }, row).path).toBe('/api/m2m/v1/devices/4%20g%2F../actions/deviceId');
  });

  it('of a row that names no line or no new identifier is never made', () => {
    expect(() => swapRequestOf(provider, { type: 'ChangeICCID', old: {}, new: NEW, mdn: null })).toThrow(
      'names no line',
    );
    expect(() =>
      swapRequestOf(provider, { type: 'ChangeIMEIandICCID', old: OLD, new: { imei: NEW.imei }, mdn: null }),
    ).toThrow('without its new iccid');
  });
});

function device(part: Partial<WireDevice> = {}): WireDevice {
  return {
    deviceIds: [
      { id: '5125550143', kind: 'Mdn' },
      { id: OLD.imei, kind: 'IMEI' },
      { id: OLD.iccid, kind: 'iccId' },
      { id: '15125550143', kind: 'msisdn' },
    ],
    carrierInformations: [{ servicePlan: 'M2M4G5MB', state: 'Active' }],
    connected: true,
    lastConnectionDate: '2026-11-23T03:00:00-05:00',
    extendedAttributes: [
      { key: 'PrimaryPlaceOfUseFirstName', value: 'Ada' },
      { key: 'SmsrOid' },
      { key: 'DeviceId', value: '398000001' },
    ],
    ...part,
  };
}

describe('a device of the carrier', () => {
  it('is a line, whatever the case of its words, and nobody’s name or address', () => {
    const line = carrierLineOf(device());
    expect(line).toMatchObject({
      iccid: OLD.iccid,
      imei: OLD.imei,
      mdn: '5125550143',
      eid: null,
      status: 'active',
      carrierPlan: 'M2M4G5MB',
      connected: true,
      lastConnectionAt: '2026-11-23T08:00:00.000Z',
      identifiers: { msisdn: '15125550143' },
    });
    expect(JSON.stringify(line)).not.toContain('Ada');
    expect(deviceNumberOf(device())).toBe(398_000_001);
  });

  it('may lack almost everything', () => {
    expect(carrierLineOf({ deviceIds: [] })).toMatchObject({
      iccid: '',
      imei: null,
      status: 'unknown',
      connected: null,
    });
    expect(deviceNumberOf({ deviceIds: [], extendedAttributes: [{ key: 'DeviceId' }] })).toBeNull();
    expect(
      deviceNumberOf({ deviceIds: [], extendedAttributes: [{ key: 'DeviceId', value: '9007199254740993' }] }),
    ).toBeNull();
    expect(carrierLineOf(device({ lastConnectionDate: 'yesterday' })).lastConnectionAt).toBeNull();
  });

  it('is picked by exactly the identifier, an active one first', () => {
    const gone = device({ carrierInformations: [{ state: 'deactive' }] });
    const by = { kind: 'mdn', id: '5125550143' };
    expect(pickDevice([gone, device()], by)).toMatchObject({ status: 'active' });
    expect(pickDevice([gone], by)).toMatchObject({ status: 'deactivated' });
    expect(pickDevice([device(), device()], by)).toBe('ambiguous');
    expect(pickDevice([device()], { kind: 'mdn', id: '5125550144' })).toBeNull();
    expect(pickDevice([], by)).toBeNull();
  });
});
