import { build } from 'esbuild';
import { externalPackages } from './scripts/entries.mjs';
await build({ absWorkingDir: '/tmp/qb', entryPoints: ['main/workers/import-worker.ts'], outfile: '/tmp/exp/import-worker.mjs', bundle: true, platform: 'node', format: 'esm', target: 'node24', external: externalPackages,
 banner: { js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);" }, loader: { '.sql': 'text' } });
