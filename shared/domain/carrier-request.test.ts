import { describe, expect, it } from 'vitest';
import { carrierRequests } from './carrier-request';

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
    expect(carrierRequests.swapRequest(provider, { type, old, new: next, mdn: '5125550143' })).toEqual({
      method: 'PUT',
      path: '/api/m2m/v1/devices/4g/actions/deviceId',
      body: { deviceIds, deviceIdsTo, change4gOption: type },
    });
  });

  it('is the same text each time, and carries a plan only when there is one', () => {
    const row = { type: 'ChangeICCID', old: OLD, new: NEW, mdn: null, servicePlan: 'M2M4G5MB' } as const;
    expect(JSON.stringify(carrierRequests.swapRequest(provider, row))).toBe(
      JSON.stringify(carrierRequests.swapRequest(provider, { ...row })),
    );
    expect(carrierRequests.swapRequest(provider, row).body.servicePlan).toBe('M2M4G5MB');
    expect(carrierRequests.swapRequest({ serviceType: '4 g/..' }, row).path).toBe(
      '/api/m2m/v1/devices/4%20g%2F../actions/deviceId',
    );
  });

  it('of a row that names no line or no new identifier is never made', () => {
    expect(() => carrierRequests.swapRequest(provider, { type: 'ChangeICCID', old: {}, new: NEW, mdn: null })).toThrow(
      'names no line',
    );
    expect(() =>
      carrierRequests.swapRequest(provider, {
        type: 'ChangeIMEIandICCID',
        old: OLD,
        new: { imei: NEW.imei },
        mdn: null,
      }),
    ).toThrow('without its new iccid');
  });
});
