import { describe, expect, it } from 'vitest';
import { etaOf, type EtaFacts } from './eta.rules';

const facts = (part: Partial<EtaFacts>): EtaFacts => ({
  ...{ now: 0, unsent: 100, awaited: 0, startsAt: null, ratePerMinute: null, concurrency: 10 },
  ...{ answerP50Ms: null, answerP95Ms: null, callbackP50Ms: null, callbackP95Ms: null, endedAMinute: null },
  ...{ readBackMs: 30_000, ...part },
});
const range = (part: Partial<EtaFacts>): readonly [number, number] => {
  const eta = etaOf(facts(part));
  if (eta === null) throw new Error('no estimate');
  return [Date.parse(eta.earliest), Date.parse(eta.latest)];
};

/** A small generator (Lehmer), so that a failure can be repeated. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('the time of the end', () => {
  it('is none when nothing is left, and later than a start that was chosen', () => {
    expect(etaOf(facts({ unsent: 0 }))).toBeNull();
    expect(range({ startsAt: 3_600_000 })[0]).toBeGreaterThan(3_600_000);
  });

  it('is never before what the rate allows', () => {
    const [earliest] = range({ ratePerMinute: 60, unsent: 600 });
    expect(earliest).toBeGreaterThanOrEqual(600_000);
  });

  it('covers the real end in nine of ten simulated runs', () => {
    const chance = createChance(7);
    let covered = 0;
    const RUNS = 400;
    for (let run = 0; run < RUNS; run += 1) {
      const rows = 20 + Math.floor(chance() * 400);
      const concurrency = 1 + Math.floor(chance() * 20);
      const answerMs = 50 + chance() * 400;
      const resultMs = 300 + chance() * 5_000;
      const answers = (): number => answerMs * (0.5 + chance() * 1.5);
      const results = (): number => resultMs * (0.5 + chance() * 1.5);
      const lost = chance() < 0.3 ? 0.02 : 0;
      const lanes = Array.from({ length: concurrency }, () => 0);
      let end = 0;
      for (let row = 0; row < rows; row += 1) {
        const lane = lanes.indexOf(Math.min(...lanes));
        lanes[lane] = (lanes[lane] ?? 0) + answers();
        end = Math.max(end, (lanes[lane] ?? 0) + (chance() < lost ? 30_000 : results()));
      }
      const [earliest, latest] = range({
        ...{ unsent: rows, concurrency, answerP50Ms: answerMs * 1.25, answerP95Ms: answerMs * 1.9 },
        ...{ callbackP50Ms: resultMs * 1.25, callbackP95Ms: resultMs * 1.9 },
      });
      if (earliest <= end && end <= latest) covered += 1;
    }
    expect(covered / RUNS).toBeGreaterThanOrEqual(0.9);
  });
});
