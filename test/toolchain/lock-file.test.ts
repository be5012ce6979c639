import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/build-stamp.mjs';

interface LockedPackage {
  readonly resolved?: string;
  readonly version?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest = read('package.json');
const locked: readonly (readonly [string, LockedPackage])[] = Object.entries(read('package-lock.json').packages);
const places = locked.map(([place]) => place);

describe('package-lock.json', () => {
  it('names no registry, so that any mirror serves', () => {
    expect(locked.filter(([, entry]) => entry.resolved !== undefined).map(([place]) => place)).toEqual([]);
  });

  it('agrees with package.json', () => {
    const own = locked.find(([place]) => place === '')?.[1];
    expect(own?.dependencies).toEqual(manifest.dependencies);
    expect(own?.devDependencies).toEqual(manifest.devDependencies);
  });

  // A mirror that lags behind may have a package but not yet all its builds; npm then writes a lock file without a word
  // that `npm ci` refuses on every machine. Take the version before.
  it('holds the builds for every system', () => {
    const missing = locked.flatMap(([place, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter(
          (name) =>
            !places.some((other) => other === `node_modules/${name}` || other.endsWith(`/node_modules/${name}`)),
        )
        .map((name) => `${place} lacks ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('has a decision in package.json for every package that wants to run a script', () => {
    const names = locked
      .filter(([, entry]) => entry.hasInstallScript === true)
      .map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(names)].filter((name) => !(name in manifest.allowScripts))).toEqual([]);
  });
});
