import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainingAccounts } from './facts';
import { seededFleet, type Line } from './fleet';
import { helpText } from './options';
import { SOON, connect, freeIccid, send, type TestClient } from './test-client';

let dir = '';
let program = '';
const started: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'simulator-'));
  program = join(dir, 'simulator.js');
  const entryPoints = [fileURLToPath(new URL('main.ts', import.meta.url))];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'error' });
}, 60_000);
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function spawnProgram(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

async function run(...args: string[]): Promise<Ended> {
  const child = spawnProgram(...args);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

interface Running {
  readonly child: ChildProcess;
  readonly hello: { listening: boolean; port: number; url: string; pid: number; restored: boolean };
}

async function start(...args: string[]): Promise<Running> {
  const child = spawnProgram(...args);
  if (child.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, hello: JSON.parse(line) as Running['hello'] };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
  return child.exitCode;
}

describe('command line', () => {
  test('help goes to standard output', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out).toBe(helpText());
  });

  test('wrong usage is exit code 2, with the reason and a hint', async () => {
    const { code, out, err } = await run('--ports', '1');
    expect([code, out, err]).toEqual([2, '', "Unknown option '--ports'\nTry --help.\n"]);
  });

  test('a port that is taken is a failure, not a usage', async () => {
    const { child, hello } = await start('--lines', '3');
    const second = await run('--port', String(hello.port));
    expect([second.code, second.err]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
    expect(await end(child, 'SIGINT')).toBe(0);
  });

  test('it says one line when it listens, and ends well on SIGTERM', async () => {
    const { child, hello } = await start('--lines', '3');
    expect(hello).toMatchObject({
      listening: true,
      url: `http://127.0.0.1:${hello.port}`,
      pid: child.pid,
      restored: false,
    });
    expect((await send(`${hello.url}/__control/health`, {})).json['pid']).toBe(child.pid);
    expect(await end(child, 'SIGTERM')).toBe(0);
  });
});

test('killed again and again in the middle of its work, it has every swap it answered for, and none twice', async () => {
  const state = join(dir, 'kill.jsonl');
  const args = ['--state', state, '--lines', '600', '--accounts', '1', '--latency-ms', '0-20'];
  const lines = seededFleet(600, 1, 1).filter((line) => line.state === 'active');
  const accounts = trainingAccounts(1);
  const answered = new Map<string, Line>();
  let next = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const { child, hello } = await start(...args);
    const mine = await connect({ url: hello.url, accounts });
    const worker = async (): Promise<void> => {
      for (;;) {
        const number = next;
        next += 1;
        const line = lines[number];
        if (line === undefined || !(await swapped(mine, line, freeIccid(number)))) return;
        answered.set(freeIccid(number), line);
      }
    };
    const work = Promise.all(Array.from({ length: 8 }, worker));
    const goal = answered.size + 25;
    await expect.poll(() => answered.size, { ...SOON, interval: 1 }).toBeGreaterThan(goal);
    await end(child, 'SIGKILL');
    await work;
  }
  const { child, hello } = await start(...args);
  await send(`${hello.url}/__control/callbacks/deliver`, { method: 'POST' });
  const summary = (await send(`${hello.url}/__control/state`, {})).json as {
    swaps: { doubles: number; repeats: number };
  };
  const swaps = JSON.parse((await send(`${hello.url}/__control/swaps`, {})).text) as {
    line: string;
    to: { iccid: string };
  }[];
  await end(child, 'SIGTERM');
  expect(summary.swaps).toMatchObject({ doubles: 0, repeats: 0, failed: 0, waiting: 0 });
  expect(new Set(swaps.map(({ line }) => line)).size).toBe(swaps.length);
  const done = new Map(swaps.map(({ line, to }) => [to.iccid, line]));
  const lost = [...answered].filter(([iccid, line]) => done.get(iccid) !== String(line.deviceId));
  expect(lost).toEqual([]);
}, 60_000);

/** False when the connection broke: nobody was answered for that one. */
async function swapped(mine: TestClient, line: Line, iccid: string): Promise<boolean> {
  try {
    return (await mine.swapIccid(line.iccid, iccid)).status === 200;
  } catch {
    return false;
  }
}
