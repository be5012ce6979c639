import { describe, expect, it } from 'vitest';
import { callFault } from '../../../test/support/fake-carrier';
import { PROVIDER } from '../../../test/support/processing';
import { fail, ok, type Result } from '../../../shared/domain/result';
import type { CallFault, CallRecord, CarrierLine } from '../thingspace/types';
import { judgeClaims, type JudgedRow } from './confirmation.rules';
import { readBack } from './read-back';

const OLD = { iccid: '89148000000842590078', imei: '490154203237518' };
const NEW_ICCID = '89882110000005300811';
const NOW = 1_000;
const row = (part: Partial<JudgedRow> = {}): JudgedRow => ({
  changeType: 'ChangeICCID',
  old: OLD,
  new: { iccid: NEW_ICCID },
  mdn: '5125550143',
  ...part,
});

function carrier(lines: Readonly<Record<string, { iccid: string; imei: string } | CallFault>>) {
  const asked: string[] = [];
  const findLine = async (_provider: unknown, by: { kind: string; id: string }) => {
    asked.push(`${by.kind} ${by.id}`);
    const found = lines[by.id];
    const result: Result<CarrierLine | null, CallFault> =
      found === undefined ? ok(null) : 'class' in found ? fail(found) : ok({ ...EMPTY, ...found });
    return { result, record: { ...RECORD, path: by.id } };
  };
  return { asked, findLine };
}

const RECORD: CallRecord = {
  correlationId: 'c',
  method: 'POST',
  path: '/',
  request: null,
  httpStatus: 200,
  response: null,
  startedAt: 0,
  durationMs: 0,
};
const EMPTY: CarrierLine = {
  iccid: '',
  imei: null,
  mdn: null,
  eid: null,
  status: 'active',
  carrierPlan: null,
  lastConnectionAt: null,
  customer: null,
  ratePlan: null,
  ratePool: null,
  identifiers: {},
  connected: null,
};

function look(lines: Parameters<typeof carrier>[0], part: Partial<JudgedRow> = {}) {
  const asked = carrier(lines);
  const verdict = judgeClaims(row(part), [], { correlationId: 'c', verifySuccess: false });
  if (verdict.kind === 'decided') throw new Error('not reached');
  return readBack(asked, PROVIDER, row(part), verdict, () => NOW).then((evidence) => ({
    evidence,
    asked: asked.asked,
  }));
}

describe('reading a line back', () => {
  it('asks once where an identifier stays', async () => {
    const { evidence, asked } = await look({ '5125550143': { iccid: NEW_ICCID, imei: OLD.imei } });
    expect(asked).toEqual(['mdn 5125550143']);
    expect(evidence).toMatchObject({
      decision: { kind: 'changed', proof: 'read_back' },
      calls: [{ path: '5125550143' }],
    });
    expect(evidence.decision.detail).toContain(NEW_ICCID);
  });

  it('looks under the old and then under the new identifier where none stays, or has gone', async () => {
    const bare = { mdn: null, old: { iccid: OLD.iccid } };
    const moved = await look({ [NEW_ICCID]: { iccid: NEW_ICCID, imei: OLD.imei } }, bare);
    expect(moved).toMatchObject({
      asked: [`iccid ${OLD.iccid}`, `iccid ${NEW_ICCID}`],
      evidence: { decision: { kind: 'changed' } },
    });
    const stayed = await look({ [OLD.iccid]: OLD }, bare);
    expect(stayed).toMatchObject({ asked: [`iccid ${OLD.iccid}`], evidence: { decision: { kind: 'not_changed' } } });
    const gone = await look({ [OLD.iccid]: OLD });
    expect(gone.asked).toEqual(['mdn 5125550143', `iccid ${OLD.iccid}`]);
    expect(gone.evidence.decision).toMatchObject({ kind: 'not_changed' });
    expect((await look({}, bare)).evidence.decision).toMatchObject({ kind: 'wait', runAt: null });
  });

  it('that can’t be had proves nothing: ask again, when the carrier says', async () => {
    const busy = await look({
      '5125550143': callFault({ class: 'api_transient', code: 'rate-limited', retryAfterMs: 7_000 }),
    });
    expect(busy.evidence).toMatchObject({
      decision: { kind: 'wait', runAt: NOW + 7_000, fault: { code: 'rate-limited' } },
    });
    expect(busy.evidence.calls).toHaveLength(1);
    const away = await look({ '5125550143': callFault({ class: 'api_transient', code: 'connection-refused' }) });
    expect(away.evidence.decision).toMatchObject({ kind: 'wait', runAt: null, fault: { code: 'connection-refused' } });
    expect(JSON.stringify(away.evidence)).not.toContain('stopsProvider');
  });
});
