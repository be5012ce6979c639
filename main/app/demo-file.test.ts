import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIccid } from '../../shared/domain/iccid';
import { demoCsv } from './demo-file';

const lines = Array.from({ length: 2_000 }, (_, index) => ({ iccid: `8914800000000${index}`, mdn: `${index}` }));

describe('the list of the demonstration', () => {
  it('has new SIMs that nothing can be said against, but for the damaged ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 }), (madeAt) => {
        const rows = demoCsv(lines, madeAt).trimEnd().split('\r\n').slice(1);
        const fresh = rows.map((row) => row.split(',')[2] ?? '').filter((iccid) => !iccid.includes('E+'));
        expect(fresh).toHaveLength(1_900);
        expect(new Set(fresh).size).toBe(1_900);
        for (const iccid of fresh) {
          const { result, warnings } = readIccid(iccid);
          expect({ iccid, ok: result.ok }).toEqual({ iccid, ok: true });
          expect(warnings.filter((warning) => warning !== 'iccid-ambiguous')).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
