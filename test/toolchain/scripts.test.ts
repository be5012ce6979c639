import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputsDigest, isBuilt, root } from '../../scripts/build-stamp.mjs';
import { canHaveKeyring } from '../../scripts/with-keyring.mjs';

const runScript = (name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [join(root, 'scripts', name), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('with-keyring', () => {
  it("passes the command's output and exit code on", () => {
    const { status, stdout, stderr } = runScript('with-keyring.mjs', [
      'node',
      '-e',
      "console.log('out'); console.error('err'); process.exit(7);",
    ]);
    expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('gives the command a keychain that forgets', (context) => {
    if (!canHaveKeyring(process.platform, process.env)) context.skip('no dbus-run-session and gnome-keyring here');
    const round =
      "const k = require('keytar'); k.getPassword('a', 'b').then(async (old) => { await k.setPassword('a', 'b', 'c'); console.log(old, await k.getPassword('a', 'b')); });";
    for (const attempt of [1, 2]) {
      const { stdout } = runScript('with-keyring.mjs', ['node', '-e', round]);
      expect([attempt, stdout]).toEqual([attempt, 'null c\n']);
    }
  });
});

describe('the set-up', () => {
  it('does nothing and says nothing when all is done', (context) => {
    if (!isBuilt(inputsDigest())) context.skip('the sources have changed since the build; `npm test` builds first');
    const { status, stdout, stderr } = runScript('setup.mjs', []);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('start', () => {
  it('refuses a shell that it does not know', () => {
    const { status, stderr } = runScript('start.mjs', ['--shell', 'netscape']);
    expect(status).toBe(2);
    expect(stderr).toBe('--shell takes electron, chromium, terminal, not "netscape".\n');
  });

  it('says what is missing when the wished window cannot be shown', (context) => {
    if (process.platform !== 'linux') context.skip('only Linux can be without a display');
    const { status, stderr } = runScript('start.mjs', ['--shell', 'chromium'], { DISPLAY: '', WAYLAND_DISPLAY: '' });
    expect(status).toBe(1);
    expect(stderr).toBe('There is no display to show the chromium window on.\n');
  });
});

describe('bench', () => {
  it('names what it cannot find', () => {
    const { status, stderr } = runScript('bench.mjs', ['no-such-thing']);
    expect(status).toBe(1);
    expect(stderr).toContain('no-such-thing');
  });
});

describe('test', () => {
  it('refuses a step that it does not know, and names those there are', () => {
    const { status, stderr } = runScript('test.mjs', ['no-such-step']);
    expect(status).toBe(2);
    expect(stderr).toContain('integration');
  });
});
