import { describe, expect, test } from 'vitest';
import type { RequestFault } from './fault-kinds';
import { FaultFileError, mergeSettings, DEFAULT_SETTINGS, readFaultFile, type FaultRule } from './fault-file';
import { Faults } from './faults';

const drop: RequestFault = { kind: 'drop' };
const subject = (endpoint = 'swap', account = 'A', ids: string[] = []) => ({
  endpoint,
  account: () => account,
  identifiers: () => new Set(ids),
});
const rule = (change: Partial<FaultRule>): FaultRule => ({ endpoint: ['swap'], fault: drop, ...change });
/** At which of the first requests the rule fired. */
const fired = (faults: Faults, count: number): number[] =>
  Array.from({ length: count }, (_, index) => index + 1).filter(() => faults.take(subject()).request !== undefined);

describe('when a rule fires', () => {
  test('nth, every, times, and all of them together', () => {
    expect(fired(new Faults(1, [rule({ nth: [2, 5] })]), 6)).toEqual([2, 5]);
    expect(fired(new Faults(1, [rule({ every: 3 })]), 9)).toEqual([3, 6, 9]);
    expect(fired(new Faults(1, [rule({ times: 2 })]), 9)).toEqual([1, 2]);
    expect(fired(new Faults(1, [rule({ every: 2, times: 2 })]), 9)).toEqual([2, 4]);
  });

  test('a probability is kept to, and drawn alike for the same seed', () => {
    const often = fired(new Faults(1, [rule({ probability: 0.3 })]), 5000);
    expect(often.length / 5000).toBeCloseTo(0.3, 1);
    expect(fired(new Faults(1, [rule({ probability: 0.3 })]), 5000)).toEqual(often);
    expect(fired(new Faults(2, [rule({ probability: 0.3 })]), 5000)).not.toEqual(often);
    expect(fired(new Faults(1, [rule({ probability: 0 })]), 50)).toEqual([]);
  });

  test('only for its endpoint, account and identifier', () => {
    const faults = new Faults(1, [rule({ endpoint: ['list', 'token'], account: 'A', identifier: '8914' })]);
    expect(faults.take(subject('swap', 'A', ['8914'])).request).toBeUndefined();
    expect(faults.take(subject('list', 'B', ['8914'])).request).toBeUndefined();
    expect(faults.take(subject('list', 'A', ['8915'])).request).toBeUndefined();
    expect(faults.take(subject('token', 'A', ['8914'])).request).toEqual(drop);
    expect(new Faults(1, [rule({ endpoint: ['*'] })]).take(subject('plans')).request).toEqual(drop);
  });

  test('one fault of the answer at a time, and any number of the callback', () => {
    const faults = new Faults(1, [
      rule({ times: 1 }),
      rule({ fault: { kind: 'silence' } }),
      rule({ fault: { kind: 'callback-lost' } }),
      rule({ fault: { kind: 'callback-double' } }),
      rule({ fault: { kind: 'not-applied' } }),
    ]);
    const first = faults.take(subject());
    expect(first.request).toEqual(drop);
    expect(first.callback.map(({ kind }) => kind)).toEqual(['callback-lost', 'callback-double']);
    expect(first.operation.map(({ kind }) => kind)).toEqual(['not-applied']);
    expect(faults.take(subject()).request).toEqual({ kind: 'silence' });
  });

  test('a restart goes on counting, but not for a rule that was changed', () => {
    const rules = [rule({ nth: [3] })];
    const before = new Faults(1, rules);
    const counts = [before.take(subject()), before.take(subject())].flatMap(({ counted }) => counted);
    const same = new Faults(1, rules);
    same.restore(counts);
    expect(fired(same, 2)).toEqual([1]);
    const changed = new Faults(1, [rule({ nth: [2] })]);
    changed.restore(counts);
    expect(fired(changed, 3)).toEqual([2]);
  });
});

describe('the fault file', () => {
  test('a list of rules, or rules and settings; one or more of what can be several', () => {
    expect(readFaultFile([{ fault: { kind: 'drop' }, nth: 2 }])).toEqual({
      settings: {},
      rules: [{ endpoint: ['swap'], nth: [2], fault: { kind: 'drop' } }],
    });
    const file = readFaultFile({ settings: { codes: { iccidInUse: 'X' } }, rules: [] });
    expect(mergeSettings(DEFAULT_SETTINGS, file.settings).codes).toMatchObject({
      iccidInUse: 'X',
      imeiInUse: 'REQUEST_FAILED.Imei.AlreadyInUse',
    });
  });

  test.each<[unknown, string]>([
    ['text', 'expected {"settings"'],
    [{ rule: [] }, 'file: unknown key "rule"'],
    [{ rules: {} }, 'rules: expected a list'],
    [{ settings: { strictPorts: 1 } }, 'settings.strictPorts'],
    [{ settings: { colour: 1 } }, 'settings: unknown key "colour"'],
    [{ settings: { codes: { other: 'x' } } }, 'settings.codes: unknown key "other"'],
    [['x'], 'rules[0]: expected an object'],
    [[{ fault: { kind: 'drop' } }, { endpoint: 'swop', fault: { kind: 'drop' } }], 'rules[1].endpoint: unknown "swop"'],
    [[{ fault: { kind: 'explode' } }], 'rules[0].fault.kind: unknown "explode"'],
    [[{ fault: { kind: 'drop', at: 'body' } }], 'rules[0].fault: unknown key "at"'],
    [[{ fault: { kind: 'http' } }], 'rules[0].fault.status: missing'],
    [[{ fault: { kind: 'drop', when: 'later' } }], 'rules[0].fault.when'],
    [[{ fault: { kind: 'drop' }, nth: 0 }], 'rules[0].nth'],
    [[{ fault: { kind: 'drop' }, times: 1.5 }], 'rules[0].times'],
    [[{ fault: { kind: 'drop' }, probability: 2 }], 'rules[0].probability'],
    [[{ fault: { kind: 'drop' }, identifier: 89148 }], 'rules[0].identifier'],
  ])('%j is refused with its place', (content, message) => {
    expect(() => readFaultFile(content)).toThrow(FaultFileError);
    expect(() => readFaultFile(content)).toThrow(message);
  });
});
