import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/build-stamp.mjs';

/** A small source tree with the compiler settings of the real one, inside the repository so that packages resolve. */
export function plantTree(files: Readonly<Record<string, string>>) {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const dir = mkdtempSync(join(cache, 'planted-'));
  const all = {
    'tsconfig.json': JSON.stringify({ extends: '../../tsconfig.json', include: ['**/*.ts', '**/*.tsx'], exclude: [] }),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
