import { usageError } from '../../../shared/domain/fault';
import type { ProviderInput } from './types';

/** All that the central row holds besides its keys. */
export interface ProviderFields {
  readonly name: string;
  readonly account: string;
  readonly baseUrl: string;
  readonly serviceType: string;
  readonly portal: 'm2m' | 'mobility';
  readonly ratePerMinute: number | null;
  readonly concurrency: number;
  readonly callbackUrl: string | null;
}

// The carrier publishes no limit for the swap; activation has 100 a minute. Stay clear of it until somebody knows better.
const CAREFUL = { serviceType: '4g', portal: 'm2m', ratePerMinute: 60, concurrency: 2, callbackUrl: null } as const;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws usage `provider-refused`, naming the field */
export function newProviderFields(input: ProviderInput): ProviderFields {
  return {
    name: checkName(input.name),
    account: checkAccount(input.account),
    baseUrl: checkBaseUrl(input.baseUrl),
    serviceType: checkServiceType(input.serviceType ?? CAREFUL.serviceType),
    portal: input.portal ?? CAREFUL.portal,
    ratePerMinute: input.ratePerMinute === undefined ? CAREFUL.ratePerMinute : checkRate(input.ratePerMinute),
    concurrency: checkConcurrency(input.concurrency ?? CAREFUL.concurrency),
    callbackUrl: checkCallbackUrl(input.callbackUrl ?? CAREFUL.callbackUrl),
  };
}

/**
 * Only what is to change; the rest stays.
 * @throws usage `provider-refused`, naming the field
 */
export function changedProviderFields(change: Partial<ProviderInput>): Partial<ProviderFields> {
  return {
    ...(change.name !== undefined && { name: checkName(change.name) }),
    ...(change.account !== undefined && { account: checkAccount(change.account) }),
    ...(change.baseUrl !== undefined && { baseUrl: checkBaseUrl(change.baseUrl) }),
    ...(change.serviceType !== undefined && { serviceType: checkServiceType(change.serviceType) }),
    ...(change.portal !== undefined && { portal: change.portal }),
    ...(change.ratePerMinute !== undefined && { ratePerMinute: checkRate(change.ratePerMinute) }),
    ...(change.concurrency !== undefined && { concurrency: checkConcurrency(change.concurrency) }),
    ...(change.callbackUrl !== undefined && { callbackUrl: checkCallbackUrl(change.callbackUrl) }),
  };
}

function refused(field: string, why: string, todo: string): Error {
  return usageError({
    code: 'provider-refused',
    what: 'The service provider can not be stored so',
    where: field,
    why,
    todo,
  });
}

function checkName(raw: string): string {
  const name = raw.trim();
  if (name === '' || name.length > 100) {
    throw refused('name', name === '' ? 'it is empty' : 'it is longer than 100 characters', 'Give it a short name.');
  }
  return name;
}

/** Text, not a number: leading zeros belong to the account. */
function checkAccount(raw: string): string {
  const account = raw.trim();
  if (/^[0-9A-Za-z-]{1,40}$/.test(account)) return account;
  throw refused('account', 'it is not digits, letters and hyphens', 'Copy it from ThingSpace, e.g. 0000123456-00001.');
}

/** It becomes a part of the request's path. */
function checkServiceType(raw: string): string {
  const serviceType = raw.trim();
  if (/^[0-9A-Za-z-]{1,20}$/.test(serviceType)) return serviceType;
  throw refused('service-type', 'it is not letters and digits', 'Use the carrier’s word for it, e.g. 4g.');
}

function checkRate(rate: number | null): number | null {
  if (rate === null || (Number.isInteger(rate) && rate >= 1 && rate <= 100_000)) return rate;
  throw refused('rate', 'it is not a whole number from 1 to 100000', 'Give swaps a minute, or none for no limit.');
}

function checkConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 1_000) return concurrency;
  throw refused('concurrency', 'it is not a whole number from 1 to 1000', 'Give how many swaps may run at once.');
}

function checkBaseUrl(raw: string): string {
  const url = parseSafeUrl('base-url', raw);
  if (url.pathname === '/' && url.search === '' && url.hash === '') return url.origin;
  throw refused('base-url', 'it holds more than the server’s origin', `Give ${url.origin} alone.`);
}

function checkCallbackUrl(raw: string | null): string | null {
  if (raw === null) return null;
  const url = parseSafeUrl('callback-url', raw);
  if (url.hash === '') return url.href;
  throw refused('callback-url', 'it holds a fragment, which no server receives', 'Leave out everything from # on.');
}

/** Swaps carry tokens and subscriber numbers: encrypted, unless they do not leave this computer. */
function parseSafeUrl(field: string, raw: string): URL {
  const url = URL.parse(raw.trim());
  if (url === null) throw refused(field, 'it is no address', 'Write it in full, e.g. https://thingspace.verizon.com.');
  if (url.username !== '' || url.password !== '') {
    throw refused(field, 'it holds a user name or password', 'Take it out; credentials are kept in the keychain.');
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))) return url;
  throw refused(field, `${url.protocol}// is allowed on this computer only`, 'Use an https:// address.');
}
