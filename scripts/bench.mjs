#!/usr/bin/env node
// Runs the benchmarks: every bench/*.bench.ts in a process of its own, one after the other.
//   npm run bench -- csv queue     only those whose name holds one of these words
import { build as bundle } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-stamp.mjs';
import { externalPackages } from './entries.mjs';

const words = process.argv.slice(2);
const dir = join(root, 'bench');
const names = (existsSync(dir) ? readdirSync(dir) : [])
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (names.length === 0) {
  console.error(
    words.length === 0 ? 'There is no benchmark in bench/ yet.' : `No benchmark is named ${words.join(' or ')}.`,
  );
  process.exit(1);
}

// Beside the sources in depth, so that packages and data files are found as from bench/.
const outdir = join(root, '.cache', 'bench');
await bundle({
  absWorkingDir: root,
  entryPoints: names.map((name) => `bench/${name}`),
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: true,
  // The peers are measured as they come.
  packages: 'external',
  external: externalPackages,
  loader: { '.sql': 'text' },
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
});
for (const name of names) {
  console.log(`\n── ${name}`);
  const args = ['--enable-source-maps', '--expose-gc', join(outdir, name.replace(/\.ts$/, '.mjs'))];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
