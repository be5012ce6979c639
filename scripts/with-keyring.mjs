#!/usr/bin/env node
// Runs a command beside a keychain of its own: on Linux a private D-Bus session with a gnome-keyring whose files are
// thrown away afterwards, so that a test never asks for, nor writes to, the person's keychain. Elsewhere, and where
// these programs are missing, the command runs as it is.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './build-stamp.mjs';
import { hasCommand } from './system-packages.mjs';

// The daemon ends with its session. dbus-daemon's standard error is dropped (as root it complains of a limit that does not
// matter): ours comes as file 3, and is put back for the command.
const inSession = `
  exec 2>&3 3>&-
  printf swapdesk-tests |
    XDG_DATA_HOME="$SWAPDESK_KEYRING_DIR" gnome-keyring-daemon --unlock --components=secrets \\
      --control-directory="$SWAPDESK_KEYRING_DIR/control" > /dev/null 2>&1
  unset SWAPDESK_KEYRING_DIR
  exec "$@"`;

/** @param {NodeJS.Platform} platform @param {NodeJS.ProcessEnv} env */
export function canHaveKeyring(platform, env) {
  const machine = { platform, env, exists: existsSync };
  return (
    platform === 'linux' &&
    ['dbus-run-session', 'gnome-keyring-daemon', 'bash'].every((name) => hasCommand(name, machine))
  );
}

/**
 * @param {readonly [string, ...string[]]} command
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code
 */
export function runWithKeyring(command, { env = process.env } = {}) {
  // The programs of node_modules by name, also when npm did not start us.
  const path = [join(root, 'node_modules', '.bin'), env.PATH].join(delimiter);
  const keyringDir = canHaveKeyring(process.platform, env) ? mkdtempSync(join(tmpdir(), 'swapdesk-keyring-')) : null;
  const [program, ...args] =
    keyringDir === null
      ? command
      : /** @type {const} */ (['dbus-run-session', '--', 'bash', '-c', inSession, 'bash', ...command]);
  const childEnv = { ...env, PATH: path, ...(keyringDir !== null && { SWAPDESK_KEYRING_DIR: keyringDir }) };
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = keyringDir === null ? 'inherit' : ['inherit', 'inherit', 'ignore', 2];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: childEnv, stdio, shell: process.platform === 'win32' });
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.once('SIGTERM', forward).once('SIGINT', forward);
    const tidy = () => {
      process.off('SIGTERM', forward).off('SIGINT', forward);
      if (keyringDir !== null) rmSync(keyringDir, { recursive: true, force: true });
    };
    child.on('error', (error) => {
      tidy();
      reject(error);
    });
    child.on('close', (code, signal) => {
      tidy();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [program, ...args] = process.argv.slice(2);
  if (program === undefined) {
    console.error('Usage: node scripts/with-keyring.mjs COMMAND [ARGUMENT…]');
    process.exit(2);
  }
  process.exitCode = await runWithKeyring([program, ...args]);
}
