#!/usr/bin/env node
// Builds everything into dist/: main, workers, preload and simulator with esbuild, the renderer with Vite.
//   --force       even if nothing changed
//   --minify      for packages
//   --partial     skip programs whose source does not exist yet (while a part of the tree is being written)
import { build as bundle } from 'esbuild';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { distDir, inputsDigest, isBuilt, root, stampFile, stampText } from './build-stamp.mjs';
import { entries, externalPackages, rendererPage, workersDir } from './entries.mjs';

// CommonJS packages inside an ES module bundle still call require(), and ask for their own file and folder.
const requireInModules = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  'const require = createRequireForBundle(import.meta.url);',
  'const bundleFilename = import.meta.filename;',
  'const bundleDirname = import.meta.dirname;',
].join('\n');
const ownPlace = { __filename: 'bundleFilename', __dirname: 'bundleDirname' };

/** Something that the person who builds can mend; its message is all they need. */
class BuildFault extends Error {}

/** @param {import('./entries.mjs').Entry} entry @returns {import('esbuild').BuildOptions} */
function optionsFor({ kind, source }) {
  if (kind === 'electron-preload') {
    // A sandboxed preload may require nothing but `electron`, and must be CommonJS.
    return { platform: 'node', format: 'cjs', target: 'node24', external: ['electron'] };
  }
  if (kind === 'page-script') return { platform: 'browser', format: 'iife', target: 'chrome130' };
  // esbuild keeps the source's own first line above the banner.
  const hasShebang = readFileSync(join(root, source), 'utf8').startsWith('#!');
  const shebang = kind === 'executable' && !hasShebang ? '#!/usr/bin/env node\n' : '';
  return {
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: externalPackages,
    define: ownPlace,
    banner: { js: shebang + requireInModules },
  };
}

/** @returns {import('./entries.mjs').Entry[]} */
function workerEntries() {
  const dir = join(root, workersDir);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => ({ source: `${workersDir}/${file}`, output: file.replace(/\.ts$/, '.js'), kind: 'node' }));
}

/** @param {import('./entries.mjs').Entry} entry @param {string} outDir @param {boolean} minify */
async function buildEntry(entry, outDir, minify) {
  const outfile = join(outDir, entry.output);
  const { metafile } = await bundle({
    ...optionsFor(entry),
    absWorkingDir: root,
    entryPoints: [entry.source],
    outfile,
    bundle: true,
    minify,
    sourcemap: true,
    loader: { '.sql': 'text' },
    logLevel: 'warning',
    legalComments: 'none',
    // Messages name classes; a minified name would be noise in a log.
    keepNames: minify,
    metafile: true,
  });
  const packages = Object.keys(metafile.inputs).filter((file) => file.includes('node_modules/'));
  if (entry.kind !== 'node' && entry.kind !== 'executable' && packages.length > 0) {
    // It runs beside the page, before everything else: it stays small enough to read.
    throw new BuildFault(
      `${entry.source} must not bring a package into the preload: ${packages.slice(0, 3).join(', ')}.`,
    );
  }
  if (entry.kind === 'executable') chmodSync(outfile, 0o755);
  return [entry.output, `${entry.output}.map`];
}

/** @param {string} outDir */
async function buildRenderer(outDir) {
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(outDir, 'renderer') },
  });
  return ['renderer/index.html'];
}

/**
 * Puts the finished folder in place of dist/ in one step, so that a program that starts meanwhile never sees half a
 * build, and a failed build leaves the last good one.
 * @param {string} finished
 */
function swapIn(finished) {
  const old = `${finished}.old`;
  if (existsSync(distDir)) renameSync(distDir, old);
  try {
    renameSync(finished, distDir);
  } catch (error) {
    // Another build came first, from the same sources.
    if (!existsSync(distDir)) throw error;
    rmSync(finished, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/** @param {{ force?: boolean, minify?: boolean, partial?: boolean, log?: (line: string) => void }} [options] */
export async function build({ force = false, minify = false, partial = false, log = console.error } = {}) {
  const digest = `${inputsDigest()}${minify ? '-minified' : ''}`;
  if (!force && isBuilt(digest)) return false;
  const startedAt = performance.now();

  const wanted = [...entries, ...workerEntries()];
  const missing = [...wanted.map((entry) => entry.source), rendererPage].filter(
    (file) => !existsSync(join(root, file)),
  );
  if (missing.length > 0 && !partial) {
    throw new BuildFault(
      `The build needs ${missing.join(', ')}. Add the file, or take its line out of scripts/entries.mjs.`,
    );
  }

  // At the same depth as dist/, so that the relative paths in source maps stay right after the move.
  const outDir = `${distDir}.${process.pid}`;
  mkdirSync(outDir, { recursive: true });
  try {
    const present = wanted.filter((entry) => !missing.includes(entry.source));
    const tasks = present.map((entry) => buildEntry(entry, outDir, minify));
    if (!missing.includes(rendererPage)) tasks.push(buildRenderer(outDir));
    const results = await Promise.allSettled(tasks);
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined && !partial) throw failure.reason;
    const outputs = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    // Half a build has no stamp: the next one starts anew.
    const isWhole = missing.length === 0 && failure === undefined;
    if (isWhole) writeFileSync(join(outDir, stampFile), stampText(digest, outputs));
    swapIn(outDir);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  log(`Built ${basename(distDir)}/ in ${seconds} s${missing.length > 0 ? `, without ${missing.join(', ')}` : ''}.`);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const flags = new Set(process.argv.slice(2));
  try {
    await build({ force: flags.has('--force'), minify: flags.has('--minify'), partial: flags.has('--partial') });
  } catch (error) {
    // esbuild has shown its own errors already.
    if (error instanceof BuildFault) console.error(error.message);
    else if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
}
