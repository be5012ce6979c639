import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireOsLock, isLock, waitForOsLock, type OsLock } from './os-lock';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'swapdesk-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function take(file: string, holder: string): Promise<OsLock> {
  const answer = await acquireOsLock(file, holder);
  if (!isLock(answer)) throw new Error(`taken by ${answer.heldBy}`);
  return answer;
}

test('a second holder in the same process is told who has the lock, and gets it after the release', async () => {
  const file = join(folder, 'deep', 'x.lock');
  const first = await take(file, 'first');
  expect(await acquireOsLock(file, 'second')).toMatchObject({
    heldBy: `first (process ${process.pid})`,
    details: { holder: 'first', pid: process.pid },
  });
  await first.release();
  await first.release();
  expect(existsSync(`${file}.holder`)).toBe(false);
  await (await take(file, 'second')).release();
});

test('waiting ends with the lock as soon as it is free, and with the name of the holder at the time-out', async () => {
  const file = join(folder, 'x.lock');
  const first = await take(file, 'first');
  expect(await waitForOsLock(file, 'second', 120)).toMatchObject({ details: { holder: 'first' } });
  const waiting = waitForOsLock(file, 'second', 5_000);
  await first.release();
  const second = await waiting;
  expect(isLock(second)).toBe(true);
  if (isLock(second)) await second.release();
});

test('the lock of a killed process is free, whatever its name file says', async () => {
  const file = join(folder, 'x.lock');
  const driver = createRequire(import.meta.url).resolve('sqlite3');
  const script = `
    const { Database } = require(${JSON.stringify(driver)});
    const db = new Database(${JSON.stringify(file)}, () => db.exec('BEGIN EXCLUSIVE', () => console.log('held')));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await acquireOsLock(file, 'second')).toMatchObject({ heldBy: 'another process' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await take(file, 'second')).release();
});

test('a folder that cannot be made gives one clear story', async () => {
  await expect(acquireOsLock('/dev/null/x/y.lock', 'first')).rejects.toMatchObject({ code: 'lock-unusable' });
});
