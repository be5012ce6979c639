import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../../dist/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the one JSON document that `--json` promises. */
  json<T = Record<string, unknown>>(): T;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  stderr(): string;
}

/** The built program on a data folder of its own, as a script would use it. */
export interface Desk {
  readonly home: string;
  run(words: readonly string[], extra?: RunExtra): Promise<Ended>;
  start(words: readonly string[], extra?: RunExtra): Running;
  /** Removes the folder. */
  dispose(): void;
}

export interface RunExtra {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export function newFolder(prefix: string): string {
  const dir = mkdtempSync(join(tmpdir(), `swapdesk-${prefix}-`));
  chmodSync(dir, 0o700);
  return dir;
}

export function newDesk(env: Readonly<Record<string, string>> = {}, home = join(newFolder('cli'), 'home')): Desk {
  const start = (words: readonly string[], extra: RunExtra = {}): Running =>
    startProgram([...words, '--home', home], { ...env, ...extra.env }, extra.stdin ?? '');
  return {
    home,
    start,
    run: (words, extra) => start(words, extra).ended,
    dispose: () => rmSync(resolve(home, '..'), { recursive: true, force: true }),
  };
}

function startProgram(words: readonly string[], env: Readonly<Record<string, string>>, stdin: string): Running {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...keyringOf(process.env), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  child.stdin.on('error', () => undefined).end(stdin);
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => {
      done({ code, signal, stdout, stderr, json: () => parseOne(stdout, stderr) });
    });
  });
  return { process: child, ended, stderr: () => stderr };
}

function parseOne<T>(stdout: string, stderr: string): T {
  try {
    return JSON.parse(stdout) as T;
  } catch (error) {
    throw new Error(`standard output is not one JSON document:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** The private session in which a test's keychain lives. */
function keyringOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['DBUS_SESSION_BUS_ADDRESS', 'GNOME_KEYRING_CONTROL', 'XDG_RUNTIME_DIR'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
