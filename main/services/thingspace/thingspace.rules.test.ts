import { describe, expect, it } from 'vitest';
import type { WireDevice } from './answers';
import { carrierLineOf, deviceNumberOf, pickDevice } from './thingspace.rules';

const OLD = { iccid: '89148000000842590078', imei: '490154203237518' };

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
