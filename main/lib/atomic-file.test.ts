import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomically } from './atomic-file';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('writes a private file and leaves nothing else behind', async () => {
  await writeFileAtomically(join(dir, 'a.json'), '{"a":1}');
  await writeFileAtomically(join(dir, 'a.json'), '{"a":2}');
  expect(await readFile(join(dir, 'a.json'), 'utf8')).toBe('{"a":2}');
  expect((await stat(join(dir, 'a.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(['a.json']);
});

it('keeps the old file when the new one can not be put in its place', async () => {
  await mkdir(join(dir, 'taken'));
  await writeFile(join(dir, 'taken', 'inside'), 'still here');
  await expect(writeFileAtomically(join(dir, 'taken'), 'new')).rejects.toThrow();
  expect(await readFile(join(dir, 'taken', 'inside'), 'utf8')).toBe('still here');
});
