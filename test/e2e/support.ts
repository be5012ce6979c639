import { build } from 'esbuild';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { externalPackages } from '../../scripts/entries.mjs';
import type * as applicationModule from './application';
import type { RunningApplication } from './application';

const ROOT = resolve(import.meta.dirname, '../..');
const BUNDLE = join(ROOT, 'node_modules', '.cache', 'swapdesk', 'e2e-application.mjs');

/** Bundles the application as the build does, and starts it on a data folder of its own. */
export async function openApplication(): Promise<RunningApplication & { readonly home: string }> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/e2e/application.ts'],
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...externalPackages],
    loader: { '.sql': 'text' },
    define: { __filename: 'bundleFilename', __dirname: 'bundleDirname' },
    banner: {
      js: [
        "import { createRequire as createRequireForBundle } from 'node:module';",
        'const require = createRequireForBundle(import.meta.url);',
        'const bundleFilename = import.meta.filename;',
        'const bundleDirname = import.meta.dirname;',
      ].join('\n'),
    },
    logLevel: 'error',
  });
  const { startApplication } = (await import(pathToFileURL(BUNDLE).href)) as typeof applicationModule;
  const home = mkdtempSync(join(tmpdir(), 'swapdesk-e2e-'));
  return { ...(await startApplication(home)), home };
}
