import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { externalPackages } from '../../scripts/entries.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface BuiltWorker {
  readonly url: URL;
  remove(): Promise<void>;
}

/** The import worker as the build makes it, in a folder of its own inside the repository: it must find node_modules. */
export async function buildImportWorker(): Promise<BuiltWorker> {
  const dir = await mkdtemp(join(root, 'node_modules', '.swapdesk-test-'));
  const file = join(dir, 'import-worker.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['main/workers/import-worker.ts'],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: externalPackages,
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    loader: { '.sql': 'text' },
    logLevel: 'warning',
  });
  return { url: pathToFileURL(file), remove: () => rm(dir, { recursive: true, force: true }) };
}
