#!/usr/bin/env node
// Checks the import rules of .dependency-cruiser.mjs. Not the tool's own command line: with a compiler that it does not
// know it reports "0 modules" and passes, so we compare what it saw with what is there.
import { cruise, format } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import config from '../.dependency-cruiser.mjs';
import { root } from './build-stamp.mjs';

const folders = ['shared', 'main', 'preload', 'renderer', 'simulator'];

/** @param {string} baseDir @returns {string[]} */
function sourceFiles(baseDir) {
  return folders
    .filter((folder) => existsSync(join(baseDir, folder)))
    .flatMap((folder) =>
      readdirSync(join(baseDir, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
}

/** @param {string} [baseDir] */
export async function checkBoundaries(baseDir = root) {
  const files = sourceFiles(baseDir);
  const { enhancedResolveOptions, ...options } = config.options ?? {};
  const previous = process.cwd();
  // The tool resolves the compiler's settings from the current folder.
  process.chdir(baseDir);
  try {
    const { output } = await cruise(
      folders.filter((folder) => existsSync(join(baseDir, folder))),
      { ...options, baseDir, validate: true, ruleSet: { forbidden: config.forbidden ?? [] } },
      enhancedResolveOptions,
      { tsConfig: extractTSConfig(join(baseDir, 'tsconfig.json')) },
    );
    if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text instead of a result');
    const seen = new Set(output.modules.map((module) => module.source));
    const unseen = files.filter((file) => !seen.has(file));
    return { result: output, modules: files.length - unseen.length, unseen };
  } finally {
    process.chdir(previous);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { result, modules, unseen } = await checkBoundaries();
  const report = await format(result, { outputType: 'err-long' });
  if (typeof report.output === 'string') console.log(report.output.trim());
  if (modules === 0 || unseen.length > 0) {
    console.error(
      `dependency-cruiser saw ${modules} of our files and missed ${unseen.length}: ${unseen.slice(0, 5).join(', ')}`,
    );
    process.exitCode = 1;
  } else if (report.exitCode !== 0) {
    process.exitCode = 1;
  }
}
