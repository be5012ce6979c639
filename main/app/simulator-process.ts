import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { workFailed } from '../../shared/domain/fault';
import { writeFileAtomically } from '../lib/atomic-file';
import type { Home } from './home';
import type { ProgramFiles } from './program-files';

/** How the simulator is started: its own file under Node; inside Electron the same program with a switch. */
function simulatorCommand(program: ProgramFiles): { command: string; args: string[] } {
  if (process.versions['electron'] === undefined) return { command: process.execPath, args: [program.simulator] };
  // The fuse that would let Electron run as Node is off. Unpacked, Electron takes the application's file first.
  const unpacked = 'defaultApp' in process ? [join(program.distDir, 'electron.js')] : [];
  return { command: process.execPath, args: [...unpacked, '--run-simulator'] };
}

/** Runs the simulator in the foreground with a person's own options. @returns its exit code */
export async function runSimulatorProcess(
  program: ProgramFiles,
  options: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const { command, args } = simulatorCommand(program);
  const child = spawn(command, [...args, ...options], { stdio: 'inherit' });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, killedBy) => resolve(code ?? (killedBy === null ? 1 : 0)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const trainingSchema = z.object({
  simulatorPort: z.number().int(),
  callbackPorts: z.array(z.number().int()).length(3),
  lines: z.number().int(),
  /** Users, providers and lines are all there. */
  seeded: z.boolean(),
});
/** What a training folder has fixed for good: ports and size of the fleet. */
export type Training = z.infer<typeof trainingSchema>;

const trainingFile = (home: Home): string => join(home.dir, 'training.json');

export function readTraining(home: Home): Training | null {
  if (!existsSync(trainingFile(home))) return null;
  return trainingSchema.parse(JSON.parse(readFileSync(trainingFile(home), 'utf8')));
}

export async function makeTraining(home: Home, lines: number): Promise<Training> {
  const [simulatorPort, ...callbackPorts] = await freePorts(4);
  return writeTraining(home, trainingSchema.parse({ simulatorPort, callbackPorts, lines, seeded: false }));
}

export async function writeTraining(home: Home, training: Training): Promise<Training> {
  await writeFileAtomically(trainingFile(home), `${JSON.stringify(training)}\n`);
  return training;
}

const START_LIMIT_MS = 15_000;
const STOP_LIMIT_MS = 5_000;

const urlOf = (training: Training): string => `http://127.0.0.1:${training.simulatorPort}`;

/** Attaches to the folder's simulator, or starts it as a process of its own that survives this one. */
export async function ensureSimulator(home: Home, training: Training): Promise<void> {
  if (!(await answers(urlOf(training)))) await start(home, training, urlOf(training));
}

/** Ends the folder's simulator, also one that has outlived the Swapdesk that started it. */
export async function stopSimulator(home: Home, training: Training): Promise<void> {
  const url = urlOf(training);
  const pid = await simulatorPid(url);
  if (pid === null) return;
  process.kill(pid, 'SIGTERM');
  const deadline = home.clock.now() + STOP_LIMIT_MS;
  while ((await answers(url)) && home.clock.now() < deadline) await home.clock.sleep(50);
}

async function start(home: Home, training: Training, url: string): Promise<void> {
  const dir = join(home.dir, 'simulator');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const logFile = openSync(join(dir, 'simulator.log'), 'a', 0o600);
  const { command, args } = simulatorCommand(home.program);
  const options = [
    '--port',
    training.simulatorPort,
    '--lines',
    training.lines,
    '--seed',
    1,
    '--state',
    join(dir, 'state.jsonl'),
  ];
  const child = spawn(command, [...args, ...options.map(String)], {
    detached: true,
    stdio: ['ignore', logFile, logFile],
  });
  closeSync(logFile);
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  child.unref();
  const deadline = home.clock.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (ended || home.clock.now() > deadline) {
      throw workFailed({
        code: 'simulator-not-started',
        what: 'The training simulator did not start',
        where: join(dir, 'simulator.log'),
        why: `nothing answers at ${url}`,
        todo: 'Read that log. If another program has taken the port, stop it.',
      });
    }
    await home.clock.sleep(50);
  }
}

const healthSchema = z.object({ pid: z.number().int().positive() });

async function simulatorPid(url: string): Promise<number | null> {
  try {
    const answer = await fetch(`${url}/__control/health`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok ? healthSchema.parse(await answer.json()).pid : null;
  } catch {
    // Nobody listens, or somebody else does: either way there is no simulator of ours.
    return null;
  }
}

async function answers(url: string): Promise<boolean> {
  return (await simulatorPid(url)) !== null;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
