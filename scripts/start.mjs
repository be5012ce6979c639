#!/usr/bin/env node
// `npm start`: the window in Electron or in an installed Chromium, or the demonstration in the terminal.
//   npm start -- --shell electron|chromium|terminal   takes that one
// Everything else is passed on.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findChromium } from '../main/shells/chromium/find-chromium.mjs';
import { distDir, root } from './build-stamp.mjs';
import { chooseShell, exitCodeOf, hasDisplay, shellNames } from './choose-shell.mjs';

const fetchLimitMs = 10_000;
const electronDir = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
const electronVersion = JSON.parse(readFileSync(join(electronDir, 'package.json'), 'utf8')).version;
const refusalFile = join(root, 'node_modules', '.cache', 'swapdesk', 'electron-refused.json');

/** @type {import('node:child_process').ChildProcess | null} */
let child = null;
let wasAskedToStop = false;
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  process.on(signal, () => {
    wasAskedToStop = true;
    // Ctrl+C reaches the whole group, and a second one would mean "at once".
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child?.kill(signal);
  });
}

/**
 * Runs a program to its end; null when it could not be run, or took longer than it may.
 * @param {string} program @param {readonly string[]} args @param {{ limitMs?: number, quiet?: boolean }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, text: string }>}
 */
function runChild(program, args, { limitMs = 0, quiet = false } = {}) {
  return new Promise((resolve) => {
    const running = spawn(program, args, { cwd: root, stdio: quiet ? ['ignore', 'ignore', 'pipe'] : 'inherit' });
    child = running;
    let text = '';
    running.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ part) => (text += part));
    const timer = limitMs > 0 ? setTimeout(() => running.kill('SIGKILL'), limitMs) : undefined;
    /** @param {number | null} code @param {NodeJS.Signals | null} signal */
    const end = (code, signal) => {
      clearTimeout(timer);
      child = null;
      resolve({ code, signal, text });
    };
    running.on('error', (error) => {
      text += error.message;
      end(1, null);
    });
    running.on('close', end);
  });
}

/** As the package's own index.js finds it, which would fetch on the way. */
function electronProgram() {
  try {
    const program = join(electronDir, 'dist', readFileSync(join(electronDir, 'path.txt'), 'utf8'));
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/** @returns {import('./choose-shell.mjs').ElectronState} */
function electronState() {
  const program = electronProgram();
  if (program !== null) return { kind: 'here', program };
  try {
    const refusal = JSON.parse(readFileSync(refusalFile, 'utf8'));
    return refusal.version === electronVersion
      ? { kind: 'refused', at: refusal.at, reason: refusal.reason }
      : { kind: 'absent' };
  } catch {
    return { kind: 'absent' };
  }
}

async function fetchElectron() {
  console.log(`Fetching Electron ${electronVersion} (at most ${fetchLimitMs / 1000} s) …`);
  const { code, signal, text } = await runChild(process.execPath, [join(electronDir, 'install.js')], {
    limitMs: fetchLimitMs,
    quiet: true,
  });
  if (code === 0 && electronProgram() !== null) return rmSync(refusalFile, { force: true });
  if (wasAskedToStop) return;
  const firstLine =
    text
      .trim()
      .split('\n')[0]
      ?.replace(/^\w*Error: /, '') ?? '';
  const reason =
    signal === 'SIGKILL' ? `no answer within ${fetchLimitMs / 1000} s` : firstLine.slice(0, 120) || `exit code ${code}`;
  mkdirSync(dirname(refusalFile), { recursive: true });
  writeFileSync(refusalFile, JSON.stringify({ version: electronVersion, at: Date.now(), reason }));
}

/** @returns {{ wish: import('./choose-shell.mjs').ShellName | null, passedOn: string[] }} */
function readArguments() {
  const passedOn = process.argv.slice(2);
  const at = passedOn.indexOf('--shell');
  if (at === -1) return { wish: null, passedOn };
  const [, name] = passedOn.splice(at, 2);
  const wish = shellNames.find((known) => known === name);
  if (wish === undefined) {
    console.error(`--shell takes ${shellNames.join(', ')}, not "${name ?? ''}".`);
    process.exit(2);
  }
  return { wish, passedOn };
}

/** @param {import('./choose-shell.mjs').ShellName} shell @param {readonly string[]} passedOn @returns {[string, string[]]} */
function commandOf(shell, passedOn) {
  if (shell === 'chromium') return [process.execPath, [join(distDir, 'chromium.js'), ...passedOn]];
  if (shell === 'terminal') return [process.execPath, [join(distDir, 'cli.js'), 'demo', ...passedOn]];
  // Chromium's sandbox does not work for root: then, and only then, it goes.
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  if (asRoot) console.log('Running as root, so Electron runs without its sandbox.');
  return [electronProgram() ?? '', [...(asRoot ? ['--no-sandbox'] : []), root, ...passedOn]];
}

async function start() {
  const { wish, passedOn } = readArguments();
  const choose = () =>
    chooseShell({
      hasDisplay: hasDisplay(process.platform, process.env),
      electron: electronState(),
      chromium: findChromium({ platform: process.platform, env: process.env }),
      now: Date.now(),
      wish,
    });
  // Who asks for Electron by name wants it tried again.
  if (wish === 'electron') rmSync(refusalFile, { force: true });

  let choice = choose();
  if (choice.shell === 'fetch-electron') {
    await fetchElectron();
    if (wasAskedToStop) return 0;
    choice = choose();
  }
  if (choice.shell === 'none' || choice.shell === 'fetch-electron') {
    console.error(choice.why);
    return 1;
  }
  const titles = { electron: 'Electron', chromium: 'an installed Chromium', terminal: 'the terminal demonstration' };
  console.log(`Starting Swapdesk in ${titles[choice.shell]}: ${choice.why}.`);
  const { code, signal, text } = await runChild(...commandOf(choice.shell, passedOn));
  if (text !== '') console.error(text);
  return exitCodeOf(code, signal, wasAskedToStop);
}

process.exitCode = await start();
