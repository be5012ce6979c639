import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Where the built program and what ships with it lie: beside the bundle, or in the packed application. */
export interface ProgramFiles {
  /** The folder of the built files. */
  readonly distDir: string;
  /** The folder of package.json and samples/. */
  readonly rootDir: string;
  readonly importWorker: URL;
  readonly draftWorker: URL;
  readonly simulator: string;
  readonly rendererDir: string;
  sample(which: 'clean' | 'damaged'): string;
}

export function findProgramFiles(fromUrl: string = import.meta.url): ProgramFiles {
  const rootDir = findRoot(dirname(fileURLToPath(fromUrl)));
  const distDir = join(rootDir, 'dist');
  return {
    distDir,
    rootDir,
    importWorker: pathToFileURL(join(distDir, 'import-worker.js')),
    draftWorker: pathToFileURL(join(distDir, 'draft-worker.js')),
    simulator: join(distDir, 'simulator.js'),
    rendererDir: join(distDir, 'renderer'),
    sample: (which) => join(rootDir, 'samples', `${which}.csv`),
  };
}

function findRoot(fromDir: string): string {
  for (let dir = fromDir; dirname(dir) !== dir; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json'))) return dir;
  }
  throw new Error(`no package.json above ${fromDir}`);
}
