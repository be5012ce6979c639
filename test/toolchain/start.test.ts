import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/build-stamp.mjs';
import manifest from '../../package.json' with { type: 'json' };
import { skipBecause } from '../support/skip';

// `npm start` itself, over a stand-in for the built program: what npm and its shell make of a signal can't be told from
// the script alone.
let dir: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  writeFileSync(join(dir, file), text);
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-start-'));
  for (const folder of ['scripts', 'main/shells/chromium'])
    cpSync(join(root, folder), join(dir, folder), { recursive: true });
  write('package.json', JSON.stringify({ type: 'module', scripts: { start: manifest.scripts.start } }));
  write('node_modules/electron/package.json', JSON.stringify({ version: '1.0.0' }));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function startUntil(word: string) {
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' };
  const npm = spawn('npm', ['start', '--', '--rows', '5'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  npm.stdout.setEncoding('utf8');
  for await (const part of npm.stdout.iterator({ destroyOnReturn: false })) {
    output += String(part);
    if (output.includes(word)) break;
  }
  npm.stdout.on('data', (part) => (output += String(part)));
  return { npm, output: () => output };
}

describe('npm start', () => {
  beforeEach(skipBecause(process.platform === 'win32' ? 'Windows has no SIGTERM' : null));

  it('says which shell and why, passes arguments on, and ends with exit code 0 on SIGTERM', async () => {
    write(
      'dist/cli.js',
      `const timer = setInterval(() => {}, 1000);
       process.on('SIGTERM', () => { console.log('closed in order'); clearInterval(timer); });
       console.log('running', process.pid, ...process.argv.slice(2));`,
    );
    const { npm, output } = await startUntil('running');
    npm.kill('SIGTERM');
    expect(await once(npm, 'close')).toEqual([0, null]);
    expect(output()).toMatch(
      /in the terminal demonstration: there is no display\.\nrunning \d+ demo --rows 5\nclosed in order\n$/,
    );
  });

  it("ends with the program's own exit code", async () => {
    write('dist/cli.js', "console.log('running'); process.exitCode = 3;");
    const { npm } = await startUntil('running');
    expect(await once(npm, 'close')).toEqual([3, null]);
  });
});
