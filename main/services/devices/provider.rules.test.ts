import { describe, expect, it } from 'vitest';
import { changedProviderFields, newProviderFields } from './provider.rules';

const input = { name: 'North', account: '0001', baseUrl: 'https://carrier.example' };

describe('a service provider', () => {
  it('begins carefully', () => {
    expect(newProviderFields(input)).toEqual({
      ...input,
      serviceType: '4g',
      portal: 'm2m',
      ratePerMinute: 60,
      concurrency: 2,
      callbackUrl: null,
    });
    expect(newProviderFields({ ...input, ratePerMinute: null }).ratePerMinute).toBeNull();
  });

  it.each([
    ['https://carrier.example/', 'https://carrier.example'],
    ['https://carrier.example:8443', 'https://carrier.example:8443'],
    ['http://localhost:4010/', 'http://localhost:4010'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['http://[::1]:4010', 'http://[::1]:4010'],
  ])('takes the server %s', (baseUrl, stored) => {
    expect(newProviderFields({ ...input, baseUrl }).baseUrl).toBe(stored);
  });

  it.each([
    'http://carrier.example',
    'http://127.0.0.1.carrier.example',
    'ftp://carrier.example',
    'carrier.example',
    'https://user:secret-1@carrier.example',
    'https://carrier.example/api',
    'https://carrier.example?x=1',
    'javascript:alert(1)',
    '',
  ])('refuses the server %s', (baseUrl) => {
    expect(() => newProviderFields({ ...input, baseUrl })).toThrow(/base-url/);
    try {
      newProviderFields({ ...input, baseUrl });
    } catch (error) {
      expect(String(error)).not.toContain('secret-1');
    }
  });

  it.each([
    { name: ' ' },
    { name: 'x'.repeat(101) },
    { account: '' },
    { account: '12 34' },
    { serviceType: '../4g' },
    { ratePerMinute: 0 },
    { ratePerMinute: 1.5 },
    { concurrency: 0 },
    { concurrency: 1_001 },
    { callbackUrl: 'http://desk.example/callback' },
    { callbackUrl: 'https://desk.example/#x' },
  ])('refuses %j', (change) => {
    expect(() => newProviderFields({ ...input, ...change })).toThrow(/can not be stored/);
    expect(() => changedProviderFields(change)).toThrow(/can not be stored/);
  });

  it('changes only what is named', () => {
    expect(changedProviderFields({})).toEqual({});
    expect(changedProviderFields({ callbackUrl: null, ratePerMinute: null })).toEqual({
      callbackUrl: null,
      ratePerMinute: null,
    });
    expect(changedProviderFields({ callbackUrl: 'http://127.0.0.1:9000/callback' })).toEqual({
      callbackUrl: 'http://127.0.0.1:9000/callback',
    });
  });
});
