import { describe, expect, it } from 'vitest';
import { deviceChangeStatusSchema } from '../../../shared/domain/change';
import type { Disposition } from '../../../shared/domain/change';
import type { Fault, FaultClass } from '../../../shared/domain/fault';
import { decideRetry, type RetryRow } from './retry.rules';

const fault = (faultClass: FaultClass): Fault => ({ class: faultClass, code: 'X', message: 'm', correlationId: 'c' });
const proof = (of: Disposition['proof']): Disposition => ({
  ...{ outcome: 'not_changed', proof: of, detail: '', by: 'olivia', at: '2026-01-05T09:00:00.000Z' },
});
const row = (part: Partial<RetryRow>): RetryRow => ({
  ...{ status: 'error', needsPerson: false, attempts: 1, error: null, disposition: null },
  ...part,
});

describe('sending a row again', () => {
  it.each<readonly [string, Partial<RetryRow>, string]>([
    ['a refusal in so many words proves that nothing was done', { disposition: proof('answer') }, 'send'],
    ['a dead letter that was never sent', { status: 'dead_letter', attempts: 0 }, 'send'],
    ['a dead letter that was sent is asked about', { status: 'dead_letter' }, 'ask'],
    ['so is one that a person gave up', { disposition: proof('person') }, 'ask'],
    ['unless it was never sent', { disposition: proof('person'), attempts: 0 }, 'send'],
    ['a line that was taken', { status: 'conflict', disposition: proof('none') }, 'send'],
    ['a central update that missed', { status: 'conflict', disposition: proof('callback') }, 'apply'],
    ['a doubt stays a doubt', { status: 'unknown', needsPerson: true }, 'ask'],
    ['one that is asked about already', { status: 'unknown' }, 'refuse'],
  ])('%s', (_what, part, kind) => {
    expect(decideRetry(row(part)).kind).toBe(kind);
  });

  it('forgets a request only when the carrier has refused it', () => {
    expect(decideRetry(row({ status: 'dead_letter', error: fault('api_permanent') }))).toEqual({
      kind: 'ask',
      forget: true,
    });
    expect(decideRetry(row({ status: 'dead_letter', error: fault('api_unknown') }))).toEqual({
      kind: 'ask',
      forget: false,
    });
    expect(decideRetry(row({ status: 'unknown', needsPerson: true, error: fault('api_permanent') }))).toEqual({
      kind: 'ask',
      forget: false,
    });
  });

  it('says of every other state why not', () => {
    for (const status of deviceChangeStatusSchema.options) {
      const decision = decideRetry(row({ status }));
      if (['error', 'dead_letter', 'conflict'].includes(status)) expect(decision.kind).not.toBe('refuse');
      else expect(decision).toMatchObject({ kind: 'refuse', why: expect.stringMatching(/\w/) });
    }
  });
});
