import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Display {
  /** Such as `:7`. */
  readonly name: string;
  stop(): Promise<void>;
}

/** Why no screen can be made up here; null: one can. */
export function whyNoDisplay(): string | null {
  if (process.platform !== 'linux') return 'a screen is made up with Xvfb, on Linux only';
  const dirs = (process.env['PATH'] ?? '').split(delimiter);
  return dirs.some((dir) => existsSync(join(dir, 'Xvfb'))) ? null : 'Xvfb is not installed';
}

/** A screen that nobody sees, on a number that is free. */
export async function startDisplay(): Promise<Display> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const number = await new Promise<string>((resolve, reject) => {
    let text = '';
    server.once('error', reject);
    void ended.then(() => reject(new Error('Xvfb has ended')));
    server.stdio[3]?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.endsWith('\n')) resolve(text.trim());
    });
  });
  return {
    name: `:${number}`,
    async stop() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}
