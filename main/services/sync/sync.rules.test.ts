import { describe, expect, it } from 'vitest';
import { decidePull, type CentralStart, type MirrorState, type UnfinishedPull } from './sync.rules';

const start: CentralStart = { centralUid: 'central-a', oldestXid: '1000', scope: 'scope-a' };
const mirror: MirrorState = { centralUid: 'central-a', scope: 'scope-a', cursorXid: '900', mirrorAt: 1 };
const half: UnfinishedPull = {
  kind: 'full',
  centralUid: 'central-a',
  scope: 'scope-a',
  passXid: '800',
  startedAt: 2,
  table: 'device',
  afterId: 70,
};
const decide = (from: CentralStart, state: MirrorState | null, unfinished: UnfinishedPull | null) =>
  decidePull(from, state, unfinished, 'service_provider', 5);

describe('how a pull goes on', () => {
  it('reads from the cursor, and moves it to the oldest open transaction', () => {
    expect(decide(start, mirror, null)).toEqual({
      resumed: false,
      pull: {
        kind: 'pass',
        centralUid: 'central-a',
        scope: 'scope-a',
        passXid: '1000',
        startedAt: 5,
        after: { xid: '900', seq: 0 },
      },
    });
  });

  it('begins with everything when there is no mirror', () => {
    expect(decide(start, null, null)).toMatchObject({ pull: { kind: 'full', table: 'service_provider', afterId: 0 } });
  });

  it.each([
    ['another central database', { ...start, centralUid: 'central-b' }],
    ['another scope', { ...start, scope: 'scope-b' }],
    ['a central database put back to an earlier state', { ...start, oldestXid: '899' }],
  ])('is made anew for %s', (_, from) => {
    expect(decide(from, mirror, null).pull.kind).toBe('full');
    expect(decide({ ...from, oldestXid: '799' }, mirror, half)).toMatchObject({ resumed: false });
  });

  it('goes on where it stood', () => {
    expect(decide(start, null, half)).toEqual({ resumed: true, pull: half });
    expect(decide({ ...start, scope: 'scope-b' }, null, half)).toMatchObject({ resumed: false, pull: { afterId: 0 } });
  });

  it('compares transaction numbers beyond 2^53', () => {
    const huge = '9007199254740993';
    expect(decide({ ...start, oldestXid: '9007199254740992' }, { ...mirror, cursorXid: huge }, null).pull.kind).toBe(
      'full',
    );
  });
});
