#!/usr/bin/env node
// `npm test`: every check and every test, all of them even if an early one fails, and one summary.
//   npm test -- lint unit      only these steps
//   npm run test:full          the reliability suites at the size of their goals, not at a tenth
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '../main/shells/chromium/find-chromium.mjs';
import { root } from './build-stamp.mjs';
import { tallyVariable } from './reporters/tally.mjs';
import { summarise, tallyOfCheck, tallyOfRun } from './summary.mjs';
import { runWithKeyring } from './with-keyring.mjs';

const tallyDir = join(root, 'test-results', 'tally');

/** @type {Readonly<Record<string, readonly [string, ...string[]]>>} */
const checks = {
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  lint: ['eslint', '--max-warnings', '0', '.'],
  types: ['tsc'],
  boundaries: ['node', 'scripts/boundaries.mjs'],
  'dead code': ['knip'],
};

const vitest = /** @type {const} */ ([
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=./scripts/reporters/vitest.mjs',
]);

/** @type {Readonly<Record<string, readonly [string, ...string[]]>>} */
const runs = {
  toolchain: [...vitest, '--project', 'toolchain'],
  unit: [...vitest, '--project', 'unit-node', '--project', 'unit-dom'],
  integration: [...vitest, '--project', 'integration'],
  e2e: ['playwright', 'test', '--reporter=list,./scripts/reporters/playwright.mjs'],
};

/** @typedef {import('./summary.mjs').StepResult} StepResult */

/** Its output is shown only when it fails, since two run at once. @param {string} name @returns {Promise<StepResult>} */
function check(name) {
  const startedAt = performance.now();
  const [program = '', ...args] = checks[name] ?? [];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (/** @type {string} */ part) => (output += part);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => collect(error.message));
    child.on('close', (code) => {
      const ok = code === 0;
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds.toFixed(1)} s)`);
      if (!ok) console.log(output.trimEnd());
      resolve({ name, ok, seconds, tally: tallyOfCheck(name, ok) });
    });
  });
}

/** @param {string} file @returns {import('./reporters/tally.mjs').Tally | null} */
function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {string} name @returns {Promise<StepResult>} */
async function runTests(name) {
  console.log(`\n── ${name}`);
  if (name === 'e2e' && findChromium({ platform: process.platform, env: process.env }) === null) {
    const reason = 'no Chromium or Chrome is installed; `npm run setup` says how to get one';
    return {
      name,
      ok: true,
      seconds: 0,
      tally: { passed: 0, failed: [], skipped: [{ name: 'all end-to-end tests', reason }] },
    };
  }
  const startedAt = performance.now();
  const file = join(tallyDir, `${name}.json`);
  const [program = '', ...args] = runs[name] ?? [];
  const code = await runWithKeyring([program, ...args], { env: { ...process.env, [tallyVariable]: file } });
  const tally = tallyOfRun(name, code === 0, readTally(file));
  return { name, ok: code === 0 && tally.failed.length === 0, seconds: (performance.now() - startedAt) / 1000, tally };
}

/** @param {readonly string[]} names */
async function runChecks(names) {
  const waiting = [...names];
  /** @type {StepResult[]} */
  const results = [];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) results.push(await check(name));
  };
  // Two: the suite is meant for small machines.
  await Promise.all([work(), work()]);
  return results.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

const isFull = process.argv.includes('--full');
if (isFull) process.env['SWAPDESK_TEST_FULL'] = '1';
const wanted = process.argv.slice(2).filter((word) => word !== '--full');
const known = [...Object.keys(checks), ...Object.keys(runs)];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown step ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}
const isWanted = (/** @type {string} */ name) => wanted.length === 0 || wanted.includes(name);

rmSync(tallyDir, { recursive: true, force: true });
const results = await runChecks(Object.keys(checks).filter(isWanted));
for (const name of Object.keys(runs).filter(isWanted)) results.push(await runTests(name));

const { lines, failed } = summarise(results);
console.log(`\n${lines.join('\n')}`);
process.exitCode = failed > 0 ? 1 : 0;
