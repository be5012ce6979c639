import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = resolve(import.meta.dirname, '../../dist/simulator.js');

export interface CarrierProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** The simulator as a process of its own, as `swapdesk simulator` starts it. */
export async function startCarrier(options: readonly string[]): Promise<CarrierProcess> {
  const child = spawn(process.execPath, [PROGRAM, '--port', '0', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((done) => child.once('close', () => done()));
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>((done, failed) => {
    lines.once('line', done);
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the simulator ended with ${code}`)));
  });
  return {
    url: (JSON.parse(first) as { url: string }).url,
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

export interface AppliedSwap {
  readonly line: number;
  readonly to: { readonly iccid?: string; readonly imei?: string };
  readonly requestId: string;
}

/** The carrier's own record of what it changed: one entry for each applied swap. */
export function appliedSwaps(stateFile: string): readonly AppliedSwap[] {
  return readFileSync(stateFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string } & AppliedSwap)
    .filter((record) => record.type === 'swap');
}
