import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/build-stamp.mjs';
import { tallyVariable } from '../../scripts/reporters/tally.mjs';

let dir: string;
beforeEach(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  dir = mkdtempSync(join(root, '.cache', 'tally-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a planted test file under the real runner with the reporter that `npm test` uses. */
function runPlanted(file: string, text: string, runner: string, args: readonly string[]) {
  writeFileSync(join(dir, file), text);
  const tally = join(dir, 'tally.json');
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', runner), ...args], {
    cwd: dir,
    env: { ...process.env, [tallyVariable]: tally },
  });
  return { status, tally: JSON.parse(readFileSync(tally, 'utf8')) };
}

describe('the tally', () => {
  it('of vitest counts, and keeps why a test was skipped', () => {
    const planted = `
      import { beforeAll, describe, expect, it } from 'vitest';
      it('passes', () => {});
      it('fails', () => expect(1).toBe(2));
      it('waits', (context) => context.skip('no printer here'));
      it.skip('sleeps', () => {});
      describe('a hook', () => {
        beforeAll(() => { throw new Error('no server'); });
        it('never runs', () => {});
      });`;
    const { status, tally } = runPlanted('planted.test.mjs', planted, 'vitest/vitest.mjs', [
      'run',
      '--root',
      dir,
      '--reporter',
      join(root, 'scripts/reporters/vitest.mjs'),
    ]);
    expect(status).toBe(1);
    expect(tally).toEqual({
      passed: 1,
      failed: ['planted.test.mjs > fails', 'planted.test.mjs > a hook: no server'],
      skipped: [
        { name: 'planted.test.mjs > waits', reason: 'no printer here' },
        { name: 'planted.test.mjs > sleeps', reason: 'no reason given' },
        { name: 'planted.test.mjs > a hook > never runs', reason: 'no reason given' },
      ],
    });
  });

  it('of Playwright counts, and keeps why a test was skipped', () => {
    const planted = `
      import { expect, test } from '@playwright/test';
      test('passes', () => {});
      test('fails', () => expect(1).toBe(2));
      test('waits', () => test.skip(true, 'no browser here'));`;
    const { status, tally } = runPlanted('planted.spec.mjs', planted, '@playwright/test/cli.js', [
      'test',
      '--reporter',
      join(root, 'scripts/reporters/playwright.mjs'),
    ]);
    expect(status).toBe(1);
    expect(tally).toEqual({
      passed: 1,
      failed: ['planted.spec.mjs > fails'],
      skipped: [{ name: 'planted.spec.mjs > waits', reason: 'no browser here' }],
    });
  });
});
