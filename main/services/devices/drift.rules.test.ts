import { describe, expect, it } from 'vitest';
import type { DriftSide } from '../../../shared/domain/drift';
import { judgeDrift, type DriftFacts } from './drift.rules';

const OLD: DriftSide = { iccid: '89148000000842590078', imei: '490154203237518', mdn: '5125550143', status: 'active' };
const NEW: DriftSide = { ...OLD, iccid: '89882110000005300811' };
const last = (status: string) => ({ changeUid: 'c', row: 7, status, new: { iccid: NEW.iccid ?? '' } });
const facts = (part: Partial<DriftFacts>): DriftFacts => ({
  ...{ deviceId: 1, provider: 'North', carrier: OLD, central: OLD, mirror: OLD, last: null },
  ...part,
});

describe('drift', () => {
  it.each<readonly [string, Partial<DriftFacts>, string | undefined]>([
    ['all three agree', {}, undefined],
    ['a state that nobody knows is no difference', { carrier: { ...OLD, status: 'unknown' } }, undefined],
    ['changed in another portal', { carrier: NEW }, 'changed-elsewhere'],
    ['changed again after ours', { carrier: NEW, last: last('processed') }, 'changed-elsewhere'],
    ['our row is in doubt', { carrier: NEW, last: last('unknown') }, 'callback-lost'],
    ['our row was called failed', { carrier: NEW, last: last('error') }, 'callback-lost'],
    ['our row was refused centrally', { carrier: NEW, last: last('conflict') }, 'central-not-updated'],
    ['deactivated elsewhere', { carrier: { ...OLD, status: 'deactivated' } }, 'changed-elsewhere'],
    ['unknown here', { deviceId: null, central: null, mirror: null }, 'only-at-carrier'],
    ['gone there', { carrier: null }, 'only-central'],
    ['this desk is late', { carrier: NEW, central: NEW }, 'mirror-behind'],
  ])('%s', (_what, part, cause) => {
    const drift = judgeDrift(facts(part));
    expect(drift?.cause).toBe(cause);
    if (drift !== null) expect(drift.repair).toMatch(/\w/);
  });

  it('names the row that mends it', () => {
    expect(judgeDrift(facts({ carrier: NEW, last: last('unknown') }))).toMatchObject({
      repair: 'Read the line back: swapdesk change retry c --row 7',
      change: { uid: 'c', row: 7 },
    });
  });
});
