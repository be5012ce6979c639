import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputsDigest, isBuilt, stampFile, stampText } from './build-stamp.mjs';

let base: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(base, file)), { recursive: true });
  writeFileSync(join(base, file), text);
};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'swapdesk-stamp-'));
  write('main/cli/main.ts', 'export {};');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('the digest of the sources', () => {
  it.each([
    ['a source', 'main/cli/main.ts'],
    ['a procedure', 'main/centraldb/procedures/a.sql'],
    ['the packages', 'package-lock.json'],
    ['a new file', 'renderer/index.html'],
  ])('changes with %s', (_, file) => {
    const before = inputsDigest(base);
    write(file, 'other');
    expect(inputsDigest(base)).not.toBe(before);
  });

  it('changes when a file is renamed', () => {
    write('main/a.ts', 'same');
    const before = inputsDigest(base);
    rmSync(join(base, 'main/a.ts'));
    write('main/b.ts', 'same');
    expect(inputsDigest(base)).not.toBe(before);
  });

  it('stays with what the build does not read', () => {
    const before = inputsDigest(base);
    write('main/cli/main.test.ts', 'a test');
    write('simulator/README.md', 'words');
    write('docs/guide.md', 'words');
    utimesSync(join(base, 'main/cli/main.ts'), 1, 1);
    expect(inputsDigest(base)).toBe(before);
  });
});

describe('the build', () => {
  it('is done when its stamp says so and its files are there', () => {
    write(`dist/${stampFile}`, stampText('abc', ['cli.js']));
    write('dist/cli.js', '');
    const dist = join(base, 'dist');
    expect(isBuilt('abc', dist)).toBe(true);
    expect(isBuilt('abd', dist)).toBe(false);
    rmSync(join(dist, 'cli.js'));
    expect(isBuilt('abc', dist)).toBe(false);
  });

  it('is not done without a stamp, or with one that cannot be read', () => {
    expect(isBuilt('abc', join(base, 'dist'))).toBe(false);
    write(`dist/${stampFile}`, '{');
    expect(isBuilt('abc', join(base, 'dist'))).toBe(false);
  });
});
