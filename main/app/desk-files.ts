import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImportSource } from '../../shared/contract/imports';
import { usageError } from '../../shared/domain/fault';
import type { DeskFiles } from '../ipc';
import type { ShellAbilities } from '../shells/shell';
import type { Home } from './home';

/** Files that were handed to the window, or saved for it, each under an id: no path crosses the contract. */
export interface HandedOutFiles extends DeskFiles {
  register(path: string): Promise<ImportSource>;
  attach(abilities: ShellAbilities): void;
  /** Removes what was pasted: it holds subscriber numbers. */
  forget(): Promise<void>;
}

const PASTED = 'pasted-';

async function removePasted(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  const left = names.filter((name) => name.startsWith(PASTED));
  await Promise.all(left.map((name) => rm(join(dir, name), { recursive: true, force: true })));
}

export function createDeskFiles(home: Home): HandedOutFiles {
  const sources = new Map<string, string>();
  const saved = new Map<string, string>();
  const pasted: string[] = [];
  // One window a data folder: whatever is there was left by one that died.
  const cleaned = removePasted(home.dir);
  let abilities: ShellAbilities | null = null;
  const shell = (): ShellAbilities => {
    if (abilities === null) throw new Error('the window is not open yet');
    return abilities;
  };
  const pathOf = (sourceId: string): string => {
    const path = sources.get(sourceId);
    if (path !== undefined) return path;
    throw usageError({ code: 'source-unknown', what: 'This file is no longer at hand', todo: 'Choose it again.' });
  };
  async function register(path: string): Promise<ImportSource> {
    const { size } = await stat(path);
    const sourceId = home.ids.uid();
    sources.set(sourceId, path);
    return { sourceId, name: basename(path), sizeBytes: size };
  }
  return {
    register,
    attach: (given) => {
      abilities = given;
    },
    sample: (which) => register(home.program.sample(which)),
    async paste(text) {
      // A file like any other for everything that follows: preview, import in the worker, the same file twice.
      await cleaned;
      const dir = await mkdtemp(join(home.dir, PASTED));
      pasted.push(dir);
      const path = join(dir, 'pasted list');
      await writeFile(path, text, { mode: 0o600 });
      return register(path);
    },
    async forget() {
      await Promise.all(pasted.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
    },
    pathOf,
    nameOf: (sourceId) => basename(pathOf(sourceId)),
    choosePlace: (suggestedName) => shell().choosePlace(suggestedName),
    saved(path) {
      const savedId = home.ids.uid();
      saved.set(savedId, path);
      return savedId;
    },
    async show(savedId) {
      const path = saved.get(savedId);
      if (path === undefined)
        throw usageError({ code: 'saved-unknown', what: 'This file was not saved by this window' });
      await shell().show(path);
    },
  };
}
