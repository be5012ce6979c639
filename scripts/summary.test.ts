import { describe, expect, it } from 'vitest';
import { summarise, tallyOfCheck, tallyOfRun } from './summary.mjs';

const passing = { passed: 3, failed: [], skipped: [] };

describe('the summary', () => {
  it('names what failed and why something was skipped, and ends in the three numbers', () => {
    const { lines, failed } = summarise([
      { name: 'lint', ok: true, seconds: 2, tally: tallyOfCheck('lint', true) },
      { name: 'unit', ok: false, seconds: 10.25, tally: { passed: 3, failed: ['a > b'], skipped: [] } },
      {
        name: 'e2e',
        ok: true,
        seconds: 0,
        tally: { passed: 0, failed: [], skipped: [{ name: 'c', reason: 'no browser' }] },
      },
    ]);
    expect(failed).toBe(1);
    expect(lines).toEqual([
      'Summary (a check without tests of its own counts as one)',
      '  ok    lint     2.0 s  1 passed, 0 failed, 0 skipped',
      '  FAIL  unit    10.3 s  3 passed, 1 failed, 0 skipped',
      '  ok    e2e      0.0 s  0 passed, 0 failed, 1 skipped',
      'Failed:',
      '  unit: a > b',
      'Skipped:',
      '  e2e: c (no browser)',
      '4 passed, 1 failed, 1 skipped',
    ]);
  });
});

describe('a run', () => {
  it('that left no result has failed', () => {
    expect(tallyOfRun('unit', true, null).failed).toEqual(['unit: ended without a result']);
  });

  it('that found no test has failed', () => {
    expect(tallyOfRun('unit', true, { passed: 0, failed: [], skipped: [] }).failed).toEqual([
      'unit: no test was found',
    ]);
  });

  it('that failed without a failed test has failed all the same', () => {
    expect(tallyOfRun('unit', false, passing).failed).toEqual(['unit: the runner failed']);
  });

  it('that passed keeps its count', () => {
    expect(tallyOfRun('unit', true, passing)).toBe(passing);
  });
});
