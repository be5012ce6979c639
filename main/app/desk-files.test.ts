import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemIds } from '../lib/ids';
import { createDeskFiles } from './desk-files';
import type { Home } from './home';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = () => createDeskFiles({ dir, ids: systemIds } as unknown as Home);
const LIST = 'old iccid\tnew iccid\n89148000000842590078\t89882110000005300811\n';

test('pasted rows are a file like any other, readable by nobody else, and gone with the window', async () => {
  const files = open();
  const source = await files.paste(LIST);
  expect(source).toMatchObject({ name: 'pasted list', sizeBytes: Buffer.byteLength(LIST) });
  const path = files.pathOf(source.sourceId);
  expect(await readFile(path, 'utf8')).toBe(LIST);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o077).toBe(0);
  expect((await files.paste(LIST)).sourceId).not.toBe(source.sourceId);
  await files.forget();
  expect(await readdir(dir)).toEqual([]);
});

test('what a window that died has left is removed before anything is pasted', async () => {
  await mkdir(join(dir, 'pasted-AbCdEf'));
  await mkdir(join(dir, 'users'));
  const files = open();
  await files.paste(LIST);
  expect((await readdir(dir)).filter((name) => name === 'pasted-AbCdEf')).toEqual([]);
  await files.forget();
  expect(await readdir(dir)).toEqual(['users']);
});

test('a file that was never handed over is not at hand', () => {
  expect(() => open().pathOf('unknown')).toThrow('no longer at hand');
});
