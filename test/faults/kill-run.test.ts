import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDesk, type Desk } from '../support/cli';
import { scaled } from '../support/scale';

/**
 * The built program, killed with SIGKILL at random moments of its work, with the simulator as a process of its own that
 * keeps the carrier's truth in a file. The moments are counted in the simulator's records, so that they lie in the
 * middle of sending and confirming however slow the machine is.
 */
const ROWS = scaled(4_000, 120);
const KILLS = scaled(600, 6);
const SEED = 20_260_105;
const MOST_RECORDS_TO_KILL = 60;
const WATCH_MS = 5;

interface StateRecord {
  readonly type: string;
  readonly line?: string;
  readonly to?: { readonly iccid?: string; readonly imei?: string };
}

interface DemoResult {
  readonly processed: number;
  readonly failed: number;
  readonly audit: { readonly ok: boolean; readonly entries: number };
}

interface ShownChange {
  readonly rowCount: number;
  readonly rows: readonly {
    readonly row: number;
    readonly status: string;
    readonly attempts: number;
    readonly new: { readonly iccid?: string; readonly imei?: string };
  }[];
}

let desk: Desk;
beforeAll(() => {
  // Silence is not waited for long: what was lost with a killed receiver is read back soon.
  desk = newDesk({ SWAPDESK_FIRST_READ_BACK_MS: '1000' });
});
afterAll(() => desk.dispose());

const stateFile = (): string => join(desk.home, 'training', 'simulator', 'state.jsonl');

function records(): readonly StateRecord[] {
  return readFileSync(stateFile(), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StateRecord);
}

/** A small generator (Lehmer), so that a failure can be repeated. */
function createChance(seed: number): () => number {
  let state = seed % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const demo = ['demo', '--rows', String(ROWS), '--json'] as const;

/** Starts the demo and kills it when the simulator has written so much more. @returns false when it ended before */
async function killAfter(growthBytes: number): Promise<boolean> {
  const running = desk.start(demo);
  const from = existsSync(stateFile()) ? statSync(stateFile()).size : Number.POSITIVE_INFINITY;
  const watch = setInterval(() => {
    if (existsSync(stateFile()) && statSync(stateFile()).size >= from + growthBytes) running.process.kill('SIGKILL');
  }, WATCH_MS);
  const ended = await running.ended;
  clearInterval(watch);
  return ended.signal === 'SIGKILL';
}

describe('SIGKILL of the program while it works', () => {
  it(
    `leaves ${ROWS} rows as the simulator’s own file says, after up to ${KILLS} kills`,
    { timeout: 300_000 + KILLS * 15_000 },
    async () => {
      // The workspace is made by a demo of its own; the kills are meant for the processing.
      expect((await desk.run(['demo', '--rows', '1', '--json'])).code).toBe(0);
      const before = records().filter((record) => record.type === 'swap').length;
      const chance = createChance(SEED);
      const bytesARecord = 300;
      let kills = 0;
      while (kills < KILLS && (await killAfter(Math.ceil(chance() * MOST_RECORDS_TO_KILL) * bytesARecord))) kills += 1;

      const last = await desk.run(demo);
      expect(last.stderr + last.stdout).toContain('"processed"');
      const result = last.json<DemoResult>();
      expect(result.audit.ok).toBe(true);
      const swaps = records()
        .filter((record) => record.type === 'swap')
        .slice(before);
      console.log(`kills ${kills}, processed ${result.processed}, applied ${swaps.length}`);
      expect(kills).toBeGreaterThan(2);
      expect(new Set(swaps.map((swap) => swap.line)).size).toBe(swaps.length);
      const refused = records().filter((record) => record.type === 'refusal');
      expect(refused).toEqual([]);

      const training = newDesk(
        { SWAPDESK_USER: 'olivia', SWAPDESK_PASSWORD: 'swapdesk-training' },
        join(desk.home, 'training'),
      );
      const shown = (await training.run(['change', 'show', '2', '--rows', '--json'])).json<ShownChange>();
      const applied = new Set(swaps.map((swap) => swap.to?.iccid ?? swap.to?.imei));
      expect(shown.rows.length).toBe(shown.rowCount);
      for (const row of shown.rows) {
        const changed = applied.has(row.new.iccid ?? row.new.imei);
        expect([row.row, row.status === 'processed']).toEqual([row.row, changed]);
      }
      expect(result.processed).toBe(applied.size);
    },
  );
});
