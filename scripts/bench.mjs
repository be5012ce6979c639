#!/usr/bin/env node
// Runs the benchmarks: every bench/*.bench.ts in a process of its own, one after the other.
//   npm run bench -- import store              only these
//   npm run bench -- import --rows 100000      a quick look; --rounds 3, --only 'whole import,papaparse parse'
import { build as bundle } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-stamp.mjs';
import { externalPackages } from './entries.mjs';

const args = process.argv.slice(2);
const firstFlag = args.findIndex((arg) => arg.startsWith('--'));
const words = firstFlag === -1 ? args : args.slice(0, firstFlag);
const flags = firstFlag === -1 ? [] : args.slice(firstFlag);
const dir = join(root, 'bench');
const names = (existsSync(dir) ? readdirSync(dir) : [])
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => words.length === 0 || words.includes(file.replace('.bench.ts', '')));
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
  const script = join(outdir, name.replace(/\.ts$/, '.mjs'));
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', script, ...flags], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
