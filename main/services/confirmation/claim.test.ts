import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimDigest, keptBody, keptClaim, readCallbackBody, readClaim } from './claim';
import type { Json } from '../../lib/redact';

const body = (part: object = {}): Json => ({
  username: 'u',
  password: 'p',
  requestId: 'r-1',
  deviceIds: [{ id: '89148000000842590078', kind: 'Iccid' }],
  status: 'Success',
  callbackCount: 1,
  maxCallbackThreshold: 4,
  ...part,
});

describe('the body of a callback', () => {
  it.each([
    ['not JSON', '<xml/>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['a text', '"x"'],
    ['cut', '{"username":"u"'],
    ['too deep', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['very deep', '['.repeat(60_000)],
    ['a prototype', '{"__proto__":{"username":"u"}}'],
  ])('that is %s is unreadable', (_what, text) => {
    expect(readCallbackBody(text)).toEqual({ kind: 'unreadable' });
  });

  it('has the credentials in it, and none when they are no texts', () => {
    expect(readCallbackBody(JSON.stringify(body()))).toMatchObject({ kind: 'read', username: 'u', password: 'p' });
    const odd = JSON.stringify(body({ username: ['u'], password: { p: 1 } }));
    expect(readCallbackBody(odd)).toMatchObject({ kind: 'read', username: '', password: '' });
    expect(readCallbackBody('{"requestId":"r","note":"[[[[{{{{[[[[{{{{[[[[{{{{"}')).toMatchObject({ kind: 'read' });
  });

  it('is kept without credentials, also where they are repeated', () => {
    const kept = keptBody(body({ password: 's"3cret', comment: 'it was s"3cret', username: 'amop' }), 's"3cret');
    expect(kept).not.toMatch(/3cret|amop/);
    expect(JSON.parse(kept)).toMatchObject({ requestId: 'r-1', comment: 'it was [redacted]' });
    const claim = readClaim(body({ status: 'Failed', faultResponse: { faultcode: 'X', faultstring: 'not s"3cret' } }));
    if (claim === null) throw new Error('not reached');
    expect(keptClaim(claim, 's"3cret')).toMatchObject({ faultText: 'not [redacted]', requestId: 'r-1' });
  });
});

describe('what a callback claims', () => {
  it.each([
    ['Success', undefined, 'success'],
    ['SUCCESS ', undefined, 'success'],
    ['Failed', { faultcode: 'X', faultstring: 'y' }, 'failed'],
    ['Failure', undefined, 'failed'],
    ['Success', { faultcode: 'X' }, 'other'],
    ['', { faultcode: 'X' }, 'failed'],
    ['Pending', undefined, 'other'],
    [undefined, undefined, 'other'],
    [7, undefined, 'other'],
  ])('status %s with fault %o is %s', (status, faultResponse, expected) => {
    expect(readClaim(body({ status, faultResponse }))?.status).toBe(expected);
  });

  it('tolerates what is not documented, and needs a request id', () => {
    expect(
      readClaim(body({ deviceIds: 'x', deviceResponse: 7, unknown: { deep: true }, callbackCount: 'many' })),
    ).toEqual({
      requestId: 'r-1',
      status: 'success',
      faultCode: null,
      faultText: null,
      deviceIds: [],
      newIds: [],
      callbackCount: null,
    });
    const mixed = [{ id: '1', kind: 'MDN' }, null, { id: 2, kind: 'Imei' }, { kind: 'x' }];
    expect(readClaim(body({ deviceIds: mixed }))?.deviceIds).toEqual([
      { id: '1', kind: 'mdn' },
      { id: '2', kind: 'imei' },
    ]);
    expect(readClaim(body({ requestId: '' }))).toBeNull();
    expect(readClaim(body({ requestId: { $gt: '' } }))).toBeNull();
    expect(readClaim([])).toBeNull();
  });

  it('is the same for each delivery, whatever its number and the order of its lists', () => {
    const digest = (part: object): string => {
      const claim = readClaim(body(part));
      if (claim === null) throw new Error('not reached');
      return claimDigest(claim);
    };
    const two = [
      { id: '1', kind: 'Imei' },
      { id: '2', kind: 'Iccid' },
    ];
    expect(digest({ callbackCount: 3, deviceIds: two })).toBe(digest({ deviceIds: [...two].reverse() }));
    expect(digest({ deviceIds: two })).not.toBe(digest({}));
    expect(digest({ status: 'Failed' })).not.toBe(digest({}));
  });

  it('never makes the reader fail', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json({ maxDepth: 20 }),
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(body({ any: value }))),
        ),
        (text) => {
          const reading = readCallbackBody(text);
          if (reading.kind === 'read') {
            readClaim(reading.body);
            keptBody(reading.body, reading.password);
          }
        },
      ),
      { numRuns: 10_000 },
    );
    const real = JSON.stringify(
      body({ deviceResponse: { changeIdentifierResponse: { deviceIds: [{ id: '1', kind: 'iccid' }] } } }),
    );
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.nat(255), (at, byte) => {
        const mutated = real.slice(0, at) + String.fromCharCode(byte) + real.slice(at + 1);
        const reading = readCallbackBody(mutated);
        if (reading.kind === 'read') readClaim(reading.body);
      }),
      { numRuns: 2_000 },
    );
  });
});
