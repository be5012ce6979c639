// Is dist/ what the sources say? Runs before every start, so it imports nothing but Node.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const distDir = join(root, 'dist');
const stampFile = 'build-stamp.json';

const sourceDirs = ['shared', 'main', 'preload', 'renderer', 'simulator'];
const sourceFiles = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'scripts/build.mjs',
  'scripts/entries.mjs',
];
const notBuilt = /\.(test|spec)\.tsx?$|\.md$/;

/** @param {string} dir @returns {string[]} */
function filesBelow(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !notBuilt.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * A digest over the contents of all inputs. Contents, not times: a checkout or a copy touches every time, and reading
 * a few hundred small files costs about 20 ms.
 * @param {string} [base]
 */
export function inputsDigest(base = root) {
  const hash = createHash('sha256');
  const files = [
    ...sourceFiles.map((file) => join(base, file)).filter((file) => existsSync(file)),
    ...sourceDirs.flatMap((dir) => filesBelow(join(base, dir))),
  ];
  for (const file of files.sort()) {
    const content = readFileSync(file);
    hash.update(`${relative(base, file).replaceAll('\\', '/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} digest
 * @param {string} [dist]
 */
export function isBuilt(digest, dist = distDir) {
  try {
    const stamp = JSON.parse(readFileSync(join(dist, stampFile), 'utf8'));
    return stamp.digest === digest && stamp.outputs.every((/** @type {string} */ file) => existsSync(join(dist, file)));
  } catch {
    return false;
  }
}

/** @param {string} digest @param {readonly string[]} outputs */
export function stampText(digest, outputs) {
  return JSON.stringify({ digest, outputs }, null, 2) + '\n';
}

export { stampFile };
