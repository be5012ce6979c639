import { describe, expect, it } from 'vitest';
import { ruleFor, stripServiceName } from './carrier-code';

describe('a code of the carrier', () => {
  it.each([
    ['UnifiedWebService.REQUEST_FAILED.DeviceNotFound', 'REQUEST_FAILED.DeviceNotFound'],
    ['DeviceService.INPUT_INVALID.Device.Kind.Invalid', 'INPUT_INVALID.Device.Kind.Invalid'],
    ['Whatever.REQUEST_ONHOLD.Later', 'REQUEST_ONHOLD.Later'],
    ['UnifiedWebService.DeserializationFailed', 'DeserializationFailed'],
    ['REQUEST_FAILED.UnexpectedError', 'REQUEST_FAILED.UnexpectedError'],
    ['900901', '900901'],
    ['', ''],
  ])('%s without its service is %s', (code, stripped) => {
    expect(stripServiceName(code)).toBe(stripped);
  });

  it.each([
    ['REQUEST_FAILED.DeviceNotFound', 'api_permanent', false, undefined],
    ['INPUT_INVALID.DeviceState.Invalid', 'api_permanent', false, undefined],
    ['INPUT_INVALID.Never.Heard.Of', 'api_permanent', false, undefined],
    ['REQUEST_FAILED.M2M4G5MB.NotFound', 'api_permanent', false, undefined],
    ['REQUEST_FAILED.AccountNotFound', 'api_permanent', true, undefined],
    ['REQUEST_FAILED.UnexpectedError', 'api_unknown', false, undefined],
    ['REQUEST_FAILED.SessionToken.Expired', 'auth', true, 'session'],
    ['INPUT_INVALID.SessionToken.Invalid', 'auth', true, 'session'],
    ['INPUT_INVALID.Password.Invalid', 'auth', true, undefined],
    ['900901', 'auth', true, 'token'],
    ['900902', 'auth', true, 'token'],
    ['invalid_client', 'auth', true, undefined],
  ])('%s is %s', (code, faultClass, stopsProvider, renews) => {
    expect(ruleFor(code)).toMatchObject({ class: faultClass, stopsProvider });
    expect(ruleFor(code)?.renews).toBe(renews);
  });

  it.each([
    'REQUEST_FAILED.Iccid.AlreadyInUse',
    'REQUEST_ONHOLD.Later',
    'REQUEST_CANCELLED.X',
    '',
    'toString',
    '__proto__',
  ])('%s is in no table', (code) => expect(ruleFor(code)).toBeNull());
});
