import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../test/support/clocks';
import { createPacer } from './pacing';

describe('pacing', () => {
  it('uses the rate in full and never exceeds it in any minute', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock, 60);
    const signal = new AbortController().signal;
    const turns: number[] = [];
    const callers = Array.from({ length: 5 }, async () => {
      while (turns.length < 300) {
        if (!(await pacer.turn(signal))) return;
        turns.push(clock.now());
      }
    });
    // The first turn is granted at once; it must be noted before the clock moves.
    await new Promise((resolve) => setImmediate(resolve));
    for (let step = 0; step < 4_000 && turns.length < 300; step += 1) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.race([Promise.all(callers), new Promise((resolve) => setImmediate(resolve))]);
    const spanMs = (turns[299] ?? 0) - (turns[0] ?? 0);
    expect(spanMs).toBeGreaterThanOrEqual(299 * 1_000);
    expect(spanMs).toBeLessThanOrEqual(299 * 1_020);
    for (const start of turns) {
      expect(turns.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(60);
    }
  });

  it('makes up for timers that are late, and still no second holds more than its share', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock, 3_000);
    const signal = new AbortController().signal;
    const turns: number[] = [];
    const from = clock.now();
    const caller = async (): Promise<void> => {
      while (clock.now() < from + 10_000 && (await pacer.turn(signal))) turns.push(clock.now());
    };
    const callers = Promise.all(Array.from({ length: 5 }, caller));
    // Every timer wakes up to 7 ms late; a turn is due every 20 ms.
    while (clock.now() < from + 10_200) {
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(7);
    }
    await callers;
    const within = turns.filter((at) => at < from + 10_000);
    expect(within.length).toBeGreaterThanOrEqual(490);
    for (const start of within)
      expect(within.filter((at) => at >= start && at < start + 1_000).length).toBeLessThanOrEqual(50);
  });

  it('lets everything pass at once without a limit, but keeps a pause that the carrier asked for', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock, null);
    const signal = new AbortController().signal;
    expect(await Promise.all([pacer.turn(signal), pacer.turn(signal)])).toEqual([true, true]);
    pacer.pauseUntil(clock.now() + 5_000);
    pacer.pauseUntil(clock.now() + 1_000);
    let passed = false;
    const waiting = pacer.turn(signal).then(() => (passed = true));
    clock.advance(4_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(false);
    clock.advance(1);
    await waiting;
    expect(passed).toBe(true);
  });

  it('answers false to whoever waits when everything stops', async () => {
    const clock = createManualClock();
    const pacer = createPacer(clock, 1);
    const stopping = new AbortController();
    expect(await pacer.turn(stopping.signal)).toBe(true);
    const waiting = pacer.turn(stopping.signal);
    stopping.abort();
    expect(await waiting).toBe(false);
  });
});
