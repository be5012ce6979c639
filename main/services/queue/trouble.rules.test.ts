import { describe, expect, it } from 'vitest';
import { afterFailure, decideTrouble, isHopeless, storyOfStop, type Trouble } from './trouble.rules';

const fault = (part: object) =>
  ({ class: 'api_transient', code: 'X', message: 'x', correlationId: 'c', ...part }) as const;
const limits = { patienceMs: 10_000, minMs: 100, maxMs: 1_000 };

describe('trouble with a provider', () => {
  it.each([
    ['auth', {}, 'stop'],
    ['api_permanent', {}, 'stop'],
    ['api_transient', { stopsProvider: true }, 'stop'],
    ['api_transient', { stopsProvider: false }, 'back-off'],
    ['api_unknown', {}, 'back-off'],
    ['system', {}, 'back-off'],
  ] as const)('%s %o: %s', (faultClass, part, expected) => {
    expect(decideTrouble(fault({ class: faultClass, ...part }) as Parameters<typeof decideTrouble>[0])).toBe(expected);
  });

  it('forgives two accidents, then doubles its pauses up to the ceiling and counts what fails inside a pause once', () => {
    let trouble: Trouble | null = null;
    const pauses: number[] = [];
    let now = 0;
    for (let failure = 0; failure < 8; failure += 1) {
      trouble = afterFailure(trouble, now, limits);
      if (trouble.untilMs > now) expect(afterFailure(trouble, now, limits)).toBe(trouble);
      pauses.push(trouble.untilMs - now);
      now = trouble.untilMs;
    }
    expect(pauses).toEqual([0, 0, 100, 200, 400, 800, 1_000, 1_000]);
    expect(trouble === null ? false : isHopeless(trouble, 9_999, limits)).toBe(false);
    expect(trouble === null ? false : isHopeless(trouble, 10_000, limits)).toBe(true);
  });

  it('tells a person what to do in either case', () => {
    expect(storyOfStop('North', fault({ class: 'auth' }) as Parameters<typeof storyOfStop>[1])).toMatchObject({
      code: 'provider-stopped',
      where: 'North',
    });
    expect(storyOfStop('North', fault({}) as Parameters<typeof storyOfStop>[1]).code).toBe('carrier-unreachable');
  });
});
