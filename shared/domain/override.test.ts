import { describe, expect, it } from 'vitest';
import { makeFinding } from './finding-catalogue';
import { mayOverride, verdictWith } from './override';

const accepted = (code: string) => ({ code, reason: 'seen on the card', by: 'olivia', at: '2026-11-24T08:00:00.000Z' });
const prefix = makeFinding('iccid-prefix', 'newIccid');
const luhn = makeFinding('iccid-check-digit', 'newIccid');
const unknown = makeFinding('line-unknown', 'oldIccid');

describe('who may take responsibility for a finding', () => {
  it('is whoever may send, and nobody for what is certainly wrong', () => {
    const who = (code: string) =>
      (['viewer', 'preparer', 'operator', 'approver', 'auditor', 'administrator'] as const).filter((role) =>
        mayOverride(role, code),
      );
    expect(who('iccid-prefix')).toEqual(['operator', 'administrator']);
    expect(who('line-unknown')).toEqual([]);
    expect(who('no-such-code')).toEqual([]);
  });
});

describe('the verdict of a row with overrides', () => {
  it('no longer counts what was accepted, and counts the rest', () => {
    expect(verdictWith([prefix], [accepted('iccid-prefix')])).toBe('valid');
    expect(verdictWith([prefix, luhn], [accepted('iccid-prefix')])).toBe('warning');
    expect(verdictWith([prefix], [])).toBe('warning');
  });

  it('stays an error, whatever is said of it', () => {
    expect(verdictWith([unknown], [accepted('line-unknown')])).toBe('error');
  });
});
