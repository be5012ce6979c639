import { describe, expect, it } from 'vitest';
import { readRefusal } from './answers';
import { faultOf, parseRetryAfter } from './faults';
import { createScrubber, keptAnswer } from './scrub';
import type { Exchange } from './wire';

const NOW = Date.UTC(2026, 10, 24);
const answer = (status: number, text: string, more: Partial<Extract<Exchange, { kind: 'answer' }>> = {}): Exchange => ({
  kind: 'answer',
  status,
  contentType: 'application/json',
  retryAfter: null,
  text,
  ...more,
});
const context = { correlationId: 'c-1', scrubber: createScrubber(['s3cret-token']), now: NOW };
const service = (code: string): string => JSON.stringify({ errorCode: code, errorMessage: 'as it came' });
const gateway = (code: string): string => JSON.stringify({ fault: { code, message: 'gateway', description: 'd' } });
const XML =
  '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>404</am:code><am:message>no</am:message></am:fault>';

describe('a refusal in every shape that ThingSpace sends', () => {
  it.each([
    ['service', service('UnifiedWebService.X'), 'UnifiedWebService.X', 'as it came'],
    ['gateway', gateway('900901'), '900901', 'gateway'],
    ['gateway with a number', '{"fault":{"code":900901}}', '900901', null],
    ['OAuth', '{"error":"invalid_client","error_description":"no"}', 'invalid_client', 'no'],
    ['XML', XML, '404', 'no'],
    ['XML of another kind', '<html><code>7</code></html>', null, null],
    ['HTML', '<html><body><h1>502 Bad Gateway</h1></body></html>', null, null],
    ['nothing', '', null, null],
    ['cut JSON', '{"errorCode":"UnifiedWeb', null, null],
    ['a list', '[]', null, null],
    ['null', 'null', null, null],
  ])('%s', (_shape, text, code, message) => {
    const exchange = answer(400, text);
    if (exchange.kind !== 'answer') throw new Error('not reached');
    expect(readRefusal(exchange)).toEqual({ code, message });
  });

  it('a long page costs no time', () => {
    const page = answer(502, `<fault><code>${' '.repeat(3_000_000)}`);
    expect(faultOf(page, context)).toMatchObject({ class: 'api_unknown', code: 'http-502' });
  });
});

describe('every fault by what it proves', () => {
  it.each([
    // Refused in so many words: nothing was done.
    [
      400,
      service('UnifiedWebService.INPUT_INVALID.DeviceState.Invalid'),
      'api_permanent',
      'INPUT_INVALID.DeviceState.Invalid',
      false,
    ],
    [
      400,
      service('UnifiedWebService.REQUEST_FAILED.Iccid.AlreadyInUse'),
      'api_permanent',
      'REQUEST_FAILED.Iccid.AlreadyInUse',
      true,
    ],
    [404, 'The requested resource is not available', 'api_permanent', 'http-404', true],
    [409, service('X.REQUEST_FAILED.Conflict'), 'api_permanent', 'REQUEST_FAILED.Conflict', true],
    [405, '', 'api_permanent', 'http-405', true],
    [400, gateway('900906'), 'api_permanent', '900906', false],
    // Not let in.
    [401, gateway('900901'), 'auth', '900901', false],
    [401, '', 'auth', 'http-401', false],
    [403, XML, 'auth', 'http-403', false],
    [
      403,
      service('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'),
      'auth',
      'REQUEST_FAILED.SessionToken.Expired',
      false,
    ],
    [
      400,
      service('UnifiedWebService.REQUEST_FAILED.SessionToken.Expired'),
      'auth',
      'REQUEST_FAILED.SessionToken.Expired',
      false,
    ],
    [403, service('X.REQUEST_FAILED.Contact.Locked'), 'auth', 'REQUEST_FAILED.Contact.Locked', true],
    // Asked to come later.
    [429, '', 'api_transient', 'rate-limited', false],
    [429, service('X.INPUT_INVALID.Y'), 'api_transient', 'rate-limited', false],
    // Doubt, whatever the body says.
    [408, '', 'api_unknown', 'http-408', false],
    [
      500,
      service('UnifiedWebService.INPUT_INVALID.DeviceState.Invalid'),
      'api_unknown',
      'INPUT_INVALID.DeviceState.Invalid',
      false,
    ],
    [502, '<html>', 'api_unknown', 'http-502', false],
    [503, '', 'api_unknown', 'http-503', false],
    [504, '', 'api_unknown', 'http-504', false],
    [302, '', 'api_unknown', 'http-302', false],
    [
      400,
      service('UnifiedWebService.REQUEST_FAILED.UnexpectedError'),
      'api_unknown',
      'REQUEST_FAILED.UnexpectedError',
      false,
    ],
  ])('HTTP %i %s', (status, text, faultClass, code, unknownCode) => {
    const fault = faultOf(answer(status, text), context);
    expect(fault).toMatchObject({ class: faultClass, code, unknownCode, httpStatus: status, correlationId: 'c-1' });
    expect(fault.message).not.toBe('');
  });

  it('a request that never left may be sent again, a lost one may not', () => {
    const notSent = faultOf({ kind: 'not-sent', code: 'name-not-found', message: 'm' }, context);
    expect(notSent).toMatchObject({ class: 'api_transient', code: 'name-not-found', httpStatus: null });
    const lost = faultOf({ kind: 'lost', code: 'answer-cut', message: 'm', status: 200 }, context);
    expect(lost).toMatchObject({ class: 'api_unknown', code: 'answer-cut', httpStatus: 200 });
  });

  it('shows an unknown code as it came, without secrets and control characters, and not endlessly', () => {
    const text = JSON.stringify({
      errorCode: `X.REQUEST_FAILED.s3cret-token\u0007${'y'.repeat(900)}`,
      errorMessage: 's3cret-token',
    });
    const fault = faultOf(answer(400, text), context);
    expect(fault.code).toMatch(/^REQUEST_FAILED\.\[redacted\] y+$/);
    expect(fault.code.length).toBeLessThanOrEqual(200);
    expect(JSON.stringify(fault)).not.toContain('s3cret');
  });

  it.each([
    [null, null],
    ['7', 7_000],
    [' 0 ', 0],
    ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 00:00:30 GMT', 0],
    ['999999', 3_600_000],
    ['soon', null],
    ['-5', null],
    ['', null],
  ])('Retry-After %s', (header, delayMs) => {
    expect(parseRetryAfter(header, NOW)).toBe(delayMs);
  });
});

describe('what is kept of an answer', () => {
  const scrubber = createScrubber(['s3cret-token', 's3cret', 'abc']);

  it('is JSON without secrets, by name and by value', () => {
    const body = JSON.stringify({
      password: 'anything',
      note: 'your s3cret-token is old',
      list: [{ sessionToken: 'x' }],
    });
    expect(keptAnswer(scrubber, body, 'application/json')).toEqual({
      password: '[redacted]',
      note: 'your [redacted] is old',
      list: [{ sessionToken: '[redacted]' }],
    });
  });

  it('holds no personal data', () => {
    const attributes = [
      { key: 'PrimaryPlaceOfUseFirstName', value: 'Ada' },
      { key: 'DeviceId', value: '7' },
    ];
    const kept = JSON.stringify(keptAnswer(scrubber, JSON.stringify({ extendedAttributes: attributes }), 'x'));
    expect(kept).not.toContain('Ada');
    expect(kept).toContain('"7"');
  });

  it('is the beginning of a page, and nothing of cut JSON or of personal data', () => {
    expect(keptAnswer(scrubber, '<h1>s3cret</h1>', 'text/html')).toMatchObject({ excerpt: '<h1>[redacted]</h1>' });
    expect(keptAnswer(scrubber, '{"devices":[{"first":"Ada', 'application/json')).not.toHaveProperty('excerpt');
    expect(keptAnswer(scrubber, 'x PrimaryPlaceOfUseFirstName=Ada', 'text/plain')).not.toHaveProperty('excerpt');
    expect(keptAnswer(scrubber, '', '')).toBeNull();
  });

  it('keeps short texts readable: no secret is shorter than four characters', () => {
    expect(scrubber.text('abc', 10)).toBe('abc');
  });
});
