import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDisplay, whyNoDisplay, type Display } from '../support/display';
import { browserProcesses, type LinuxProcess } from '../support/linux-processes';
import { installedChromium } from '../support/shell-driver';
import { skipBecause } from '../support/skip';

/** The built program with a real window on a screen that nobody sees: how it begins, and every way it ends. */
const DIST = resolve(import.meta.dirname, '../../dist');

interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  output(): string;
  /** Resolves with the output when it holds the text; rejects when the program ended before. */
  says(text: string): Promise<string>;
}

let display: Display;
let dir: string;
const running = new Set<Started>();

function start(program: readonly [string, ...string[]], home: string): Started {
  const [command, ...words] = program;
  const { SWAPDESK_USER: _user, SWAPDESK_PASSWORD: _password, ...env } = process.env;
  const child = spawn(command, words, {
    env: { ...env, DISPLAY: display.name, WAYLAND_DISPLAY: '', SWAPDESK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const waiting = new Set<() => void>();
  const collect = (part: string): void => {
    output += part;
    waiting.forEach((look) => look());
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  const started: Started = {
    process: child,
    ended,
    output: () => output,
    says: (text) =>
      new Promise((found, failed) => {
        const look = (): void => {
          if (output.includes(text)) found(output);
        };
        waiting.add(look);
        look();
        void ended.then((code) => failed(new Error(`ended with ${code}, saying:\n${output}`)));
      }),
  };
  running.add(started);
  void ended.then(() => running.delete(started));
  return started;
}

function pidOf(started: Started): number {
  const { pid } = started.process;
  if (pid === undefined) throw new Error('the program did not start');
  return pid;
}

const noDisplay = whyNoDisplay();

beforeAll(async () => {
  if (noDisplay !== null) return;
  display = await startDisplay();
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-window-'));
});
afterEach(async () => {
  for (const left of running) left.process.kill('SIGKILL');
  await Promise.all([...running].map((left) => left.ended));
});
afterAll(async () => {
  if (noDisplay !== null) return;
  await display.stop();
  rmSync(dir, { recursive: true, force: true });
});

const reason = noDisplay ?? (installedChromium() === null ? 'no Chromium is installed' : null);

describe('the real window in an installed Chromium', () => {
  beforeEach(skipBecause(reason));
  const program = [process.execPath, join(DIST, 'chromium.js')] as const;
  const home = (): string => join(dir, 'home');
  const browser = (): readonly LinuxProcess[] => browserProcesses(join(home(), 'training', 'window', 'chromium'));

  it('makes the training workspace, says once that it is ready, and ends well when it is asked to', async () => {
    const first = start(program, home());
    await first.says('window ready');
    expect(browser().length).toBeGreaterThan(0);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output().match(/window ready/g)).toHaveLength(1);
    expect(first.output()).toContain('Making the training workspace');
    await expect.poll(browser).toEqual([]);
  });

  it('does no work twice, and is one for a data folder', async () => {
    const first = start(program, home());
    await first.says('window ready');
    expect(first.output()).not.toContain('Making');
    const second = start(program, home());
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Swapdesk is open already on this data folder (${join(home(), 'training')})`);
    expect(second.output()).toContain(`process ${pidOf(first)}`);
    expect(second.output().trim().split('\n')).toHaveLength(1);
    first.process.kill('SIGINT');
    expect(await first.ended).toBe(0);
  });

  it('says so when the browser dies', async () => {
    const started = start(program, home());
    await started.says('window ready');
    const [own] = browser();
    if (own === undefined) throw new Error('the browser was not found');
    process.kill(own.pid, 'SIGKILL');
    expect(await started.ended).toBe(1);
    expect(started.output()).toContain('swapdesk: The window has crashed. Start Swapdesk again');
    expect(started.output()).not.toMatch(/\n {4}at /);
    await expect.poll(browser).toEqual([]);
  });

  it('leaves no browser behind when it is killed, and opens again', async () => {
    const killed = start(program, home());
    await killed.says('window ready');
    expect(browser().length).toBeGreaterThan(0);
    killed.process.kill('SIGKILL');
    await killed.ended;
    await expect.poll(browser, { timeout: 15_000 }).toEqual([]);
    const next = start(program, home());
    await next.says('window ready');
    next.process.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });

  it('says what is wrong with a data folder that can’t be used', async () => {
    const file = join(dir, 'a-file');
    writeFileSync(file, '');
    const started = start(program, join(file, 'home'));
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(/^swapdesk: The data folder can’t be used \(.*a-file.*\): .*\n$/);
  });
});

/** As the package's own index.js finds it, which would fetch it on the way. */
function electronProgram(): string | null {
  const packageDir = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const pathFile = join(packageDir, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const program = join(packageDir, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(program) ? program : null;
}

const electron = electronProgram();
const electronReason = noDisplay ?? (electron === null ? 'Electron’s binary was not fetched on this machine' : null);

describe('the real window in Electron', () => {
  beforeEach(skipBecause(electronReason));
  it('opens, is one for a data folder, and ends well when it is asked to', async () => {
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const program = [electron ?? '', ...asRoot, resolve(DIST, '..')] as const;
    const home = join(dir, 'electron-home');
    const first = start(program, home);
    await first.says('window ready');
    const second = start(program, home);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('Swapdesk is open already on this data folder');
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(first.output().match(/window ready/g)).toHaveLength(1);
  });
});
