import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appliedSwaps } from '../support/carrier-process';
import { newDesk } from '../support/cli';

interface DemoResult {
  readonly read: number;
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly processed: number;
  readonly failed: number;
  readonly report: string;
  readonly audit: { readonly ok: boolean; readonly entries: number };
}

/** Where the program is killed: by what it had said on standard error. */
const MOMENTS = [/central database, users/, /Importing/, /nothing has ended yet|processed/, /\d+ processed/];

describe('the demonstration, killed and started again', () => {
  const desk = newDesk();
  afterAll(() => desk.dispose());

  it('ends every row as the carrier’s own record says, and sends none twice', { timeout: 600_000 }, async () => {
    const words = ['demo', '--rows', '80', '--json'];
    for (const moment of MOMENTS) {
      const running = desk.start(words);
      await saidOrEnded(running, moment);
      running.process.kill('SIGKILL');
      await running.ended;
    }
    const ended = await desk.run(words);
    const result = ended.json<DemoResult>();
    expect({ code: ended.code, ...result }).toMatchObject({
      code: 0,
      read: 80,
      valid: 76,
      warning: 0,
      error: 4,
      processed: 76,
      failed: 0,
      audit: { ok: true },
    });
    expect(readFileSync(result.report).subarray(0, 5).toString()).toBe('%PDF-');

    const applied = appliedSwaps(join(desk.home, 'training', 'simulator', 'state.jsonl'));
    const bySim = new Map(applied.map((swap) => [`${swap.line} ${swap.to.iccid}`, swap]));
    expect(bySim.size).toBe(applied.length);
    expect(applied.length % result.processed).toBe(0);
    expect(applied.length).toBeGreaterThanOrEqual(result.processed);
  });
});

async function saidOrEnded(running: ReturnType<ReturnType<typeof newDesk>['start']>, moment: RegExp): Promise<void> {
  let hasEnded = false;
  void running.ended.then(() => (hasEnded = true));
  while (!hasEnded && !moment.test(running.stderr())) await new Promise((done) => setTimeout(done, 20));
}
