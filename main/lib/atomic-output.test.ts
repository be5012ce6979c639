import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainOutputFault, writeAtomically } from './atomic-output';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-output-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('writeAtomically', () => {
  it('writes what it is given, private, and says its digest', async () => {
    const file = join(dir, 'report.txt');
    const written = await writeAtomically(file, async (write) => {
      for (let index = 0; index < 1_000; index += 1) await write(`Łódź ${'x'.repeat(500)}\n`);
      await write(new Uint8Array([1, 2, 3]));
    });
    const bytes = await readFile(file);
    expect(bytes.length).toBe(1_000 * (7 + 1 + 500 + 1) - 1_000 + 1_000 + 3);
    expect(written).toEqual({ sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['report.txt']);
  });

  it('keeps the older file when the work fails half-way', async () => {
    const file = join(dir, 'report.txt');
    await writeFile(file, 'older');
    const work = writeAtomically(file, async (write) => {
      await write('half');
      throw new Error('no more');
    });
    await expect(work).rejects.toThrow('no more');
    expect(await readFile(file, 'utf8')).toBe('older');
    expect(await readdir(dir)).toEqual(['report.txt']);
  });

  it('follows a link to the file it means', async () => {
    await writeFile(join(dir, 'real.txt'), 'older');
    await symlink('real.txt', join(dir, 'link.txt'));
    await writeAtomically(join(dir, 'link.txt'), (write) => write('newer'));
    expect(await readFile(join(dir, 'real.txt'), 'utf8')).toBe('newer');
    expect((await stat(join(dir, 'link.txt'))).isFile()).toBe(true);
  });

  it('writes into a pipe instead of replacing it', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no pipes in its folders');
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [, read] = await Promise.all([writeAtomically(pipe, (write) => write('through')), readFile(pipe, 'utf8')]);
    expect(read).toBe('through');
    expect((await stat(pipe)).isFIFO()).toBe(true);
  });

  it.each([
    ['a folder', (): string => dir, 'EISDIR'],
    ['a missing folder', (): string => join(dir, 'no', 'file'), 'ENOENT'],
  ])('refuses %s', async (_name, place, code) => {
    const work = writeAtomically(place(), (write) => write('x'));
    await expect(work).rejects.toMatchObject({ code });
  });
});

it('explains only what the file system says', () => {
  expect(explainOutputFault(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatchObject({
    why: 'the disk is full',
  });
  expect(explainOutputFault(new Error('a defect'))).toBeNull();
  expect(explainOutputFault('a text')).toBeNull();
});
