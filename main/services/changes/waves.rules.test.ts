import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideWave, type WaveFacts } from './waves.rules';

const facts = (part: Partial<WaveFacts>): WaveFacts => ({
  canary: { firstRows: 10, growth: 4, failureBudgetPercent: 10 },
  ...{ wave: 1, rows: 10, settled: 10, failed: 0, codes: [], accepted: { codes: [], count: 0 } },
  ...part,
});

describe('a wave', () => {
  it.each<readonly [string, Partial<WaveFacts>, string]>([
    ['goes on when all have ended well', {}, 'next'],
    ['waits for the last one', { settled: 9 }, 'wait'],
    ['bears what the budget allows', { failed: 1, codes: ['A'] }, 'next'],
    ['stops at one more, before the others have ended', { failed: 2, settled: 3, codes: ['A'] }, 'stop'],
    ['does not count what was accepted', { failed: 2, codes: ['A'], accepted: { codes: ['A'], count: 1 } }, 'next'],
    ['stops at a new code later', { wave: 2, rows: 50, settled: 20, failed: 1, codes: ['B'] }, 'stop'],
    [
      'bears a known code later',
      { wave: 2, rows: 50, settled: 50, failed: 1, codes: ['B'], accepted: { codes: ['B'], count: 0 } },
      'next',
    ],
  ])('%s', (_what, part, kind) => {
    expect(decideWave(facts(part)).kind).toBe(kind);
  });

  it('grows by the factor', () => {
    expect(decideWave(facts({}))).toEqual({ kind: 'next', rows: 40 });
    expect(decideWave(facts({ wave: 2, rows: 50, settled: 50 }))).toEqual({ kind: 'next', rows: 160 });
  });

  it('never lets a wave follow one whose failures are over the budget', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.integer({ min: 0, max: 100 }), (rows, failed, percent) => {
        const canary = { firstRows: 10, growth: 2, failureBudgetPercent: percent };
        const decision = decideWave(facts({ canary, rows, settled: rows, failed }));
        if (failed * 100 > rows * percent) expect(decision.kind).toBe('stop');
        else expect(decision.kind).toBe('next');
      }),
    );
  });
});
