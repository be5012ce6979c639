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

/** A worker as the build makes it, in a folder of its own inside the repository: it must find node_modules. */
export async function buildWorker(name: 'import-worker' | 'draft-worker'): Promise<BuiltWorker> {
  const dir = await mkdtemp(join(root, 'node_modules', '.swapdesk-test-'));
  const file = join(dir, `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`main/workers/${name}.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: externalPackages,
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
    },
    loader: { '.sql': 'text' },
    logLevel: 'warning',
  });
  return { url: pathToFileURL(file), remove: () => rm(dir, { recursive: true, force: true }) };
}
