import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterFailures, type FailedRow } from './clusters.rules';

const failed = (row: number, part: Partial<FailedRow> = {}): FailedRow => ({
  ...{ row, status: 'error', code: 'REQUEST_FAILED.DeviceAlreadyActive', faultClass: 'api_permanent' },
  ...{ message: 'The new device or SIM is active already. Say more.', confirmedBefore: false },
  ...{ new: { iccid: `8914800000${String(row).padStart(10, '0')}` }, customer: null, ratePlan: null },
  ...part,
});

describe('failure clusters', () => {
  it('name cause, what the rows share, and one action with its size', () => {
    const rows = [...Array(37).keys()].map((index) => failed(index + 1));
    const [cluster] = clusterFailures(rows);
    expect(cluster).toMatchObject({
      code: 'REQUEST_FAILED.DeviceAlreadyActive',
      cause: 'The new device or SIM is active already',
      shared: { attribute: 'new ICCID begins with', value: '891480000000000000' },
      rows: 37,
      action: { kind: 'correct', label: 'Correct 37 rows and submit them again' },
    });
  });

  it.each<readonly [string, Partial<FailedRow>, string]>([
    ['a doubt', { status: 'unknown', code: 'outcome-unproven', faultClass: 'api_unknown' }, 'read-back'],
    ['an unknown code', { status: 'dead_letter', code: 'WHO.Knows' }, 'ask-carrier'],
    ['used-up sends', { status: 'dead_letter', code: 'sends-used-up', faultClass: 'api_unknown' }, 'redrive'],
    ['a lease', { status: 'conflict', code: 'line-held', faultClass: 'conflict' }, 'retry'],
    ['a missed update', { status: 'conflict', code: 'identifiers-differ', confirmedBefore: true }, 'apply-centrally'],
    ['a plan', { code: 'REQUEST_FAILED.M2M4G5MB.NotFound' }, 'add-plan'],
    ['a login', { status: 'dead_letter', code: '900901', faultClass: 'auth' }, 'unlock'],
  ])('%s has its own action', (_what, part, kind) => {
    expect(clusterFailures([failed(1, part)])[0]?.action.kind).toBe(kind);
  });

  it('finds the customer or plan that all share when their numbers have nothing in common', () => {
    const rows = ['89148000000842590078', '89882110000005300811'].map((iccid, index) =>
      failed(index, { new: { iccid }, ratePlan: 'HL-5MB' }),
    );
    expect(clusterFailures(rows)[0]?.shared).toEqual({ attribute: 'rate plan', value: 'HL-5MB' });
  });

  it('puts 5,000 mixed failures into 15 groups at most, each row into exactly one', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 5_000 }), (codes) => {
        const clusters = clusterFailures(codes.map((code, index) => failed(index, { code: `CODE.${code}` })));
        expect(clusters.length).toBeLessThanOrEqual(15);
        const rows = clusters.flatMap((cluster) => cluster.rowNumbers);
        expect(new Set(rows).size).toBe(codes.length);
        expect(clusters.reduce((sum, cluster) => sum + cluster.rows, 0)).toBe(codes.length);
      }),
      { numRuns: 30 },
    );
  });
});
