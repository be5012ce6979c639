import { describe, expect, it } from 'vitest';
import {
  judgeBefore,
  judgeScan,
  openPlaces,
  pairsOf,
  readCode,
  withoutFirst,
  withoutLast,
  withoutPair,
  type Holder,
  type Outcome,
  type ScanMode,
  type ScanState,
} from './scan.rules';

const OLD = '89148000000000000001';
const NEW = '89148000000000000019';
const OTHER_NEW = '89148000000000000027';
const DEVICE = '490154203237518';
const NEW_DEVICE = '356938035643809';

const LINE: Holder = { id: 412, words: 'line 412, 2025550143', unfit: null, gone: false };
const begin = (mode: ScanMode): ScanState => ({ mode, scans: [] });

/** Scans like a person; holders by number. */
function scan(
  state: ScanState,
  raw: string,
  holders: Readonly<Record<string, Holder>> = { [OLD]: LINE, [DEVICE]: LINE },
) {
  const code = readCode(raw);
  const before = judgeBefore(state, code);
  const outcome: Outcome =
    before ??
    (code.ok ? judgeScan(state, code, holders[code.value] ?? null, 'No line has it.') : { kind: 'refused', words: '' });
  const next = 'scan' in outcome ? { ...state, scans: [...state.scans, outcome.scan] } : state;
  return { outcome, next };
}

describe('a pair of cards', () => {
  it('is whole after the old and the new one', () => {
    const first = scan(begin('cards'), OLD);
    expect(first.outcome).toMatchObject({ kind: 'accepted', words: 'line 412, 2025550143. Now the new SIM.' });
    const second = scan(first.next, NEW);
    expect(second.outcome.kind).toBe('accepted');
    expect(pairsOf(second.next).whole).toMatchObject([{ oldIccid: { value: OLD }, newIccid: { value: NEW } }]);
    expect(openPlaces(second.next)).toEqual(['oldIccid', 'newIccid']);
  });

  it('tells the new one where an old one is expected, and keeps nothing of it', () => {
    const { outcome, next } = scan(begin('cards'), NEW);
    expect(outcome).toEqual({
      kind: 'order',
      words: 'No line has it. If this is the new SIM, scan the old one first.',
    });
    expect(next.scans).toEqual([]);
  });

  it('tells a card of another line where a new one is expected', () => {
    const { next } = scan(begin('cards'), OLD);
    const other = { ...LINE, id: 9, words: 'line 9' };
    const { outcome } = scan(next, OTHER_NEW, { [OTHER_NEW]: other });
    expect(outcome).toEqual({ kind: 'order', words: 'This SIM is in use: line 9. Scan the new one.' });
    // A card of a line that is gone may be used again.
    expect(scan(next, OTHER_NEW, { [OTHER_NEW]: { ...other, gone: true } }).outcome.kind).toBe('accepted');
  });

  it('tells a repeat, also within the pair', () => {
    const { next } = scan(begin('cards'), OLD);
    expect(scan(next, OLD).outcome).toMatchObject({ kind: 'repeat' });
    const { next: whole } = scan(next, NEW);
    expect(scan(whole, NEW).outcome.words).toContain('in pair 1');
  });

  it('refuses a device', () => {
    expect(scan(begin('cards'), DEVICE).outcome).toEqual({
      kind: 'refused',
      words: 'This is a device. Scan the old SIM.',
    });
  });

  it('refuses what can’t be the old one, with the reason', () => {
    const foreign = { ...LINE, unfit: 'It belongs to Lakeside.' };
    expect(scan(begin('cards'), OLD, { [OLD]: foreign }).outcome).toEqual({
      kind: 'refused',
      words: 'It belongs to Lakeside.',
    });
  });
});

describe('a card and a device', () => {
  it('may come in any order', () => {
    const { next: one } = scan(begin('deviceOfCard'), NEW_DEVICE);
    const { next: two } = scan(one, OLD);
    expect(pairsOf(two).whole).toMatchObject([{ oldIccid: { value: OLD }, newImei: { value: NEW_DEVICE } }]);
  });

  it('completes a card swap with its device', () => {
    const state = [OLD, NEW, NEW_DEVICE].reduce((now, raw) => scan(now, raw).next, begin('both'));
    expect(pairsOf(state).whole).toHaveLength(1);
    expect(pairsOf(state).half).toEqual({});
  });
});

describe('taking back', () => {
  const state = [OLD, NEW, DEVICE].reduce<ScanState>(
    (now, value, at) => ({
      ...now,
      scans: [...now.scans, { field: at % 2 === 0 ? 'oldIccid' : 'newIccid', value, holder: null }],
    }),
    begin('cards'),
  );

  it('takes the last scan, a whole pair, or what has become a draft', () => {
    expect(withoutLast(state).scans.map(({ value }) => value)).toEqual([OLD, NEW]);
    expect(withoutPair(state, 0).scans.map(({ value }) => value)).toEqual([DEVICE]);
    // Half a pair is never lost.
    expect(withoutFirst(state, 1).scans.map(({ value }) => value)).toEqual([DEVICE]);
  });
});

describe('what a scanner types', () => {
  it.each([
    ['with the name of the symbology before it', `]C1${OLD}`, OLD],
    ['with a label', `ICCID: ${OLD}`, OLD],
    ['in groups', '8914 8000 0000 0000 0001', OLD],
    ['as a device', DEVICE, DEVICE],
  ])('is read %s', (_, raw, value) => expect(readCode(raw)).toMatchObject({ ok: true, value, doubt: null }));

  it('is doubted where the check digit of a card is wrong, and refused where that of a device is', () => {
    expect(readCode('89148000000000000002')).toMatchObject({ ok: true, doubt: expect.stringContaining('check digit') });
    expect(readCode('490154203237519')).toEqual({ ok: false, why: expect.stringContaining('check digit is wrong') });
  });

  it.each([
    ['an EID', '89049032000000000000000000000005'],
    ['a telephone number', '2025550143'],
    ['anything else', 'https://example.com/box/12'],
  ])('is refused as %s', (_, raw) => expect(readCode(raw).ok).toBe(false));
});
